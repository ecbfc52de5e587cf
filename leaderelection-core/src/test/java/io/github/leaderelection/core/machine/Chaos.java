package io.github.leaderelection.core.machine;

import io.github.leaderelection.RevocationReason;
import io.github.leaderelection.core.machine.ElectionEvent.Mode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;

/**
 * One random history from one seed: candidates, two of one name among them, over a store that loses requests and replies,
 * delays and reorders, is cut off and comes back; processes that pause, crash, start anew, hang in their work, step down and
 * close. After every step, what must never happen is looked for.
 */
final class Chaos {

    private static final long MILLI = TimeUnit.MILLISECONDS.toNanos(1);
    private static final MachineSettings SETTINGS =
            new MachineSettings("", 15_000 * MILLI, 10_000 * MILLI, 2_000 * MILLI, 10_000 * MILLI, true, true);

    /** What no history may show. */
    static final class Violation extends AssertionError {
        private static final long serialVersionUID = 1L;

        Violation(long seed, long now, String what, List<String> log) {
            super("seed " + seed + " at " + World.seconds(now) + ": " + what + "\n"
                    + String.join("\n", log.subList(Math.max(0, log.size() - 60), log.size())));
        }
    }

    private final long seed;
    private final boolean outsiders;
    private final SplittableRandom random;
    private final List<String> log = new ArrayList<>();
    private final World world;
    private final Map<World.Pending, Long> fates = new HashMap<>();
    private final Map<String, Long> quietAt = new HashMap<>();
    private final Set<Long> tokens = new HashSet<>();
    private long newestToken;
    private int processes;
    private boolean storeAway;
    int tenures;

    /** {@code outsiders} also delete and corrupt the record, which newcomers cannot know of: see docs/guarantees. */
    Chaos(long seed, boolean outsiders) {
        this.seed = seed;
        this.outsiders = outsiders;
        random = new SplittableRandom(seed);
        world = new World(new History());
    }

    private final class History implements World.Log {
        @Override
        public void line(String who, String what) {
            log.add(String.format("%10s %s %s", World.seconds(now()), who, what));
        }

        @Override
        public void began(World.Node node) {
            tenures++;
            // With outsiders, a winner may learn late that it won a record which was deleted since: its token is older
            // than
            // that of a newcomer, as it should be, but it is never the same.
            check(
                    outsiders ? tokens.add(node.token) : node.token > newestToken,
                    node.name + " leads with token " + node.token + " after " + newestToken);
            newestToken = node.token;
        }

        @Override
        public void revoked(World.Node node) {
            quietAt.put(node.name, now() + delay(random.nextInt(20) == 0 ? 30_000 : 300));
        }
    }

    private long now() {
        return world.now;
    }

    private void check(boolean holds, String what) {
        if (!holds) {
            throw new Violation(seed, now(), what, log);
        }
    }

    private long delay(int mostMillis) {
        return random.nextLong(mostMillis * MILLI) + 1;
    }

    /** Plays so many seconds of trouble, then heals all, and demands a leader. */
    void play(int seconds) {
        int count = 2 + random.nextInt(4);
        for (int i = 0; i < count; i++) {
            launch();
        }
        long troubleUntil = seconds * 1000L * MILLI;
        while (now() < troubleUntil) {
            tick();
            if (random.nextInt(80) == 0) {
                disturb();
            } else if (storeAway && random.nextInt(300) == 0) {
                storeAway = false;
            }
        }
        heal();
        long patience = now() + 40_000 * MILLI;
        while (leaders().isEmpty() && now() < patience) {
            tick();
        }
        check(!leaders().isEmpty(), "nobody leads 40 s after all is well: " + states());
    }

    private void launch() {
        processes++;
        // Every third process takes a name that another has or had.
        String identity = "p" + (processes % 3 == 0 ? processes - 1 : processes);
        MachineSettings settings = new MachineSettings(
                identity,
                SETTINGS.leaseNanos(),
                SETTINGS.renewNanos(),
                SETTINGS.retryNanos(),
                SETTINGS.drainNanos(),
                random.nextBoolean(),
                random.nextInt(4) > 0);
        World.Node node = world.add("n" + processes, settings, random.nextLong());
        node.tell(new ElectionEvent.StartRequested(Mode.CONTINUOUS));
        if (settings.canWatch()) {
            node.showWatch();
        }
    }

