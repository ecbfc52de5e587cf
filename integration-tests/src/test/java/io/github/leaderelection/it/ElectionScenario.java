package io.github.leaderelection.it;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.leaderelection.cli.EventLine.Event;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** What the scenarios share: they are written once, and run over every backend, each test with a server of its own. */
@ParameterizedClass(name = "{0}")
@EnumSource(BackendKind.class)
abstract class ElectionScenario {

    @Parameter
    @SuppressWarnings("NullAway.Init") // set by JUnit
    BackendKind kind;

    private final List<AutoCloseable> opened = new ArrayList<>();

    /** Closes {@code resource} after the test, in the reverse order of these calls. */
    final <T extends AutoCloseable> T closing(T resource) {
        opened.add(resource);
        return resource;
    }

    final Backend open() {
        return closing(kind.open());
    }

    final Candidates candidates(Timing timing) {
        return closing(new Candidates("demo/leader", timing));
    }

    /** Starts candidates named a, b, c and so on. */
    static void startMany(Candidates candidates, int count, Map<String, String> settings, String... options) {
        for (int i = 0; i < count; i++) {
            candidates.start(String.valueOf((char) ('a' + i)), settings, options);
        }
        candidates.all().forEach(candidate -> candidate.await(Event.READY));
    }

    @AfterEach
    final void closeAll() throws Exception {
        for (int i = opened.size() - 1; i >= 0; i--) {
            opened.get(i).close();
        }
    }

    /** After SIGTERM: it ends, CLOSED is its last line, and nothing but event lines was printed. */
    static void assertEndedInOrder(CandidateProcess candidate) {
        assertEquals(143, candidate.exitCode(), candidate::describe);
        var events = candidate.events();
        assertEquals(Event.READY, events.get(0).event(), candidate::describe);
        assertEquals(Event.CLOSED, events.get(events.size() - 1).event(), candidate::describe);
        assertEquals("", candidate.garbage());
    }
}
