package io.github.leaderelection.core.machine;

import io.github.leaderelection.LeaderElectionRecord;
import io.github.leaderelection.RevocationReason;
import io.github.leaderelection.core.machine.ElectionEvent.Mode;
import io.github.leaderelection.spi.LockSnapshot;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/**
 * Plays a transcript: every line that begins with {@code > } is a command, and what happens upon it is written below it.
 * Lines of comment ({@code #}) and blank lines stay. The commands are the cases of {@link #command}.
 */
final class Scenario {

    private final StringBuilder out = new StringBuilder();
    private final World world = new World((who, what) -> line(who + "  " + what));

    /** The transcript of {@code text}, with what happened in place of what it said would. */
    static String play(String text) {
        Scenario scenario = new Scenario();
        for (String line : text.lines().toList()) {
            if (line.startsWith("> ")) {
                scenario.out.append(line).append('\n');
                scenario.command(line.substring(2).trim().split("\\s+"));
            } else if (line.startsWith("#") || line.isBlank()) {
                scenario.out.append(line).append('\n');
            }
        }
        return scenario.out.toString();
    }

    private void line(String text) {
        out.append(String.format(Locale.ROOT, "%8s  %s%n", World.seconds(world.now), text));
    }

    private void command(String[] words) {
        String name = words.length > 1 ? words[1] : "";
        World.Node node = world.nodes.get(name);
        switch (words[0]) {
            case "candidate" -> world.add(name, settings(name, words), 42 + world.nodes.size());
            case "advance" -> world.advance(duration(name).toNanos());
            case "delete" -> world.store.delete();
            case "corrupt" -> world.store.corrupt();
            case "wipe" -> world.store.wipe();
            case "put" -> world.store.put(outsiders(name, words));
            case "store" -> line("store  " + World.text(world.store.seen()));
            default -> {
                if (node == null) {
                    throw new IllegalArgumentException("no such command or candidate: " + String.join(" ", words));
                }
                commandTo(node, words);
            }
        }
    }

    private void commandTo(World.Node node, String[] words) {
        switch (words[0]) {
            case "start" -> node.tell(new ElectionEvent.StartRequested(mode(words)));
            case "cancel" -> node.tell(new ElectionEvent.CancelRequested());
            case "close" -> node.tell(new ElectionEvent.CloseRequested());
            case "step-down" -> node.tell(new ElectionEvent.StepDownRequested(RevocationReason.STEPPED_DOWN));
            case "work-ends" -> node.tell(new ElectionEvent.WorkEnded(tenure(node, words)));
            case "lapse" -> node.tell(new ElectionEvent.TenureLapsed(tenure(node, words)));
            case "healthy" -> node.tell(new ElectionEvent.HealthReported(true));
            case "unhealthy" -> node.tell(new ElectionEvent.HealthReported(false));
            case "quiet" -> node.quiet();
            case "session" -> node.tell(new ElectionEvent.SessionKept(words[2], sent(words), 0));
            case "session-ended" -> node.tell(new ElectionEvent.SessionEnded(words[2]));
            case "session-given-up" -> node.tell(new ElectionEvent.SessionGivenUp(words[2]));
            case "session-denied" -> node.tell(new ElectionEvent.SessionDenied());
            case "quiet-of" -> node.tell(new ElectionEvent.WorkQuiet(Long.parseLong(words[2])));
            case "wake" -> node.tell(new ElectionEvent.TimerFired());
            case "automatic" -> automatic(node);
            case "manual" -> node.automatic = false;
            case "show-watch" -> node.showWatch();
            case "show-stale" -> node.tell(new ElectionEvent.Watched(node.watch - 1, world.store.seen()));
            case "show-lagging" ->
                node.tell(new ElectionEvent.Watched(
                        node.watch,
                        new Seen.Present(new LockSnapshot(
                                outsiders(words[2], words), new Store.Version(Long.parseLong(words[3]))))));
            case "break-watch" -> node.breakWatch();
            case "break-stale" -> node.tell(new ElectionEvent.WatchBroken(node.watch - 1));
            case "hold-watch" -> node.watchHeld = true;
            case "free-watch" -> node.watchHeld = false;
            case "pause" -> node.paused = true;
            case "resume" -> node.resume();
            case "crash" -> node.crash();
            case "state" ->
                line(node.name + "  " + node.machine.state() + " leader="
                        + node.machine.leader().orElse("-") + (node.leads() ? " leads" : ""));
            case "wakes" ->
                line(node.name + "  wakes at "
                        + (node.machine.wakeAtNanos() == ElectionMachine.NEVER
                                ? "never"
                                : World.seconds(node.machine.wakeAtNanos())));
            default -> commandToCall(node, words);
        }
    }

