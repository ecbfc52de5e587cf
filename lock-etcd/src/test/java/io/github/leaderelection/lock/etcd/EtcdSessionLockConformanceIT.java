package io.github.leaderelection.lock.etcd;

import io.github.leaderelection.Leases;
import io.github.leaderelection.conformance.LockHarness;
import io.github.leaderelection.conformance.ResourceLockConformance;

/** The same for locks that hold by session. */
class EtcdSessionLockConformanceIT extends ResourceLockConformance {

    @Override
    protected LockHarness openHarness() {
        return new EtcdHarness(Leases.SESSION);
    }
}
