package io.github.leaderelection.benchmarks;

import io.github.leaderelection.benchmarks.electors.Address;
import io.github.leaderelection.benchmarks.electors.Connection;
import io.github.leaderelection.benchmarks.electors.ElectorKind;
import io.github.leaderelection.benchmarks.electors.Entrant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** The candidates of one election in this JVM, of one kind. For one thread. */
final class Field implements AutoCloseable {

    private static final long BOUND_SECONDS = 120;

    /** Who was told that it leads, and when. */
    private record Led(int candidate, long nanos) {}

    private final ElectorKind kind;
    private final String election = "election-" + UUID.randomUUID();
    private final List<Connection> connections = new ArrayList<>();
    private final List<Entrant> entrants = new ArrayList<>();
    private final BlockingQueue<Led> leds = new LinkedBlockingQueue<>();
    private int leader;

    private Field(ElectorKind kind) {
        this.kind = kind;
    }

    /** Candidates that share a client or have one each; one of them leads. */
    static Field of(ElectorKind kind, Address address, int count, boolean shared) throws InterruptedException {
        return of(kind, () -> kind.connect(address, kind.steadyTiming()), count, shared);
    }

    static Field of(ElectorKind kind, Supplier<Connection> connect, int count, boolean shared)
            throws InterruptedException {
        Field field = new Field(kind);
        try {
            for (int i = 0; i < count; i++) {
                if (i == 0 || !shared) {
                    field.connections.add(connect.get());
                }
                field.enter(i);
                if (i == 0) {
                    field.leader = field.nextLeader().candidate();
                }
            }
            return field;
        } catch (RuntimeException | InterruptedException failed) {
            field.close();
            throw failed;
        }
    }

    private void enter(int number) {
        Connection connection = connections.get(connections.size() - 1);
        entrants.add(connection.enter(
                election, "candidate-" + number, () -> leds.add(new Led(number, System.nanoTime())), () -> {}));
    }

    private Led nextLeader() throws InterruptedException {
        Led led = leds.poll(BOUND_SECONDS, TimeUnit.SECONDS);
        if (led == null) {
            throw new IllegalStateException("nobody led over " + kind.store().title() + " with " + kind.title()
                    + " within " + BOUND_SECONDS + " s");
        }
        return led;
    }

    ElectorKind kind() {
        return kind;
    }

    /** Has the leader give up, waits until another one leads, and how long that took. */
    long handOverNanos() throws InterruptedException {
        int from = leader;
        long begin = System.nanoTime();
        entrants.get(from).handOver();
        Led led = nextLeader();
        if (led.candidate() == from) {
            throw new IllegalStateException(kind.title() + " led again before another one did");
        }
        leader = led.candidate();
        entrants.get(from).rejoin();
        return led.nanos() - begin;
    }

    @Override
    public void close() {
        entrants.forEach(Entrant::close);
        connections.forEach(Connection::close);
    }
}