    /** Commands about the oldest call under way. */
    private void commandToCall(World.Node node, String[] words) {
        World.Pending call = node.pending.peekFirst();
        if (call == null) {
            line(node.name + "  (no call under way)");
            return;
        }
        switch (words[0]) {
            case "apply" -> call.apply();
            case "deliver" -> node.tell(node.pending.removeFirst().answer());
            case "lose" -> node.pending.removeFirst();
            case "later" -> node.pending.addLast(node.pending.removeFirst());
            case "unknown" -> fail(node, call, new ElectionEvent.WriteUnknown(call.call()), false);
            case "drop-reply" -> fail(node, call, new ElectionEvent.WriteUnknown(call.call()), true);
            case "refuse" -> refuse(node, call, false);
            case "deny" -> refuse(node, call, true);
            default -> throw new IllegalArgumentException("no such command: " + String.join(" ", words));
        }
    }

    private static void fail(World.Node node, World.Pending call, ElectionEvent event, boolean applied) {
        if (applied) {
            call.apply();
        }
        node.pending.removeFirst();
        node.tell(event);
    }

    private static void refuse(World.Node node, World.Pending call, boolean denied) {
        node.pending.removeFirst();
        node.tell(
                call.isWrite()
                        ? new ElectionEvent.WriteRefused(call.call(), denied)
                        : new ElectionEvent.ReadFailed(call.call(), denied));
    }

    private static void automatic(World.Node node) {
        node.automatic = true;
        while (!node.pending.isEmpty()) {
            node.tell(node.pending.removeFirst().answer());
        }
    }

    private static long tenure(World.Node node, String[] words) {
        return words.length > 2 ? Long.parseLong(words[2]) : node.tenure;
    }

    /** When a keep-alive was sent that was proven: so long ago. */
    private long sent(String[] words) {
        return world.now - duration(option("sent", "0s", words)).toNanos();
    }

    private static Mode mode(String[] words) {
        return words.length > 2 ? Mode.valueOf(words[2].toUpperCase(Locale.ROOT).replace('-', '_')) : Mode.CONTINUOUS;
    }

    private static Duration duration(String text) {
        return Duration.parse("PT" + text);
    }

    private static MachineSettings settings(String name, String[] words) {
        return new MachineSettings(
                option("identity", name, words),
                duration(option("lease", "15s", words)).toNanos(),
                duration(option("renew", "10s", words)).toNanos(),
                duration(option("retry", "2s", words)).toNanos(),
                duration(option("drain", "10s", words)).toNanos(),
                Arrays.asList(words).contains("release-on-cancel"),
                !Arrays.asList(words).contains("no-watch"),
                Arrays.asList(words).contains("sessions"),
                !Arrays.asList(words).contains("no-watch-while-leading"),
                duration(option("retry", "2s", words)).toNanos());
    }

    private static LeaderElectionRecord outsiders(String holder, String[] words) {
        Optional<Instant> time = Optional.of(Instant.parse("2025-01-01T00:00:00Z"));
        return new LeaderElectionRecord(
                holder.equals("-") ? "" : holder,
                duration(option("lease", "15s", words)),
                time,
                time,
                Integer.parseInt(option("transitions", "0", words)),
                Optional.of(option("session", "", words)).filter(session -> !session.isEmpty()));
    }

    private static String option(String key, String otherwise, String[] words) {
        return Arrays.stream(words)
                .filter(word -> word.startsWith(key + "="))
                .map(word -> word.substring(key.length() + 1))
                .findFirst()
                .orElse(otherwise);
    }
}
