package io.github.leaderelection.core.machine;

import io.github.leaderelection.LeaderElectionRecord;
import io.github.leaderelection.spi.LockVersion;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Machines around one store, in virtual time and on one thread. A call waits until the test lets it reach the store, lets
 * its answer return, or loses either.
 */
final class World {

    private static final Instant EPOCH = Instant.parse("2026-01-01T00:00:00Z");

    /** Far more than any test takes: a machine that asks to be stepped without end fails, and does not hang. */
    private static final int STEPS_MOST = 200_000;

    private static final Map<Class<?>, String> OF_SESSION = Map.of(
            ElectionAction.JoinSession.class, "joins its session",
            ElectionAction.LeaveSession.class, "leaves its session",
            ElectionAction.AskProof.class, "asks for a proof",
            ElectionAction.NeedNoProof.class, "needs no proof",
            ElectionAction.GiveUpSession.class, "gives up session",
            ElectionAction.FollowSession.class, "follows session",
            ElectionAction.UnfollowSession.class, "unfollows session");

    /** Told what happens. */
    interface Log {
        void line(String who, String what);

        /** A tenure began on this node. */
        default void began(Node node) {}

        /** The tenure of this node was revoked, and its work is to end. */
        default void revoked(Node node) {}
    }

    final Store store = new Store();
    final Map<String, Node> nodes = new LinkedHashMap<>();
    private final Log log;
    private int steps;
    long now;

    World(Log log) {
        this.log = log;
    }

    Node add(String name, MachineSettings settings, long seed) {
        Node node = new Node(name, new ElectionMachine(settings, new SplittableRandom(seed)));
        nodes.put(name, node);
        return node;
    }

    /** Moves time on, firing timers in their order. */
    void advance(long nanos) {
        long end = now + nanos;
        while (true) {
            Node next = null;
            for (Node node : nodes.values()) {
                if (node.runs() && (next == null || node.machine.wakeAtNanos() < next.machine.wakeAtNanos())) {
                    next = node;
                }
            }
            if (next == null || next.machine.wakeAtNanos() > end) {
                break;
            }
            now = Math.max(now, next.machine.wakeAtNanos());
            next.step(new ElectionEvent.TimerFired());
        }
        now = end;
    }

    static String seconds(long nanos) {
        return Duration.ofNanos(nanos).toMillis() / 1000.0 + "s";
    }

    static String text(LeaderElectionRecord record) {
        return "holder=" + (record.hasHolder() ? record.holderIdentity() : "-") + " lease="
                + record.leaseDuration().toSeconds() + "s transitions=" + record.leaderTransitions()
                + record.session().map(session -> " session=" + session).orElse("")
                + (record.claim().isPresent() ? " handed over" : "")
                + record.successor()
                        .map(next -> " next=" + next.holderIdentity())
                        .orElse("");
    }

    static String text(Seen seen) {
        return seen instanceof Seen.Present present
                ? present.snapshot().version() + " " + text(present.snapshot().record())
                : seen.getClass().getSimpleName().toLowerCase(java.util.Locale.ROOT);
    }

    /** A call on its way. */
    final class Pending {
        final ElectionAction action;
        boolean applied;
        private @Nullable ElectionEvent answer;

        Pending(ElectionAction action) {
            this.action = action;
        }

        boolean isWrite() {
            return !(action instanceof ElectionAction.Read);
        }

        /** The request reaches the store. */
        void apply() {
            applied = true;
            if (action instanceof ElectionAction.Read read) {
                answer = new ElectionEvent.ReadAnswered(read.call(), store.seen());
            } else if (action instanceof ElectionAction.Create create) {
                answer = answer(create.call(), store.create(create.record()));
            } else if (action instanceof ElectionAction.Update update) {
                answer = answer(update.call(), store.update(update.record(), update.expected()));
            }
        }

        private ElectionEvent answer(long call, Optional<LockVersion> version) {
            return version.<ElectionEvent>map(made -> new ElectionEvent.WriteApplied(call, made))
                    .orElseGet(() -> new ElectionEvent.WriteConflicted(call));
        }

        ElectionEvent answer() {
            if (answer == null) {
                apply();
            }
            return java.util.Objects.requireNonNull(answer);
        }

        long call() {
            return action instanceof ElectionAction.Read read
                    ? read.call()
                    : action instanceof ElectionAction.Create create
                            ? create.call()
                            : ((ElectionAction.Update) action).call();
        }
    }

    /** One process with one machine. */
    final class Node {
        final String name;
        final ElectionMachine machine;
        final Deque<Pending> pending = new ArrayDeque<>();
        final List<ElectionEvent> inbox = new ArrayList<>();
        boolean automatic;
        boolean watchHeld;
        boolean paused;
        boolean crashed;
        long tenure;
        long token;
        long validUntil = Long.MIN_VALUE;
        long watch = -1;
        private @Nullable Consumer<Seen> watcher;

