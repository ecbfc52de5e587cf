package io.github.leaderelection.lock.inmemory;

import io.github.leaderelection.conformance.LockHarness;
import io.github.leaderelection.conformance.ProviderSettings;
import io.github.leaderelection.conformance.ResourceLockConformance;
import io.github.leaderelection.spi.ResourceLock;
import java.util.Map;
import java.util.Set;

class InMemoryLockConformanceTests extends ResourceLockConformance {

    @Override
    protected LockHarness openHarness() {
        return new Harness();
    }

    private static final class Harness implements LockHarness {

        private final InMemorySpace space = new InMemorySpace();

        @Override
        public ResourceLock open(String election, String identity) {
            return space.lock(election, identity);
        }

        @Override
        public void delete(String election) {
            space.delete(election);
        }

        @Override
        public void corrupt(String election) {
            space.corrupt(election);
        }

        @Override
        public ResourceLock openUnavailable(String election, String identity) {
            return openWith(InMemoryFault.refuse(), election, identity + "-unavailable");
        }

        @Override
        public ResourceLock openDenied(String election, String identity) {
            return openWith(InMemoryFault.deny(), election, identity + "-denied");
        }

        @Override
        public ResourceLock openUnanswered(String election, String identity) {
            return openWith(InMemoryFault.loseRequest(), election, identity + "-unanswered");
        }

        @Override
        public ResourceLock openLosingReplies(String election, String identity) {
            return openWith(InMemoryFault.loseReply().onWrites(), election, identity + "-losing-replies");
        }

        /** The faults go by identity, and must not hit the locks of other tests. */
        private ResourceLock openWith(InMemoryFault fault, String election, String identity) {
            space.faults(identity).untilHealed(fault);
            return space.lock(election, identity);
        }

        @Override
        public void cutWatches(ResourceLock lock) {
            space.faults(lock.identity()).cutWatches();
        }

        @Override
        public ProviderSettings providerSettings() {
            return new ProviderSettings("inmemory", Map.of("space", "conformance"), Set.of());
        }

        @Override
        public void close() {
            // A space is memory alone.
        }
    }
}
