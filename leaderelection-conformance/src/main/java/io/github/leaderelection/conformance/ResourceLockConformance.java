package io.github.leaderelection.conformance;

import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.TestInstance;

/**
 * The suite that every lock passes. The test of a lock extends this class and says how to try it:
 * <pre>{@code
 * class MyLockConformanceTests extends ResourceLockConformance {
 *     @Override
 *     protected LockHarness openHarness() {
 *         return new MyLockHarness();
 *     }
 * }
 * }</pre>
 *
 * <p>No test can be overridden. What a harness cannot do shows as skipped, with the reason. Every wait has a bound,
 * {@link LockHarness#patience()}, and no test depends on how quick the backend is otherwise.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
public abstract class ResourceLockConformance {

    private Optional<LockHarness> opened = Optional.empty();

    /** For subclasses. */
    protected ResourceLockConformance() {}

    /**
     * Starts a backend. Called once, before the first test; ends with
     * {@link org.junit.jupiter.api.Assumptions#abort(String)} if there can be none here, which skips the suite.
     */
    protected abstract LockHarness openHarness() throws Exception;

    @BeforeAll
    final void startBackend() throws Exception {
        opened = Optional.of(openHarness());
    }

    @AfterAll
    final void endBackend() {
        opened.ifPresent(LockHarness::close);
    }

    private LockHarness current() {
        return opened.orElseThrow();
    }

    @Nested
    class Create extends CreateContract {
        @Override
        LockHarness harness() {
            return current();
        }
    }

    @Nested
    class Read extends ReadContract {
        @Override
        LockHarness harness() {
            return current();
        }
    }

    @Nested
    class Update extends UpdateContract {
        @Override
        LockHarness harness() {
            return current();
        }
    }

    @Nested
    class Record extends RecordContract {
        @Override
        LockHarness harness() {
            return current();
        }
    }

    @Nested
    class Fencing extends FencingContract {
        @Override
        LockHarness harness() {
            return current();
        }
    }

    @Nested
    class Watch extends WatchContract {
        @Override
        LockHarness harness() {
            return current();
        }
    }

    @Nested
    class Session extends SessionContract {
        @Override
        LockHarness harness() {
            return current();
        }
    }

    @Nested
    class Failure extends FailureContract {
        @Override
        LockHarness harness() {
            return current();
        }
    }

    @Nested
    class Lifecycle extends LifecycleContract {
        @Override
        LockHarness harness() {
            return current();
        }
    }

    @Nested
    class Configuration extends ConfigurationContract {
        @Override
        LockHarness harness() {
            return current();
        }
    }

    @Nested
    class Race extends RaceContract {
        @Override
        LockHarness harness() {
            return current();
        }
    }
}
