package io.github.leaderelection.benchmarks;

import com.sun.management.OperatingSystemMXBean;
import io.github.leaderelection.benchmarks.electors.Address;
import io.github.leaderelection.benchmarks.electors.Connection;
import io.github.leaderelection.benchmarks.electors.ElectorKind;
import io.github.leaderelection.benchmarks.electors.Entrant;
import io.github.leaderelection.benchmarks.electors.OurElectors;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;

/**
 * Many candidates in this JVM, that do nothing but campaign and lead. Says {@code BEGIN} when the measurement begins, and at
 * its end {@code END} with the figures of {@link LoadFigures}.
 */
final class LoadMain {

    private static final long START_SECONDS_MAX = 300;

    private final ElectorKind kind;
    private final Address address = Address.ofEnvironment();
    private final boolean shared;
    private final boolean counted;
    private final WriteCounts writes = new WriteCounts();
    private final Set<String> led = ConcurrentHashMap.newKeySet();
    private final AtomicLong losses = new AtomicLong();
    private final List<Connection> connections = new ArrayList<>();
    /** Held, so that nothing is collected that would not be in a program that uses it. */
    private final List<Entrant> entrants = new ArrayList<>();

    private LoadMain(ElectorKind kind, boolean shared, boolean counted) {
        this.kind = kind;
        this.shared = shared;
        this.counted = counted;
    }

    /** Arguments: those that {@link Load} hands over. */
    public static void main(String[] arguments) throws InterruptedException {
        LoadMain main = new LoadMain(
                ElectorKind.valueOf(arguments[0]), arguments[3].equals("shared"), arguments[4].equals("counted"));
        main.run(
                Integer.parseInt(arguments[1]),
                Integer.parseInt(arguments[2]),
                Long.parseLong(arguments[5]),
                Long.parseLong(arguments[6]));
        Runtime.getRuntime().halt(0); // the server ends as well
    }

    private void run(int elections, int candidates, long settleSeconds, long seconds) throws InterruptedException {
        int threadsBefore = threads();
        enter("first-" + UUID.randomUUID(), 0); // loads classes and connects, so that heap is that of electors
        awaitLeaders(1);
        entrants.remove(0).close();
        if (!shared) {
            connections.remove(0).close();
        }
        long heapBefore = heap();
        String name = "load-" + UUID.randomUUID();
        for (int i = 0; i < elections; i++) {
            for (int k = 0; k < candidates; k++) {
                enter(name + "-" + i, k);
            }
        }
        awaitLeaders(1 + elections);
        await("all candidates stand by", () -> entrants.stream().allMatch(Entrant::standsBy));
        TimeUnit.SECONDS.sleep(settleSeconds);
        long heapAfter = heap();
        long lossesBefore = losses.get();
        long writesBefore = writes.writes();
        int slotBefore = writes.slot() + 1;
        long cpuBefore = cpuNanos();
        long begin = System.nanoTime();
        System.out.println("BEGIN");
        TimeUnit.SECONDS.sleep(seconds);
        System.out.println("END "
                + new LoadFigures(
                        threads() - threadsBefore,
                        (heapAfter - heapBefore) / 1024.0 / elections / candidates,
                        (cpuNanos() - cpuBefore) / 1e6,
                        (System.nanoTime() - begin) / 1e9,
                        losses.get() - lossesBefore,
                        writes.writes() - writesBefore,
                        writes.variation(slotBefore, writes.slot())));
    }

    private void enter(String election, int candidate) {
        if (connections.isEmpty() || !shared) {
            Connection connection = kind.connect(address, kind.steadyTiming());
            connections.add(
                    counted && connection instanceof OurElectors ours ? ours.wrapping(writes::counting) : connection);
        }
        entrants.add(connections
                .get(connections.size() - 1)
                .enter(election, "candidate-" + candidate, () -> led.add(election), losses::incrementAndGet));
    }

    private void awaitLeaders(int count) throws InterruptedException {
        await(count + " elections have had a leader", () -> led.size() >= count);
    }

    private static void await(String claim, BooleanSupplier condition) throws InterruptedException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(START_SECONDS_MAX);
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > end) {
                throw new IllegalStateException(
                        "within " + START_SECONDS_MAX + " s it did not come true that " + claim);
            }
            TimeUnit.MILLISECONDS.sleep(20);
        }
    }

    private static int threads() {
        return ManagementFactory.getThreadMXBean().getThreadCount();
    }

    private static long cpuNanos() {
        return ((OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean()).getProcessCpuTime();
    }

    /** What is in use after what is garbage has gone. */
    private static long heap() {
        for (int i = 0; i < 3; i++) {
            System.gc();
        }
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }
}
