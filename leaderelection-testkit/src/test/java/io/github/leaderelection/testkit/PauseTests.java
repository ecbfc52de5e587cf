package io.github.leaderelection.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.leaderelection.LeaderCallbacks;
import io.github.leaderelection.LeaderElector;
import io.github.leaderelection.Leadership;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

class PauseTests {

    private final SimulatedElection election = SimulatedElection.of("demo/pause");
    private final FencedRegister register = election.register("reports");

    @Test
    void anotherLeadsWhileTheLeaderIsPausedAndTheStaleWriteIsRefused() {
        try (election) {
            WritingLeader leader = new WritingLeader(election, register);
            SimulatedCandidate a = election.candidate("a", config -> config.callbacks(leader));
            SimulatedCandidate b =
                    election.candidate("b", config -> config.callbacks(new WritingLeader(election, register)));
            a.start();
            b.start();
            assertTrue(a.isLeader());
            election.run(Duration.ofSeconds(5));
            assertEquals(5, register.accepted().size());

            a.pause();
            election.run(Duration.ofSeconds(30));
            assertTrue(b.isLeader());
            assertEquals(List.of("started"), leader.told, "it was told something while it stood still");
            assertEquals(List.of(), register.refused());
            a.resume();

            assertTrue(b.isLeader());
            assertFalse(a.isLeader());
            assertEquals(List.of("started", "stopped"), leader.told);
            assertEquals(
                    List.of("a"),
                    register.refused().stream()
                            .map(FencedRegister.Write::writer)
                            .toList());
            election.assertExclusive();
        }
    }

    /** Within the lease nothing is lost by a pause. */
    @Test
    void aShortPauseCostsNoTenure() {
        try (election) {
            WritingLeader leader = new WritingLeader(election, register);
            SimulatedCandidate a = election.candidate("a", config -> config.callbacks(leader));
            a.start();
            election.candidate("b").start();
            election.run(Duration.ofSeconds(5));
            a.pause();
            election.run(Duration.ofSeconds(5));
            a.resume();
            election.run(Duration.ofMinutes(1));

            assertTrue(a.isLeader());
            assertEquals(List.of("started"), leader.told);
            assertEquals(List.of(), register.refused());
        }
    }

    /** Every call that asks the time stands still, and answers of the time after the pause. */
    @Test
    void whoAsksDuringAPauseIsAnsweredAfterIt() {
        Asking asking = new Asking();
        try (election) {
            SimulatedCandidate a = election.candidate("a", config -> config.callbacks(asking));
            asking.elector = a::elector;
            a.start();
            assertEquals(List.of("valid true", "remaining PT10S", "leads true"), asking.answers);

            a.pause();
            election.run(Duration.ofSeconds(15)); // the tenure has ended: an answer would need no clock any more
            asking.ask.countDown(); // its own latch, which no pause holds up: it runs into the next call
            election.run(Duration.ofSeconds(5));
            assertEquals(3, asking.answers.size());
            a.resume();

            assertEquals(List.of("valid false", "remaining PT0S", "leads false"), asking.answers.subList(3, 6));
        }
    }

    /** A write that is made during a pause arrives after it, with whatever token it had. */
    @Test
    void aWriteOfAPausedCandidateArrivesWhenItIsResumed() {
        CountDownLatch write = new CountDownLatch(1);
        try (election) {
            SimulatedCandidate a = election.candidate(
                    "a",
                    config -> config.callbacks(new LeaderCallbacks() {
                        @Override
                        public void onStartedLeading(Leadership leadership) throws InterruptedException {
                            write.await();
                            register.write(leadership.fencingToken(), "late");
                        }

                        @Override
                        public void onStoppedLeading(Leadership ended) {}
                    }));
            a.start();
            a.pause();
            write.countDown();
            election.run(Duration.ofSeconds(3));
            assertEquals(List.of(), register.accepted());
            a.resume();

            assertEquals(List.of(new FencedRegister.Write(Duration.ofSeconds(3), "a", 1, "late")), register.accepted());
        }
    }

    @Test
    void whatAPausedCandidateIsAskedToDoWaitsForItsEnd() {
        WritingLeader leader = new WritingLeader(election, register);
        try (election) {
            SimulatedCandidate a = election.candidate("a", config -> config.callbacks(leader));
            a.start();
            a.pause();
            a.stepDown();
            election.run(Duration.ofSeconds(1));
            assertEquals(List.of("started"), leader.told);
            a.resume();

            assertEquals(List.of("started", "stopped"), leader.told);
        }
    }

    /** Waits for a latch of its own, then asks. */
    private static final class Asking implements LeaderCallbacks {
        final CountDownLatch ask = new CountDownLatch(1);
        final List<String> answers = new CopyOnWriteArrayList<>();
        volatile Supplier<LeaderElector> elector = () -> {
            throw new AssertionError("there is no elector yet");
        };

        @Override
        public void onStartedLeading(Leadership leadership) throws InterruptedException {
            answer(leadership);
            ask.await();
            answer(leadership);
        }

        private void answer(Leadership leadership) {
            answers.add("valid " + leadership.isValid());
            answers.add("remaining " + leadership.remaining());
            answers.add("leads " + elector.get().isLeader());
        }

        @Override
        public void onStoppedLeading(Leadership ended) {}
    }
}
