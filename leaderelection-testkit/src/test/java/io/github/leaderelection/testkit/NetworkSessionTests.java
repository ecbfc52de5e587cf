package io.github.leaderelection.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.leaderelection.lock.inmemory.InMemorySpace;
import io.github.leaderelection.lock.inmemory.ManualTimeSource;
import io.github.leaderelection.spi.LockSessions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a watch over a session, which goes on through outages, is told of through a network with faults. */
class NetworkSessionTests {

    private final InMemorySpace space = new InMemorySpace(new ManualTimeSource());
    private final LockSessions sessions = space.lock("demo", "a").sessions().orElseThrow();
    private final String session = space.lock("demo", "b")
            .sessions()
            .orElseThrow()
            .open(Duration.ofSeconds(15))
            .toCompletableFuture()
            .join()
            .id();
    private final List<String> told = new ArrayList<>();
    private final Network network = new Network(space.faults("a"), false);

    NetworkSessionTests() {
        sessions.watch(session, () -> told.add("ended"));
    }

    @Test
    void anEndBehindACutIsToldWhenTheNetworkIsHealed() {
        network.cut();
        space.endSession(session);
        assertEquals(List.of(), told);
        network.heal();
        assertEquals(List.of("ended"), told);
    }

    @Test
    void anEndIsToldWhileRequestsAloneAreLost() {
        network.cutRequests();
        space.endSession(session);
        assertEquals(List.of("ended"), told);
    }

    @Test
    void aStoreThatIsAwayTellsNoEndUntilItIsBack() {
        network.storeGoesAway();
        space.endSession(session);
        assertEquals(List.of(), told);
        network.storeComesBack();
        assertEquals(List.of("ended"), told);
    }

    @Test
    void aNetworkThatHealsWhileTheStoreIsAwayTellsNoEnd() {
        network.cut();
        network.storeGoesAway();
        space.endSession(session);
        network.heal();
        assertEquals(List.of(), told);
        network.storeComesBack();
        assertEquals(List.of("ended"), told);
    }

    @Test
    void aWatchOpenedAfterSuchAHealingIsToldWhenTheStoreIsBack() {
        network.cut();
        network.storeGoesAway();
        network.heal();
        sessions.watch(session, () -> told.add("ended, too"));
        space.endSession(session);
        assertEquals(List.of(), told);
        network.storeComesBack();
        assertEquals(List.of("ended", "ended, too"), told);
    }
}
