package io.github.leaderelection.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.leaderelection.cli.EventLine.Event;
import io.github.leaderelection.lock.inmemory.InMemoryFault;
import io.github.leaderelection.lock.inmemory.InMemorySpace;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** The command over the in-memory lock; each test has a space of its own. */
class CampaignCommandTests {

    private final String space = UUID.randomUUID().toString();

    private ProgramRun campaign(String id, String... more) {
        String[] common = {
            "campaign", "--lock", "inmemory", "--name", "demo/leader", "--id", id, "-D", "inmemory.space=" + space
        };
        String[] all = new String[common.length + more.length];
        System.arraycopy(common, 0, all, 0, common.length);
        System.arraycopy(more, 0, all, common.length, more.length);
        return ProgramRun.of(all);
    }

    @Test
    void aTenureIsPrintedFromReadyToClosed() throws Exception {
        ProgramRun run = campaign("a");
        EventLine started = run.await(Event.STARTED);
        run.type("close");

        assertEquals(0, run.exitCode());
        List<EventLine> events = run.events();
        assertEquals(Event.READY, events.get(0).event());
        assertEquals("a", events.get(0).field("id"));
        EventLine stopped = run.await(Event.STOPPED);
        assertEquals("closed", stopped.field("reason"));
        assertEquals(started.token(), stopped.token());
        assertEquals(Event.CLOSED, events.get(events.size() - 1).event());
        assertEquals(
                1, events.stream().filter(line -> line.event() == Event.CLOSED).count());
        assertEquals("a", run.await(Event.NEWLEADER).field("leader"));
    }

    @Test
    void statusAnswersInTheFormOfAnEvent() throws Exception {
        ProgramRun run = campaign("a b");
        EventLine started = run.await(Event.STARTED);
        run.type("status");

        EventLine status = run.await(Event.STATUS);
        assertEquals("a b", status.field("id"));
        assertEquals("true", status.field("leading"));
        assertEquals(started.token(), status.token());
        assertEquals("a b", status.field("leader"));
        run.type("close");
        assertEquals(0, run.exitCode());
    }

    @Test
    void whoStepsDownLetsTheOtherLeadAndStaysACandidate() throws Exception {
        ProgramRun first = campaign("a");
        EventLine started = first.await(Event.STARTED);
        ProgramRun second = campaign("b");
        second.await(
                line -> line.event() == Event.NEWLEADER && line.field("leader").equals("a"));
        first.type("stepdown");

        assertTrue(second.await(Event.STARTED).token() > started.token());
        assertEquals("stepped_down", first.await(Event.STOPPED).field("reason"));
        second.type("stepdown");
        first.await(line -> line.event() == Event.STARTED && line.token() > started.token());
        first.type("close");
        second.type("close");
        assertEquals(0, first.exitCode());
        assertEquals(0, second.exitCode());
    }

    @Test
    void theRecordIsReleasedOnCloseIfAskedFor() throws Exception {
        ProgramRun run = campaign("a", "--release-on-cancel");
        run.await(Event.STARTED);
        run.type("close");
        assertEquals(0, run.exitCode());

        assertEquals("", holder());
    }

    @Test
    void theRecordIsLeftToLapseOnCloseIfNotAskedFor() throws Exception {
        ProgramRun run = campaign("a");
        run.await(Event.STARTED);
        run.type("close");
        assertEquals(0, run.exitCode());

        assertEquals("a", holder());
    }

    private String holder() {
        return InMemorySpace.named(space).record("demo/leader").orElseThrow().holderIdentity();
    }

    @Test
    void theEndOfTheInputEndsNothing() throws Exception {
        ProgramRun run = campaign("a");
        run.endInput();
        run.await(Event.STARTED);

        assertTrue(run.isRunning());
        InMemorySpace.named(space).delete("demo/leader");
        run.await(Event.STOPPED);
        assertTrue(run.isRunning());
    }

    @Test
    void anUnknownCommandIsToldOnTheStandardErrorAndChangesNothing() throws Exception {
        ProgramRun run = campaign("a");
        run.type("");
        run.type("resign");
        run.awaitError("expected status, stepdown or close, but got 'resign'");
        run.type("close");

        assertEquals(0, run.exitCode());
    }

    @Test
    void aDeletedRecordEndsTheTenureAndTheNextOneHasAGreaterToken() throws Exception {
        ProgramRun run = campaign("a");
        EventLine started = run.await(Event.STARTED);
        InMemorySpace.named(space).delete("demo/leader");

        assertEquals("deleted", run.await(Event.STOPPED).field("reason"));
        run.await(line -> line.event() == Event.STARTED && line.token() > started.token());
        run.type("close");
        assertEquals(0, run.exitCode());
    }

    /** Pain 25. */
    @Test
    void aCandidateThatIsRefusedForGoodFailsFast() throws Exception {
        InMemorySpace.named(space).faults("a").untilHealed(InMemoryFault.deny());
        ProgramRun run = campaign("a");

        assertEquals(1, run.exitCode());
        List<EventLine> events = run.events();
        assertEquals(Event.READY, events.get(0).event());
        assertEquals(Event.CLOSED, events.get(events.size() - 1).event());
        assertFalse(events.stream().anyMatch(line -> line.event() == Event.STARTED));
        assertTrue(run.err().contains("leaderelection: 'a' cannot go on: "), run.err());
    }

    @Test
    void troubleIsLoggedOnOneLineOfTheStandardError() throws Exception {
        InMemorySpace.named(space).faults("a").next(1, InMemoryFault.refuse().onReads());
        ProgramRun run = campaign("a", "--retry-period", "100ms");
        run.await(Event.STARTED);
        run.type("close");

        assertEquals(0, run.exitCode());
        assertTrue(
                run.err()
                        .lines()
                        .anyMatch(line -> line.matches("\\S+ WARNING io\\.github\\.leaderelection .*refuses.*")),
                run.err());
    }
}
