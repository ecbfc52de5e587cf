package io.github.leaderelection;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.leaderelection.spi.ElectorEngine;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Each scenario with fresh static state, so that the order of the tests does not matter. */
class LeaderElectorsTests {

    private final Path directory;

    LeaderElectorsTests(@TempDir Path directory) {
        this.directory = directory;
    }

    @Test
    void withoutAnEngineTheErrorSaysWhatToAdd() throws Exception {
        assertEquals(
                "no election engine on the class path: add io.github.leaderelection:leaderelection-core at runtime "
                        + "scope (every lock module brings it)",
                IsolatedLoader.call(directory, LeaderElectorsScenarios.CreateAndObserve.class));
    }

    @Test
    void theEngineOnTheClassPathMakesElectorsAndTheWatchDogIsTied() throws Exception {
        IsolatedLoader.declare(directory, ElectorEngine.class, List.of(LeaderElectorsScenarios.Engine.class.getName()));

        assertEquals(
                "created, watched with [PT7S], observed Optional[b]",
                IsolatedLoader.call(directory, LeaderElectorsScenarios.CreateAndObserve.class));
    }

    @Test
    void twoEnginesAreRefusedByName() throws Exception {
        String engine = LeaderElectorsScenarios.Engine.class.getName();
        String other = LeaderElectorsScenarios.OtherEngine.class.getName();
        IsolatedLoader.declare(directory, ElectorEngine.class, List.of(engine, other));

        assertEquals(
                "more than one election engine on the class path: [" + engine + ", " + other + "]",
                IsolatedLoader.call(directory, LeaderElectorsScenarios.CreateAndObserve.class));
    }

    @Test
    void runOrDieRunsOnceAndCloses() throws Exception {
        IsolatedLoader.declare(directory, ElectorEngine.class, List.of(LeaderElectorsScenarios.Engine.class.getName()));

        assertEquals(List.of(1, 1), IsolatedLoader.call(directory, LeaderElectorsScenarios.RunOrDie.class));
    }

    @Test
    void theFirstMetricsProviderWins() throws Exception {
        assertEquals(true, IsolatedLoader.call(directory, LeaderElectorsScenarios.FirstProviderWins.class));
    }

    @Test
    void beforeAnyProviderIsSetMetricsGoNowhere() throws Exception {
        assertEquals(
                "silent", IsolatedLoader.call(directory, LeaderElectorsScenarios.ProviderIsThereBeforeAnyIsSet.class));
    }

    @Test
    void aRefusedProviderDoesNotCountAsTheFirst() throws Exception {
        assertEquals(true, IsolatedLoader.call(directory, LeaderElectorsScenarios.NullIsNoProvider.class));
    }
}
