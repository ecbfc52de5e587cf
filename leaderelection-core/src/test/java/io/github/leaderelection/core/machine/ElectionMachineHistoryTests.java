package io.github.leaderelection.core.machine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.leaderelection.LeaderElectionRecord;
import io.github.leaderelection.spi.LockSnapshot;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Histories that once went wrong. */
final class ElectionMachineHistoryTests {

    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);
    private final List<String> log = new ArrayList<>();
    private final World world = new World((who, what) -> log.add(World.seconds(world().now) + " " + who + " " + what));

    private World world() {
        return world;
    }

    private static MachineSettings settings(String identity, boolean watch) {
        return new MachineSettings(identity, 15 * SECOND, 10 * SECOND, 2 * SECOND, 10 * SECOND, true, watch, false);
    }

    private static String play(String commands) {
        return Scenario.play(commands.indent(0));
    }

    /** An acquisition found by a read has been written, too. */
    @Test
    void oneDeniedRenewalDoesNotEndAnElectorWhoseFirstWriteWasAppliedAndItsReplyLost() {
        String played = play("> candidate a no-watch\n> start a\n> deliver a\n> drop-reply a\n> deliver a\n"
                + "> state a\n> advance 2s\n> deny a\n> advance 1s\n> deliver a\n> advance 1s\n> state a\n");
        assertTrue(played.contains("LEADS"), played);
        assertFalse(played.contains("DENIED_FOR_GOOD"), played);
    }

    /** run() promises: campaigns until this candidate leads, unless it is closed. */
    @Test
    void oneTenureThatIsDeclinedWhileAcquiringIsStillToCome() {
        for (String decline : List.of("step-down", "unhealthy")) {
            String played = play("> candidate a no-watch\n> start a one-tenure\n> deliver a\n> " + decline
                    + " a\n> deliver a\n> deliver a\n> healthy a\n> automatic a\n> advance 20s\n");
            assertTrue(played.contains("LEADS"), decline + "\n" + played);
        }
    }

    /** No outsider: the watch begins before the first record is written, and shows that late. */
    @Test
    void anAbsenceShownLateIsNotTheLossOfTheStoresData() {
        World.Node a = world.add("a", settings("a", true), 1);
        a.tell(new ElectionEvent.StartRequested(ElectionEvent.Mode.CONTINUOUS));
        a.watchHeld = true;
        world.store.put(rivalsRecord());
        Seen seen = world.store.seen();
        a.tell(a.pending.removeFirst().answer());
        world.advance(SECOND / 10);
        a.tell(new ElectionEvent.Watched(a.watch, new Seen.Absent()));
        a.tell(new ElectionEvent.Watched(a.watch, seen));
        assertFalse(log.toString().contains("ORDER_WENT_BACK"), String.join("\n", log));
    }

    /**
     * I5: an outsider deletes what a creation made whose reply was lost, and the next creation is lost as well. A watch that lags
     * shows the first: that tells nothing of the second.
     */
    @Test
    void aCreationThatTheWatchShowsLateDoesNotSettleALaterOne() {
        World.Node a = campaigning();
        World.Pending first = a.pending.removeFirst();
        first.apply();
        Seen made = world.store.seen();
        a.tell(new ElectionEvent.WriteUnknown(first.call()));
        world.store.delete();
        a.tell(a.pending.removeFirst().answer());
        world.advance(3 * SECOND);
        World.Pending second = a.pending.removeFirst();
        assertTrue(second.isWrite(), String.join("\n", log));
        world.advance(8 * SECOND); // past the deadline of the first, and of all calls
        int said = log.size();
        a.tell(new ElectionEvent.Watched(a.watch, made));
        assertFalse(log.subList(said, log.size()).toString().contains("update"), () -> String.join("\n", log));
    }

    /** An outsider touches what is stored beside the record: a label of a Lease, say. */
    @Test
    void aNewVersionOfTheVeryRecordThatTheLeaderWroteDoesNotEndItsTenure() {
        World.Node a = world.add("a", settings("a", true), 1);
        a.automatic = true;
        a.tell(new ElectionEvent.StartRequested(ElectionEvent.Mode.CONTINUOUS));
        a.showWatch();
        world.advance(3 * SECOND);
        assertTrue(a.leads());
        LockSnapshot stands = ((Seen.Present) world.store.seen()).snapshot();
        world.store.put(stands.record());
        world.advance(SECOND);
        assertTrue(a.leads(), String.join("\n", log));
    }

    /** Pain 19. */
    @Test
    void handoffCostsAtMostOneRequestOfEachCandidateAndOneLookAfterACrash() {
        for (boolean crash : List.of(false, true)) {
            ElectionMachineHistoryTests one = new ElectionMachineHistoryTests();
            int requests = one.handoff(50, crash);
            int budget = crash ? 100 : 50;
            assertTrue(requests <= budget, (crash ? "crash" : "step down") + " cost " + requests + " requests");
        }
    }

    private int handoff(int candidates, boolean crash) {
        for (int i = 0; i < candidates; i++) {
            World.Node node = world.add("n" + i, settings("n" + i, true), i);
            node.tell(new ElectionEvent.StartRequested(ElectionEvent.Mode.CONTINUOUS));
            node.showWatch();
            deliverAll(40);
        }
        runFor(3 * SECOND);
        World.Node leader = world.nodes.values().stream()
                .filter(World.Node::leads)
                .findFirst()
                .orElseThrow();
        log.clear();
        if (crash) {
            leader.crash();
        } else {
            leader.tell(new ElectionEvent.StepDownRequested(io.github.leaderelection.RevocationReason.STEPPED_DOWN));
            leader.quiet();
        }
        runFor(crash ? 16 * SECOND : 2 * SECOND);
        long reads = log.stream().filter(line -> line.contains(" read#")).count();
        long writes = log.stream()
                .filter(line -> line.contains(" update#") && !line.contains(leader.name + " "))
                .count();
        return (int) (reads + writes);
    }

    /** A crowd finds out that it is one: then a few write when the record is released, and the others are shown who was quicker. */
    @Test
    void ofTwoHundredCandidatesAFewWriteWhenTheRecordIsReleased() {
        List<Integer> failed =
                handoffs(200, 30).stream().map(handoff -> handoff.writes() - 1).toList();
        List<Integer> late = failed.subList(5, 30).stream().sorted().toList();
        assertTrue(failed.get(0) > 100, () -> "nobody can know it at first: " + failed);
        assertTrue(late.get(late.size() / 2) <= 5, () -> "failed writes of each handoff: " + failed);
    }

    /** Among three there is always one that led of late, and so does not hold back. */
    @Test
    void amongThreeCandidatesSomebodyWritesAtOnce() {
        List<Handoff> handoffs = handoffs(3, 40);
        assertTrue(handoffs.stream().allMatch(handoff -> handoff.nanosToWrite() <= SECOND / 100), handoffs::toString);
    }

    /** All write then, and two are refused. */
    @Test
    void amongThreeThatStartTogetherSomebodyWritesAtOnceAtTheFirstHandoff() {
        for (int i = 0; i < 3; i++) {
            World.Node node = world.add("n" + i, settings("n" + i, true), i);
            node.tell(new ElectionEvent.StartRequested(ElectionEvent.Mode.CONTINUOUS));
            node.showWatch();
        }
        deliverAll(3);
        runFor(5 * SECOND);
        Handoff first = handOver();
        assertTrue(first.nanosToWrite() <= SECOND / 100, first::toString);
    }

    private record Handoff(int writes, long nanosToWrite) {}

    private List<Handoff> handoffs(int candidates, int count) {
        for (int i = 0; i < candidates; i++) {
            World.Node node = world.add("n" + i, settings("n" + i, true), i);
            node.tell(new ElectionEvent.StartRequested(ElectionEvent.Mode.CONTINUOUS));
            node.showWatch();
            deliverAll(3);
        }
        List<Handoff> handoffs = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            runFor(5 * SECOND); // until whoever stepped down holds back no longer
            handoffs.add(handOver());
        }
        return handoffs;
    }

    private Handoff handOver() {
        World.Node leader = world.nodes.values().stream()
                .filter(World.Node::leads)
                .findFirst()
                .orElseThrow();
        log.clear();
        leader.tell(new ElectionEvent.StepDownRequested(io.github.leaderelection.RevocationReason.STEPPED_DOWN));
        leader.quiet();
        long released = world.now;
        while (acquisitions(leader) == 0) {
            runFor(5_000_000);
        }
        long written = world.now;
        runFor(SECOND);
        return new Handoff(acquisitions(leader), written - released);
    }

    /** How many have been sent by others; for less than a retry period, so that no renewal is among them. */
    private int acquisitions(World.Node leader) {
        return (int) log.stream()
                .filter(line -> line.contains(" update#") && !line.contains(leader.name + " "))
                .count();
    }

    private void runFor(long nanos) {
        long end = world.now + nanos;
        while (world.now < end) {
            world.advance(5_000_000);
            deliverAll(1);
        }
    }

    /** A call takes five milliseconds to the store; all that are under way arrive before an answer returns. */
    private void deliverAll(int rounds) {
        for (int i = 0; i < rounds; i++) {
            List<World.Node> nodes = List.copyOf(world.nodes.values());
            for (World.Node node : nodes) {
                if (!node.crashed && !node.pending.isEmpty()) {
                    node.tell(node.pending.removeFirst().answer());
                }
            }
        }
    }

    /** A watch that shows the state and then breaks, each time. */
    @Test
    void aWatchThatBreaksEachTimeIsOpenedWithAPauseThatGrows() {
        World.Node leader = world.add("l", settings("l", false), 3);
        leader.automatic = true;
        leader.tell(new ElectionEvent.StartRequested(ElectionEvent.Mode.CONTINUOUS));
        World.Node a = world.add("a", settings("a", true), 1);
        a.automatic = true;
        a.tell(new ElectionEvent.StartRequested(ElectionEvent.Mode.CONTINUOUS));
        long before = -1;
        for (int i = 0; i < 6_000; i++) {
            if (a.watch != before) {
                before = a.watch;
                a.showWatch();
                a.breakWatch();
            }
            world.advance(10_000_000);
        }
        long reads = log.stream().filter(line -> line.contains(" a read#")).count();
        assertTrue(a.watch <= 60, "opened " + a.watch + " times in 60 s, with " + reads + " reads beside them");
    }

    /** A rival's record with a lease of no account, an onlooker with a healthy watch. */
    @Test
    void anOnlookerReadsNoOftenerThanItWouldPoll() {
        World.Node a = world.add("a", settings("a", true), 1);
        a.automatic = true;
        world.store.put(new LeaderElectionRecord(
                "b", java.time.Duration.ofMillis(1), java.util.Optional.empty(), java.util.Optional.empty(), 0));
        a.tell(new ElectionEvent.StartRequested(ElectionEvent.Mode.OBSERVE));
        a.showWatch();
        world.advance(SECOND);
        long reads = log.stream().filter(line -> line.contains(" a read#")).count();
        assertEquals(1, reads);
    }

    private World.Node launch(int number, long leaseSeconds, long renewSeconds, long retrySeconds) {
        String name = "n" + number;
        World.Node node = world.add(
                name,
                new MachineSettings(
                        name,
                        leaseSeconds * SECOND,
                        renewSeconds * SECOND,
                        retrySeconds * SECOND,
                        10 * SECOND,
                        true,
                        true,
                        false),
                number);
        node.tell(new ElectionEvent.StartRequested(ElectionEvent.Mode.CONTINUOUS));
        node.showWatch();
        deliverAll(3);
        return node;
    }

    /** Pain 18: whatever the retry period is that the configuration allows. */
    @ParameterizedTest
    @CsvSource({"15, 10, 2", "15, 10, 8", "4, 3, 2", "5, 4, 3"})
    void candidatesReadNothingWhileTheLeaderRenews(long leaseSeconds, long renewSeconds, long retrySeconds) {
        for (int number = 0; number < 5; number++) {
            launch(number, leaseSeconds, renewSeconds, retrySeconds);
            world.advance(SECOND / 10);
        }
        runFor(leaseSeconds * SECOND);
        log.clear();
        runFor(60 * SECOND);
        long reads = log.stream().filter(line -> line.contains(" read#")).count();
        long renewals = log.stream().filter(line -> line.contains(" update#")).count();
        assertEquals(0, reads, () -> String.join("\n", log));
        assertEquals(60.0 / retrySeconds, renewals, 1);
    }

    /** Pain 10: and a watch that says nothing more is replaced well inside the lease. */
    @ParameterizedTest
    @CsvSource({"15, 10, 2", "15, 10, 8", "4, 3, 2", "5, 4, 3"})
    void aWatchThatFallsSilentIsReplacedInsideTheLease(long leaseSeconds, long renewSeconds, long retrySeconds) {
        launch(0, leaseSeconds, renewSeconds, retrySeconds);
        World.Node candidate = launch(1, leaseSeconds, renewSeconds, retrySeconds);
        candidate.watchHeld = true;
        runFor(leaseSeconds * SECOND);
        assertTrue(candidate.watch > 1, () -> String.join("\n", log));
    }

    /** The lease of the rival runs out before it would be read: then it is a conflict that shows that the watch is silent. */
    @Test
    void aSilentWatchIsReplacedThoughTheRivalsLeaseIsShorterThanOurRetryPeriod() {
        launch(0, 4, 3, 2);
        World.Node candidate = launch(1, 15, 10, 8);
        candidate.watchHeld = true;
        runFor(20 * SECOND);
        assertTrue(candidate.watch > 1, () -> String.join("\n", log));
    }

    /** I6, and ADR 3: the holder of a record that came and went may not know yet, even if only a watch has shown it. */
    @Test
    void aRivalThatOnlyTheWatchHasShownIsWaitedOutWhenItsRecordIsGoneAgain() {
        World.Node a = world.add("a", settings("a", true), 1);
        a.tell(new ElectionEvent.StartRequested(ElectionEvent.Mode.CONTINUOUS));
        a.watchHeld = true;
        a.tell(new ElectionEvent.StepDownRequested(io.github.leaderelection.RevocationReason.STEPPED_DOWN));
        a.tell(a.pending.removeFirst().answer());
        world.store.put(rivalsRecord());
        a.tell(new ElectionEvent.Watched(a.watch, world.store.seen()));
        long shown = world.now;
        world.store.delete();
        a.automatic = true;
        a.tell(a.pending.removeFirst().answer());
        while (!a.leads() && world.now < shown + 60 * SECOND) {
            world.advance(SECOND / 10);
        }
        long led = world.now;
        assertTrue(
                led - shown >= 15 * SECOND && a.leads(),
                () -> "leads after " + World.seconds(led - shown) + "\n" + String.join("\n", log));
    }

    /** A candidate whose watch shows nothing, and who has read what stands there and is about to write. */
    private World.Node campaigning() {
        World.Node a = world.add("a", settings("a", true), 1);
        a.tell(new ElectionEvent.StartRequested(ElectionEvent.Mode.CONTINUOUS));
        a.watchHeld = true;
        a.tell(a.pending.removeFirst().answer());
        return a;
    }

    private static LeaderElectionRecord releasedRecord() {
        return new Stamp(settings("b", true), new java.util.SplittableRandom(2))
                .release(rivalsRecord(), java.time.Instant.EPOCH);
    }

    private static LeaderElectionRecord rivalsRecord() {
        return new Stamp(settings("b", true), new java.util.SplittableRandom(2))
                .acquire(java.util.Optional.empty(), java.util.Optional.empty(), java.time.Instant.EPOCH);
    }

    /** I5: a read has said since that the record is not there: then what a watch shows of our own may be gone, too. */
    @Test
    void aCreationOfOursThatAReadDidNotFindIsNotLedOnUntilAReadFindsIt() {
        World.Node a = campaigning();
        World.Pending creation = a.pending.removeFirst();
        creation.apply();
        Seen made = world.store.seen();
        a.tell(new ElectionEvent.WriteUnknown(creation.call()));
        world.store.delete();
        a.tell(a.pending.removeFirst().answer());
        a.tell(new ElectionEvent.Watched(a.watch, made));
        assertFalse(a.leads(), () -> String.join("\n", log));
    }

    /** The same, and the read that finds it was sent before the watch showed that it is gone. */
    @Test
    void aCreationOfOursIsNotLedOnWhenTheWatchHasShownItAndThenThatItIsGone() {
        World.Node a = campaigning();
        World.Pending creation = a.pending.removeFirst();
        creation.apply();
        Seen made = world.store.seen();
        a.tell(new ElectionEvent.WriteUnknown(creation.call()));
        World.Pending read = a.pending.removeFirst();
        ElectionEvent found = read.answer();
        world.store.delete();
        a.tell(new ElectionEvent.Watched(a.watch, made));
        a.tell(new ElectionEvent.Watched(a.watch, new Seen.Absent()));
        a.tell(found);
        assertFalse(a.leads(), () -> String.join("\n", log));
    }

    /** I6, and ADR 3: the race for a released record is lost, and the winner's record deleted before the loser has seen it. */
    @Test
    void whoLostARaceDoesNotCreateAtOnceWhenTheWinnersRecordIsGone() {
        world.store.put(releasedRecord());
        World.Node a = campaigning();
        World.Pending update = a.pending.removeFirst();
        world.store.put(rivalsRecord());
        a.tell(update.answer());
        world.store.delete();
        assertWaitsForALease(a);
    }

    /** The same of a creation. */
    @Test
    void whoLostACreationDoesNotCreateAtOnceWhenTheWinnersRecordIsGone() {
        World.Node a = campaigning();
        World.Pending creation = a.pending.removeFirst();
        world.store.put(rivalsRecord());
        a.tell(creation.answer());
        world.store.delete();
        assertWaitsForALease(a);
    }

    /** The same without a race: a released record is known, and while nothing is heard it is taken, and deleted. */
    @Test
    void whoKnewOfARecordWithoutAHolderDoesNotCreateAtOnceWhenItIsGone() {
        World.Node a = world.add("a", settings("a", false), 1);
        world.store.put(releasedRecord());
        a.tell(new ElectionEvent.HealthReported(false));
        a.tell(new ElectionEvent.StartRequested(ElectionEvent.Mode.CONTINUOUS));
        a.tell(a.pending.removeFirst().answer());
        world.store.delete();
        a.tell(new ElectionEvent.HealthReported(true));
        a.pending.clear();
        world.advance(3 * SECOND);
        assertWaitsForALease(a);
    }

    private void assertWaitsForALease(World.Node candidate) {
        long since = world.now;
        candidate.automatic = true;
        while (!candidate.pending.isEmpty()) {
            candidate.tell(candidate.pending.removeFirst().answer());
        }
        while (!candidate.leads() && world.now < since + 60 * SECOND) {
            world.advance(SECOND / 10);
        }
        long led = world.now;
        assertTrue(
                led - since >= 15 * SECOND && candidate.leads(),
                () -> "leads after " + World.seconds(led - since) + "\n" + String.join("\n", log));
    }

    /** However often it came second: a pause is added to a time that comes, and "never" stays never. */
    @Test
    void whoeverOftenComesSecondStillLeavesARecordAloneThatIsNone() {
        World.Node a = world.add("a", settings("a", false), 1);
        a.tell(new ElectionEvent.StartRequested(ElectionEvent.Mode.CONTINUOUS));
        for (int lost = 0; lost < 6; lost++) {
            world.store.put(releasedRecord());
            while (!a.pending.getFirst().isWrite()) {
                a.tell(a.pending.removeFirst().answer());
                while (a.pending.isEmpty()) {
                    world.advance(SECOND / 100);
                }
            }
            world.store.put(rivalsRecord());
            a.tell(a.pending.removeFirst().answer());
            while (a.pending.isEmpty()) {
                world.advance(SECOND / 100);
            }
        }
        log.clear();
        a.tell(new ElectionEvent.ReadAnswered(a.pending.removeFirst().call(), new Seen.Malformed()));
        world.advance(SECOND);
        assertFalse(log.toString().contains(" update#") || log.toString().contains(" create#"), log::toString);
    }
}
