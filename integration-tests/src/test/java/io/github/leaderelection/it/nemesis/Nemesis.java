package io.github.leaderelection.it.nemesis;

import io.github.leaderelection.testservers.TcpProxy;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * Disturbs candidates, networks and servers, several at a time, with what its dice say; then leaves them in peace until
 * somebody leads. One thread. The same seed throws the same dice, but does not bring the same history: servers and processes
 * are real, and where the leader is at the time is not in the dice.
 */
final class Nemesis implements AutoCloseable {

    private static final Duration TICK = Duration.ofMillis(20);
    /** For what takes no time by itself: starts of programs, restarts of servers. */
    private static final Duration GENEROUS = Duration.ofSeconds(90);

    private static final int WEIGHTS =
            Arrays.stream(FaultKind.values()).mapToInt(FaultKind::weight).sum();

    private final Election election;
    private final Servers servers;
    private final List<Slot> slots;
    private final Journal journal;
    private final int registerPort;
    private final Random dice;
    private final PriorityQueue<Due> due = new PriorityQueue<>(Comparator.comparingLong(Due::at));
    private final Map<ServerMember, CompletableFuture<Void>> away = new HashMap<>();
    private final Map<FaultKind, Integer> counts = new EnumMap<>(FaultKind.class);
    private final ExecutorService restarts = Executors.newCachedThreadPool(task -> {
        Thread thread = new Thread(task, "nemesis-restart");
        thread.setDaemon(true);
        return thread;
    });

    private record Due(long at, Runnable what) {}

    Nemesis(Election election, Servers servers, List<Slot> slots, Journal journal, int registerPort, Random dice) {
        this.election = election;
        this.servers = servers;
        this.slots = slots;
        this.journal = journal;
        this.registerPort = registerPort;
        this.dice = dice;
    }

    // ---- storms and calms

    /** Disturbs for that long; what it has begun may last on. */
    void storm(Duration length) {
        journal.note("STORM of " + length);
        long end = System.nanoTime() + length.toNanos();
        long next = System.nanoTime();
        while (System.nanoTime() < end) {
            doDue(System.nanoTime());
            look();
            if (System.nanoTime() >= next) {
                strike();
                next = System.nanoTime() + millis(100, 1300).toNanos();
            }
            tick();
        }
    }

    /** Ends all disturbances, has a process in each slot, and records what follows as calm: until somebody leads, or should. */
    void calm(Duration linger) {
        doDue(Long.MAX_VALUE);
        await("servers that serve again", () -> away.values().stream().allMatch(CompletableFuture::isDone));
        away.values().forEach(CompletableFuture::join);
        away.clear();
        doDue(Long.MAX_VALUE);
        await("candidates that end", () -> slots.stream().noneMatch(Slot::isEnding));
        doDue(Long.MAX_VALUE);
        slots.stream().filter(Slot::isEmpty).forEach(this::start);
        await("candidates that campaign", () -> slots.stream().allMatch(Slot::isReady));

        long begin = System.nanoTime();
        journal.add(new Entry.CalmBegan(begin));
        long most = begin + election.leaderlessMax().toNanos() + 1;
        while (System.nanoTime() < most && journal.lastAccepted(since(begin)).isEmpty()) {
            look();
            tick();
        }
        long lingered = System.nanoTime() + linger.toNanos();
        while (System.nanoTime() < lingered) {
            look();
            tick();
        }
        journal.add(new Entry.CalmEnded(System.nanoTime()));
    }

    private static Duration since(long begin) {
        return Duration.ofNanos(System.nanoTime() - begin);
    }

    /** Asks all candidates to end, and waits until they have. */
    void end() {
        slots.stream().filter(slot -> !slot.isEmpty()).forEach(Slot::terminate);
        await("candidates that end", () -> slots.stream().allMatch(Slot::isEmpty));
    }

