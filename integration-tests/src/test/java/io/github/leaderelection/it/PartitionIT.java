package io.github.leaderelection.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.leaderelection.cli.EventLine.Event;
import io.github.leaderelection.it.RecordTrail.Entry;
import io.github.leaderelection.testservers.TcpProxy;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** Networks that swallow what they are given while the connections stay open: 40 s long, over all backends at once. */
@Execution(ExecutionMode.CONCURRENT)
class PartitionIT extends ElectionScenario {

    private static final Duration CUT = Duration.ofSeconds(40);

    /** What a loaded machine may add to what the leader does by itself on time. */
    private static final Duration SLACK = Duration.ofMillis(500);

    /** Pain 7. Pain 13. Pain 16. */
    @Test
    void aLeaderThatIsCutOffStopsByItselfAndNothingOfItArrivesWhenTheCutHeals() {
        Backend backend = open();
        TcpProxy network = closing(TcpProxy.to(backend.port()));
        Candidates candidates = candidates(Timing.DEFAULT);
        RecordTrail trail = closing(new RecordTrail(backend, candidates.election()));
        CandidateProcess leader = candidates.start("a", backend.settingsAt(network.port()), "--release-on-cancel");
        leader.await(Event.STARTED);
        CandidateProcess other = candidates.start("b", backend.settings());
        other.await(
                0,
                line -> line.event() == Event.NEWLEADER && line.field("leader").equals("a"));
        trail.awaitWrites(2);
        long cutMillis = System.currentTimeMillis();
        network.cut();

        Tenure next = candidates.awaitTenure(2);
        Tenure lost = candidates.tenures().get(0);
        assertStoppedAndFollowedInTime(trail, lost, next);
        Waits.until("the end of the cut", () -> "", () -> System.currentTimeMillis() >= cutMillis + CUT.toMillis());
        Entry before = trail.lastOf("b");
        int seenBefore = trail.entries().size();
        int printedBefore = leader.events().size();
        network.heal();

        leader.await(
                printedBefore,
                line -> line.event() == Event.NEWLEADER && line.field("leader").equals("b"));
        trail.awaitWrites(3);
        assertUntouched(trail.entries().subList(seenBefore, trail.entries().size()), before);
        assertEquals(2, candidates.tenures().size(), candidates::describe);
        assertEquals("true", other.status().field("leading"));
        assertEquals("false", leader.status().field("leading"));
        Tenure.assertOrdered(candidates.tenures());
    }

    private static void assertStoppedAndFollowedInTime(RecordTrail trail, Tenure lost, Tenure next) {
        Entry lastRenewal = trail.lastOf("a");
        long sent = lastRenewal.sentMillis(); // if the reply was lost in the cut, the leader stops sooner still
        long stopped = lost.endMillis();
        System.out.println("Cut off: the last renewal was sent at 0 ms, STOPPED came after " + (stopped - sent)
                + " ms, the next STARTED after " + (next.beginMillis() - sent) + " ms");
        assertEquals("expired", lost.reason());
        assertTrue(
                stopped <= sent + Timing.DEFAULT.renew().toMillis() + SLACK.toMillis(),
                () -> lost + " ended late: " + trail);
        assertTrue(
                next.beginMillis()
                        >= lastRenewal.earliestMillis() + Timing.DEFAULT.lease().toMillis(),
                () -> next + " began early: " + trail);
    }

    private static void assertUntouched(List<Entry> after, Entry before) {
        for (Entry entry : after) {
            assertEquals("b", entry.holder());
            assertEquals(before.tenure(), entry.tenure());
        }
    }
}
