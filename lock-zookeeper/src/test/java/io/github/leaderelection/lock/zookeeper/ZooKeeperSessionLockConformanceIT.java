package io.github.leaderelection.lock.zookeeper;

import io.github.leaderelection.Leases;
import io.github.leaderelection.conformance.LockHarness;
import io.github.leaderelection.conformance.ResourceLockConformance;

class ZooKeeperSessionLockConformanceIT extends ResourceLockConformance {

    @Override
    protected LockHarness openHarness() {
        return new ZooKeeperHarness(Leases.SESSION);
    }
}