    private void await(String what, BooleanSupplier condition) {
        long begin = System.nanoTime();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - begin > GENEROUS.toNanos()) {
                throw new AssertionError(what + ": not within " + GENEROUS + "; see " + journal.file());
            }
            look();
            tick();
        }
    }

    private void doDue(long now) {
        while (!due.isEmpty() && due.element().at() <= now) {
            due.remove().what().run();
        }
    }

    private void look() {
        for (Slot slot : slots) {
            boolean wasEmpty = slot.isEmpty();
            slot.look(election.endMost());
            if (slot.isEmpty() && !wasEmpty) {
                later(millis(0, 2000), () -> start(slot));
            }
        }
    }

    private static void tick() {
        try {
            TimeUnit.NANOSECONDS.sleep(TICK.toNanos());
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", interrupted);
        }
    }

    // ---- dice

    private Duration millis(int from, int to) {
        return Duration.ofMillis(dice.nextInt(from, to));
    }

    private boolean chance(double probability) {
        return dice.nextDouble() < probability;
    }

    private <T> T oneOf(List<T> all) {
        return all.get(dice.nextInt(all.size()));
    }

    private FaultKind kind() {
        int left = dice.nextInt(WEIGHTS);
        for (FaultKind kind : FaultKind.values()) {
            left -= kind.weight();
            if (left < 0) {
                return kind;
            }
        }
        throw new IllegalStateException("weights do not add up");
    }

    /** Often the leader. */
    private Slot target() {
        Optional<String> leader =
                journal.lastAccepted(election.timing().lease()).map(Entry.Offered::process);
        Optional<Slot> leading = slots.stream()
                .filter(slot -> leader.filter(slot.processName()::equals).isPresent())
                .findFirst();
        Slot any = oneOf(slots);
        return chance(0.65) ? leading.orElse(any) : any;
    }

    private void later(Duration delay, Runnable what) {
        due.add(new Due(System.nanoTime() + delay.toNanos(), what));
    }

    // ---- faults

    private void strike() {
        FaultKind kind = kind();
        boolean struck = switch (kind) {
            case SERVER_KILL, SERVER_PAUSE, COMPACT -> strikeServer(kind);
            case KILL, TERMINATE, PAUSE, STEP_DOWN, CLOCK_RATE -> strikeProcess(kind, target());
            default -> strikeNetwork(kind, target());
        };
        if (struck) {
            counts.merge(kind, 1, Integer::sum);
        }
    }

    private boolean strikeProcess(FaultKind kind, Slot slot) {
        if (slot.isEmpty() || (slot.isPaused() && kind != FaultKind.KILL)) {
            return false;
        }
        if (slot.isEnding() && kind != FaultKind.KILL && kind != FaultKind.PAUSE) {
            return false;
        }
        note(kind, slot.processName());
        switch (kind) {
            case KILL -> {
                slot.kill();
                later(millis(0, 3000), () -> start(slot));
            }
            case TERMINATE -> slot.terminate();
            case PAUSE -> pause(slot);
            case STEP_DOWN -> slot.type("stepdown");
            default -> {
                String rate = Double.toString(election.rate(dice));
                journal.note("rate " + rate + " of " + slot.processName());
                slot.type("rate " + rate);
            }
        }
        return true;
    }

    private void note(FaultKind kind, String target) {
        journal.note(kind + " " + target);
    }

    private void pause(Slot slot) {
        slot.pause();
        String paused = slot.processName();
        int leaseMillis = (int) election.timing().lease().toMillis();
        later(chance(0.35) ? millis(50, 900) : millis(leaseMillis / 2, leaseMillis * 2), () -> {
            if (slot.processName().equals(paused)) {
                journal.note("RESUME " + paused);
                slot.resume();
            }
        });
    }

    /** The same identity again, one that nobody had, or one that another process has. */
    private void start(Slot slot) {
        if (!slot.isEmpty()) {
            return;
        }
        String identity = slot.name();
        if (chance(0.3)) {
            identity = slot.name() + "-" + (slot.processCount() + 1);
        } else if (chance(0.2)) {
            identity = oneOf(slots).name();
        }
        List<String> more = List.of(
                Double.toString(election.rate(dice)),
                Duration.ofSeconds(dice.nextInt(-100_000, 100_000)).toString(),
                Long.toString(dice.nextLong()));
        slot.start(election.name(), identity, election.timing().arguments(), registerPort, more);
    }

    /** All networks of a candidate, or one of them. */
    private boolean strikeNetwork(FaultKind kind, Slot slot) {
        if (slot.isNetworkDisturbed()) {
            return false;
        }
        List<TcpProxy> networks = chance(0.7) ? slot.networks() : List.of(oneOf(slot.networks()));
        note(
                kind,
                slot.processName() + " in " + networks.size() + " of "
                        + slot.networks().size());
        if (kind == FaultKind.RESET) {
            networks.forEach(TcpProxy::resetConnections);
            return true;
        }
        Duration requestsDelay = chance(0.3) ? Duration.ZERO : millis(5, 800);
        Duration repliesDelay = chance(0.3) ? Duration.ZERO : millis(5, 800);
        for (TcpProxy network : networks) {
            switch (kind) {
                case CUT_REQUESTS -> network.cutRequests();
                case CUT_REPLIES -> network.cutReplies();
                case CUT_BOTH -> network.cut();
                case DROP_REPLIES -> network.cutRepliesDroppingBytes();
                case DROP_BOTH -> network.cutDroppingBytes();
                case REFUSE -> network.refuse();
                default -> network.slow(requestsDelay, repliesDelay);
            }
        }
        slot.networkDisturbed(true);
        int leaseMillis = (int) election.timing().lease().toMillis();
        later(millis(200, leaseMillis * 5 / 2), () -> {
            journal.note("HEAL " + slot.name());
            networks.forEach(TcpProxy::heal);
            slot.networkDisturbed(false);
        });
        return true;
    }

    private boolean strikeServer(FaultKind kind) {
        away.values().removeIf(restart -> {
            if (restart.isDone()) {
                restart.join();
            }
            return restart.isDone();
        });
        List<ServerMember> there = servers.members().stream()
                .filter(member -> !away.containsKey(member))
                .filter(member -> kind != FaultKind.COMPACT || member.compacts())
                .toList();
        int most = chance(0.2) ? servers.downMost() : 1;
        if (there.isEmpty() || (kind != FaultKind.COMPACT && away.size() >= most)) {
            return false;
        }
        ServerMember member = oneOf(there);
        note(kind, member.name());
        CompletableFuture<Void> back = new CompletableFuture<>();
        away.put(member, back);
        if (kind == FaultKind.COMPACT) {
            compact(member, back);
        } else if (kind == FaultKind.SERVER_PAUSE) {
            member.pause();
            later(millis(100, 5000), () -> {
                journal.note("RESUME " + member.name());
                member.resume();
                back.complete(null);
            });
        } else {
            member.kill();
            later(millis(0, 4000), () -> restart(member, back));
        }
        return true;
    }

    private void restart(ServerMember member, CompletableFuture<Void> back) {
        journal.note("RESTART " + member.name());
        CompletableFuture.runAsync(member::restart, restarts).whenComplete((nothing, failure) -> {
            if (failure == null) {
                journal.note("SERVES AGAIN " + member.name());
                back.complete(null);
            } else {
                back.completeExceptionally(failure);
            }
        });
    }

    /** Without a majority there is no compaction. */
    private void compact(ServerMember member, CompletableFuture<Void> back) {
        restarts.execute(() -> {
            try {
                member.compact();
                journal.note("COMPACTED " + member.name());
            } catch (UncheckedIOException | IllegalStateException away) {
                journal.note("NOT COMPACTED " + member.name() + ": " + away);
            } finally {
                back.complete(null);
            }
        });
    }

    /** How often it did what. */
    Map<FaultKind, Integer> counts() {
        return Map.copyOf(counts);
    }

    @Override
    public void close() {
        restarts.shutdownNow();
    }
}
