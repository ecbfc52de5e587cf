package io.github.leaderelection.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.leaderelection.cli.EventLine.Event;
import io.github.leaderelection.lock.inmemory.InMemoryFault;
import io.github.leaderelection.lock.inmemory.InMemorySpace;
import java.util.EnumSet;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class ObserveCommandTests {

    private final String space = UUID.randomUUID().toString();

    private ProgramRun run(String command, String... more) {
        String[] common = {command, "--lock", "inmemory", "--name", "demo/leader", "-D", "inmemory.space=" + space};
        String[] all = new String[common.length + more.length];
        System.arraycopy(common, 0, all, 0, common.length);
        System.arraycopy(more, 0, all, common.length, more.length);
        return ProgramRun.of(all);
    }

    /** Pain 25. */
    @Test
    void leadersAreNamedWhileTheyLeadAndTheirAbsenceIsTold() throws Exception {
        ProgramRun observer = run("observe");
        ProgramRun candidate = run("campaign", "--id", "a", "--release-on-cancel");
        observer.await(
                line -> line.event() == Event.NEWLEADER && line.field("leader").equals("a"));
        candidate.await(Event.STARTED);
        candidate.type("close");
        assertEquals(0, candidate.exitCode());

        observer.await(line -> line.event() == Event.NOLEADER);
        assertEquals(
                "",
                InMemorySpace.named(space).record("demo/leader").orElseThrow().holderIdentity());
        Set<Event> printed = observer.events().stream().map(EventLine::event).collect(Collectors.toSet());
        assertTrue(EnumSet.of(Event.NEWLEADER, Event.NOLEADER).containsAll(printed), observer.out());
        assertTrue(observer.isRunning());
    }

    @Test
    void anObserverWritesNothing() {
        InMemorySpace own = InMemorySpace.named(space);
        ProgramRun observer = run("observe");
        own.put("demo/leader", Records.heldBy("x"));
        observer.await(
                line -> line.event() == Event.NEWLEADER && line.field("leader").equals("x"));

        assertEquals(0, own.writeCount());
    }

    /** Pain 25. */
    @Test
    void anObserverThatIsRefusedForGoodFailsFast() throws Exception {
        String identity = "observer-" + space;
        InMemorySpace.named(space).faults(identity).untilHealed(InMemoryFault.deny());
        ProgramRun observer = run("observe", "-D", "identity=" + identity);

        assertEquals(1, observer.exitCode());
        assertTrue(observer.err().contains("cannot go on: "), observer.err());
    }
}
