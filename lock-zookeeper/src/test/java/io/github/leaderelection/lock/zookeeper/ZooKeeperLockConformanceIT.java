package io.github.leaderelection.lock.zookeeper;

import io.github.leaderelection.Leases;
import io.github.leaderelection.conformance.LockHarness;
import io.github.leaderelection.conformance.ResourceLockConformance;

/** The suite that every lock passes, over a real ZooKeeper with ACLs, and a network that is really cut. */
class ZooKeeperLockConformanceIT extends ResourceLockConformance {

    @Override
    protected LockHarness openHarness() {
        return new ZooKeeperHarness(Leases.OBSERVED);
    }
}