        Node(String name, ElectionMachine machine) {
            this.name = name;
            this.machine = machine;
        }

        boolean runs() {
            return !paused && !crashed;
        }

        /** What {@code isLeader()} answers on this node, with no machine having to step. */
        boolean leads() {
            return !crashed && now < validUntil;
        }

        void tell(ElectionEvent event) {
            if (crashed) {
                return;
            }
            if (paused) {
                inbox.add(event);
            } else {
                step(event);
            }
        }

        void resume() {
            paused = false;
            step(new ElectionEvent.TimerFired());
            List<ElectionEvent> waiting = List.copyOf(inbox);
            inbox.clear();
            waiting.forEach(this::tell);
        }

        void crash() {
            crashed = true;
            stopWatching();
            pending.clear();
        }

        void breakWatch() {
            stopWatching();
            tell(new ElectionEvent.WatchBroken(watch));
        }

        private void stopWatching() {
            if (watcher != null) {
                store.unwatch(watcher);
                watcher = null;
            }
        }

        void step(ElectionEvent event) {
            if (++steps > STEPS_MOST) {
                throw new AssertionError("more than " + STEPS_MOST + " steps by " + seconds(now));
            }
            List<ElectionAction> actions = machine.step(event, now, EPOCH.plusNanos(now));
            for (ElectionAction action : actions) {
                perform(action);
            }
            if (automatic && runs()) {
                while (!pending.isEmpty() && runs()) {
                    tell(pending.removeFirst().answer());
                }
            }
        }

        private void perform(ElectionAction action) {
            if (action instanceof ElectionAction.Read read) {
                say((read.patienceNanos() > 0 ? "look#" : "read#") + read.call());
                pending.add(new Pending(action));
            } else if (action instanceof ElectionAction.Create create) {
                say("create#" + create.call() + " " + text(create.record()));
                pending.add(new Pending(action));
            } else if (action instanceof ElectionAction.Update update) {
                say("update#" + update.call() + " " + text(update.record()) + " if " + update.expected());
                pending.add(new Pending(action));
            } else if (action instanceof ElectionAction.Abandon abandon) {
                say("abandon#" + abandon.call());
            } else if (action instanceof ElectionAction.OpenWatch open) {
                say("watch#" + open.watch());
                openWatch(open.watch());
            } else if (action instanceof ElectionAction.CloseWatch close) {
                say("unwatch#" + close.watch());
                stopWatching();
            } else if (action instanceof ElectionAction.OfSession) {
                say(OF_SESSION.getOrDefault(action.getClass(), "") + arguments(action));
            } else {
                performTenure(action);
            }
        }

        private String arguments(ElectionAction action) {
            if (action instanceof ElectionAction.AskProof ask) {
                return " after " + seconds(ask.afterNanos());
            }
            return action instanceof ElectionAction.FollowSession follow
                    ? " " + follow.session()
                    : action instanceof ElectionAction.UnfollowSession unfollow
                            ? " " + unfollow.session()
                            : action instanceof ElectionAction.GiveUpSession given ? " " + given.session() : "";
        }

        private void performTenure(ElectionAction action) {
            if (action instanceof ElectionAction.BeginTenure begin) {
                say("LEADS tenure=" + begin.tenure() + " token=" + begin.token() + " until="
                        + seconds(begin.validUntilNanos()));
                tenure = begin.tenure();
                token = begin.token();
                validUntil = begin.validUntilNanos();
                log.began(this);
            } else if (action instanceof ElectionAction.ExtendTenure extend) {
                say("renewed until=" + seconds(extend.validUntilNanos()));
                validUntil = leads() ? extend.validUntilNanos() : validUntil;
            } else if (action instanceof ElectionAction.RevokeTenure revoke) {
                say("REVOKED tenure=" + revoke.tenure() + " " + revoke.reason());
                validUntil = Long.MIN_VALUE;
                log.revoked(this);
            } else if (action instanceof ElectionAction.AnnounceLeader announce) {
                say("sees leader " + announce.leader().orElse("-"));
            } else if (action instanceof ElectionAction.Report report) {
                say("reports " + report.trouble());
            } else if (action instanceof ElectionAction.SlowPathTaken) {
                say("slow path");
            } else if (action instanceof ElectionAction.Finished) {
                say("finished " + machine.state());
            }
        }

        private void openWatch(long number) {
            watch = number;
            Consumer<Seen> opened = seen -> {
                if (!watchHeld) {
                    tell(new ElectionEvent.Watched(number, seen));
                }
            };
            watcher = opened;
            store.watch(opened);
        }

        /** The watch shows where it starts from. */
        void showWatch() {
            tell(new ElectionEvent.Watched(watch, store.seen()));
        }

        void quiet() {
            tell(new ElectionEvent.WorkQuiet(tenure));
        }

        private void say(String what) {
            log.line(name, what);
        }
    }
}
