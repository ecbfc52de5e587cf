package io.github.leaderelection.lock.etcd;

import io.github.leaderelection.Leases;
import io.github.leaderelection.conformance.LockHarness;
import io.github.leaderelection.conformance.ResourceLockConformance;

/** The suite that every lock passes, over a real etcd with users, and a network that is really cut. */
class EtcdLockConformanceIT extends ResourceLockConformance {

    @Override
    protected LockHarness openHarness() {
        return new EtcdHarness(Leases.OBSERVED);
    }
}
