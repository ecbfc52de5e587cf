package io.github.leaderelection;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class HealthzAdaptorTests {

    @Test
    void theNameIsThatOfTheGoPackage() {
        assertEquals("leaderElection", new HealthzAdaptor(Duration.ZERO).name());
    }

    @Test
    void anAdaptorWithoutAnElectorIsHealthy() {
        assertDoesNotThrow(new HealthzAdaptor(Duration.ofSeconds(20))::check);
    }

    @Test
    void theElectorIsAskedWithTheToleranceOfTheAdaptor() {
        FakeElector elector = new FakeElector();
        HealthzAdaptor adaptor = new HealthzAdaptor(Duration.ofSeconds(20));
        adaptor.setLeaderElection(elector);

        adaptor.check();

        assertEquals(List.of(Duration.ofSeconds(20)), elector.checks);
    }

    @Test
    void whatIsWrongWithTheElectorIsTheAdaptorsAnswer() {
        FakeElector elector = new FakeElector();
        LeaseExpiredException illness = new LeaseExpiredException("the lease ran out 30s ago");
        elector.illness = Optional.of(illness);
        HealthzAdaptor adaptor = new HealthzAdaptor(Duration.ZERO);
        adaptor.setLeaderElection(elector);

        assertSame(illness, assertThrows(LeaseExpiredException.class, adaptor::check));
    }

    @Test
    void aNegativeToleranceIsRefused() {
        assertEquals(
                "timeout must not be negative, but is PT-1S",
                assertThrows(IllegalArgumentException.class, () -> new HealthzAdaptor(Duration.ofSeconds(-1)))
                        .getMessage());
    }
}
