package io.github.leaderelection.lock.inmemory;

import io.github.leaderelection.Leases;
import io.github.leaderelection.conformance.LockHarness;
import io.github.leaderelection.conformance.ResourceLockConformance;

class InMemoryLockConformanceTests extends ResourceLockConformance {

    @Override
    protected LockHarness openHarness() {
        return new InMemoryHarness(Leases.OBSERVED);
    }
}
