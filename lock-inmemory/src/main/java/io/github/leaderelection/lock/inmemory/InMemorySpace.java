package io.github.leaderelection.lock.inmemory;

import io.github.leaderelection.LeaderElectionRecord;
import io.github.leaderelection.Leases;
import io.github.leaderelection.lock.inmemory.InMemoryFault.Call;
import io.github.leaderelection.spi.LockSnapshot;
import io.github.leaderelection.spi.ResourceLock;
import io.github.leaderelection.spi.TimeSource;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The place where the candidates of one JVM meet: a record for each election, with versions from one counter that only
 * grows, also when a record is deleted; and the sessions that records name. Of use within one JVM only: it protects nothing from another process.
 *
 * <p>Any thread may call. Calls of locks complete, and watches are told, on the calling thread before the call returns,
 * unless a fault, or another thread that is already telling, holds them up. That a session has ended because nobody kept it
 * alive is told on the thread of the timer.
 */
public final class InMemorySpace {

    /** The shortest lease, and the unit of all: a millisecond. */
    static final Duration LEASE_MIN = Duration.ofMillis(1);

    /** The events that are kept for each election; of more, the oldest go. */
    private static final int EVENT_COUNT_MAX = 1000;

    private static final ConcurrentMap<String, InMemorySpace> NAMED = new ConcurrentHashMap<>();

    private final TimeSource time;
    private final InMemoryStore store = new InMemoryStore();
    private final InMemorySessions sessions;
    private final ConcurrentMap<String, InMemoryFaults> faults = new ConcurrentHashMap<>();
    private final ConcurrentMap<String, InMemoryClient> clients = new ConcurrentHashMap<>();

    /** One for each kind of call; none is ever added. */
    private final Map<Call, AtomicLong> counts = new EnumMap<>(Call.class);

    /** Guarded by itself. */
    private final Map<String, Deque<String>> events = new HashMap<>();

    /** An empty space on the system's clock, which matters for delays and sessions alone. */
    public InMemorySpace() {
        this(SystemTimeSource.INSTANCE);
    }

    /** An empty space whose delays and sessions run on {@code time}. */
    public InMemorySpace(TimeSource time) {
        this.time = time;
        this.sessions = new InMemorySessions(time);
        for (Call call : Call.values()) {
            counts.put(call, new AtomicLong());
        }
    }

    /**
     * The space of that name, the same for all in this JVM, on the system's clock; the one that
     * {@link InMemoryLockProvider} opens locks in. It lives as long as the JVM.
     */
    public static InMemorySpace named(String name) {
        return NAMED.computeIfAbsent(name, absent -> new InMemorySpace());
    }

    /**
     * Opens a lock whose leaders renew their record. Several locks may have one identity, and share its
     * {@link #faults faults}.
     *
     * @throws IllegalArgumentException if one of the arguments is blank
     */
    public ResourceLock lock(String election, String identity) {
        return lock(election, identity, Leases.OBSERVED);
    }

    /**
     * Opens a lock of the client that bears the name {@code identity}.
     *
     * @param leases whether its leaders hold by a session of that client, or renew their record
     * @throws IllegalArgumentException if the election or the identity is blank
     */
    public ResourceLock lock(String election, String identity, Leases leases) {
        return client(identity).lock(election, identity, leases);
    }

    /**
     * The client of that name, the same at each call: all its locks share their sessions, whatever their identities.
     *
     * @throws IllegalArgumentException if the name is blank
     */
    public InMemoryClient client(String name) {
        return clients.computeIfAbsent(requireText("name", name), absent -> new InMemoryClient(this, absent));
    }

    static String requireText(String name, String text) {
        if (text.isBlank()) {
            throw new IllegalArgumentException(name + " must not be blank");
        }
        return text;
    }

    /** What goes wrong for the locks of that identity, and the sessions of the client of that name; nothing at first. */
    public InMemoryFaults faults(String identity) {
        return faults.computeIfAbsent(identity, absent -> new InMemoryFaults(store, sessions, absent));
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

    /** Ends the session, as an operator would; watches are told. Does nothing if it has ended. */
    public void endSession(String id) {
        sessions.end(id);
    }

    /** How many reads the locks of this space have sent since it began, whatever became of them. */
    public long readCount() {
        return countOf(Call.READ);
    }

    /** How many creates and updates the locks of this space have sent since it began, whatever became of them. */
    public long writeCount() {
        return countOf(Call.WRITE);
    }

    /** How many watches over records the locks of this space have opened since it began, whatever became of them. */
    public long watchCount() {
        return countOf(Call.WATCH);
    }

    /** How often the clients of this space have asked to keep a session alive since it began, whatever became of it. */
    public long keepAliveCount() {
        return countOf(Call.KEEP_ALIVE);
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

    InMemoryStore store() {
        return store;
    }

    InMemorySessions sessions() {
        return sessions;
    }

    void count(Call call) {
        counter(call).incrementAndGet();
    }

    private long countOf(Call call) {
        return counter(call).get();
    }

    private AtomicLong counter(Call call) {
        return Objects.requireNonNull(counts.get(call));
    }
}
