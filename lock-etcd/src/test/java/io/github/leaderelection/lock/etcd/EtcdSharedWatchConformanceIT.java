package io.github.leaderelection.lock.etcd;

import io.github.leaderelection.conformance.LockHarness;
import io.github.leaderelection.conformance.ResourceLockConformance;

/** As {@link EtcdLockConformanceIT}, with one stream for the watches of all locks. */
class EtcdSharedWatchConformanceIT extends ResourceLockConformance {

    @Override
    protected LockHarness openHarness() {
        return new EtcdLockConformanceIT.Harness(true);
    }
}
