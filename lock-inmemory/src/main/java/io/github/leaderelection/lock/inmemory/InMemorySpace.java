package io.github.leaderelection.lock.inmemory;

import io.github.leaderelection.LeaderElectionRecord;
import io.github.leaderelection.lock.inmemory.InMemoryFault.Call;
import io.github.leaderelection.spi.LockSnapshot;
import io.github.leaderelection.spi.ResourceLock;
import io.github.leaderelection.spi.TimeSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The place where the candidates of one JVM meet: a record for each election, with versions from one counter that only
 * grows, also when a record is deleted. Of use within one JVM only: it protects nothing from another process.
 *
 * <p>Any thread may call. Calls of locks complete, and watches are told, on the calling thread before the call returns,
 * unless a fault, or another thread that is already telling, holds them up.
 */
public final class InMemorySpace {

    /** The events that are kept for each election; of more, the oldest go. */
    private static final int EVENT_COUNT_MAX = 1000;

    private static final ConcurrentMap<String, InMemorySpace> NAMED = new ConcurrentHashMap<>();

    private final TimeSource time;
    private final InMemoryStore store = new InMemoryStore();
    private final ConcurrentMap<String, InMemoryFaults> faults = new ConcurrentHashMap<>();
    private final AtomicLong reads = new AtomicLong();
    private final AtomicLong writes = new AtomicLong();
    private final AtomicLong watches = new AtomicLong();

    /** Guarded by itself. */
    private final Map<String, Deque<String>> events = new HashMap<>();

    /** An empty space on the system's clock, which matters for delays alone. */
    public InMemorySpace() {
        this(SystemTimeSource.INSTANCE);
    }

    /** An empty space whose delays run on {@code time}. */
    public InMemorySpace(TimeSource time) {
        this.time = time;
    }

    /**
     * The space of that name, the same for all in this JVM, on the system's clock; the one that
     * {@link InMemoryLockProvider} opens locks in. It lives as long as the JVM.
     */
    public static InMemorySpace named(String name) {
        return NAMED.computeIfAbsent(name, absent -> new InMemorySpace());
    }

    /**
     * Opens a lock. Several locks may have one identity, and share its {@link #faults faults}.
     *
     * @throws IllegalArgumentException if one of the arguments is blank
     */
    public ResourceLock lock(String election, String identity) {
        return new InMemoryLock(this, store, requireText("election", election), requireText("identity", identity));
    }

    private static String requireText(String name, String text) {
        if (text.isBlank()) {
            throw new IllegalArgumentException(name + " must not be blank");
        }
        return text;
    }

    /** What goes wrong for the locks of that identity; nothing at first. */
    public InMemoryFaults faults(String identity) {
        return faults.computeIfAbsent(identity, absent -> new InMemoryFaults(store, absent));
    }

    /**
     * The record of an election as it stands. No fault touches this, and it is not counted.
     *
     * @throws io.github.leaderelection.spi.MalformedRecordException if it was corrupted
     */
    public Optional<LeaderElectionRecord> record(String election) {
        return store.read(election).map(LockSnapshot::record);
    }

    /** Deletes the record, as an operator would; watches are told. Does nothing if there is none. */
    public void delete(String election) {
        store.delete(election);
    }

    /** Writes the record without asking what was there, as an outsider would; watches are told. */
    public void put(String election, LeaderElectionRecord record) {
        store.put(election, Optional.of(record));
    }

    /**
     * Puts something in the place of the record that is none: reads fail with
     * {@link io.github.leaderelection.spi.MalformedRecordException}, writes of locks conflict, watches are told.
     */
    public void corrupt(String election) {
        store.put(election, Optional.empty());
    }

    /** How many reads the locks of this space have sent since it began, whatever became of them. */
    public long readCount() {
        return reads.get();
    }

    /** How many creates and updates the locks of this space have sent since it began, whatever became of them. */
    public long writeCount() {
        return writes.get();
    }

    /** How many watches the locks of this space have opened since it began, whatever became of them. */
    public long watchCount() {
        return watches.get();
    }

    /** What was noted with {@link ResourceLock#recordEvent}, oldest first; the latest thousand of an election are kept. */
    public List<String> events(String election) {
        synchronized (events) {
            return List.copyOf(events.getOrDefault(election, new ArrayDeque<>()));
        }
    }

    void recordEvent(String election, String message) {
        synchronized (events) {
            Deque<String> noted = events.computeIfAbsent(election, absent -> new ArrayDeque<>());
            if (noted.size() == EVENT_COUNT_MAX) {
                noted.removeFirst();
            }
            noted.addLast(message);
        }
    }

    TimeSource time() {
        return time;
    }

    void count(Call call) {
        AtomicLong counter = switch (call) {
            case READ -> reads;
            case WRITE -> writes;
            case WATCH -> watches;
        };
        counter.incrementAndGet();
    }
}