    private void tick() {
        long step = delay(60);
        for (World.Node node : List.copyOf(world.nodes.values())) {
            deliverSome(node);
        }
        quietAt.entrySet().removeIf(entry -> {
            World.Node node = world.nodes.get(entry.getKey());
            if (node == null || node.crashed) {
                return true;
            }
            if (node.paused || now() < entry.getValue()) {
                return false;
            }
            node.quiet();
            return true;
        });
        // Between two steps of any machine, callers ask who leads: at every instant that matters, and at the end.
        long until = now() + step;
        while (now() < until) {
            long next = until;
            for (World.Node node : world.nodes.values()) {
                if (node.runs()) {
                    next = Math.min(next, Math.max(now(), node.machine.wakeAtNanos()));
                }
            }
            world.advance(Math.max(1, next - now()));
            checkExclusive();
        }
    }

    private void deliverSome(World.Node node) {
        if (node.crashed) {
            return;
        }
        for (World.Pending call : List.copyOf(node.pending)) {
            Long fate = fates.computeIfAbsent(call, fresh -> now() + delay(random.nextInt(10) == 0 ? 4_000 : 50));
            if (now() < fate || storeAway) {
                continue;
            }
            if (!call.applied && random.nextInt(12) == 0) {
                finish(node, call); // the request is lost
            } else if (!call.applied && call.isWrite() && random.nextInt(3) == 0) {
                call.apply();
                fates.put(call, now() + delay(2_500)); // the reply takes its time
            } else if (call.isWrite() && random.nextInt(10) == 0) {
                call.answer();
                finish(node, call);
                node.tell(new ElectionEvent.WriteUnknown(call.call()));
            } else {
                finish(node, call);
                node.tell(call.answer());
            }
            checkExclusive();
        }
    }

    private void finish(World.Node node, World.Pending call) {
        node.pending.remove(call);
        fates.remove(call);
    }

    private void disturb() {
        List<World.Node> alive =
                world.nodes.values().stream().filter(node -> !node.crashed).toList();
        if (alive.isEmpty()) {
            launch();
            return;
        }
        World.Node node = alive.get(random.nextInt(alive.size()));
        log.add("           -- disturb " + node.name);
        switch (random.nextInt(outsiders ? 13 : 11)) {
            case 0, 1 -> node.paused = true;
            case 2, 3 -> {
                if (node.paused) {
                    node.resume();
                }
            }
            case 4 -> node.crash();
            case 5 -> {
                if (world.nodes.size() < 12) {
                    launch();
                }
            }
            case 6 -> storeAway = !storeAway;
            case 7 -> {
                node.watchHeld = !node.watchHeld;
                if (!node.watchHeld && node.watch >= 0) {
                    node.breakWatch();
                }
            }
            case 8 -> node.tell(new ElectionEvent.StepDownRequested(RevocationReason.STEPPED_DOWN));
            case 9 -> node.tell(new ElectionEvent.HealthReported(random.nextBoolean()));
            case 10 -> {
                if (random.nextInt(4) == 0) {
                    node.tell(new ElectionEvent.CloseRequested());
                }
            }
            case 11 -> world.store.delete();
            default -> world.store.corrupt();
        }
        checkExclusive();
    }

    private void heal() {
        log.add("           -- all is well");
        storeAway = false;
        if (world.store.seen() instanceof Seen.Malformed) {
            world.store.delete();
        }
        for (World.Node node : List.copyOf(world.nodes.values())) {
            if (node.paused) {
                node.resume();
            }
            node.watchHeld = false;
            if (!node.crashed && node.watch >= 0) {
                node.breakWatch();
            }
            node.tell(new ElectionEvent.HealthReported(true));
        }
        launch(); // the others may all be closing
    }

    private List<World.Node> leaders() {
        return world.nodes.values().stream().filter(World.Node::leads).toList();
    }

    private String states() {
        return world.nodes.values().stream()
                .filter(node -> !node.crashed)
                .map(node -> node.name + "=" + node.machine.state())
                .toList()
                .toString();
    }

    private void checkExclusive() {
        if (outsiders) {
            return;
        }
        List<World.Node> leaders = leaders();
        check(
                leaders.size() <= 1,
                "two lead: " + leaders.stream().map(node -> node.name).toList());
        if (!leaders.isEmpty()) {
            check(leaders.get(0).token == newestToken, leaders.get(0).name + " leads with an old token");
        }
    }
}
