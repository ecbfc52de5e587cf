package io.github.leaderelection.lock.kubernetes;

import io.github.leaderelection.lock.support.DecodedLease;
import io.github.leaderelection.spi.LockVersion;

/**
 * A version of a Lease.
 *
 * @param order its {@code resourceVersion}, which is the revision of the etcd behind the API server: one order over all
 *     objects, unaffected by deletion
 * @param document what was read or written; names the version and the {@code uid} that a write compares
 */
record KubernetesLeaseVersion(long order, DecodedLease document) implements LockVersion {

    /** In a store that lost its data and counts from the beginning again, an order comes back, but no {@code uid} does. */
    @Override
    public boolean equals(Object other) {
        return other instanceof KubernetesLeaseVersion that
                && that.order == order
                && that.document.metadata("uid").equals(document.metadata("uid"));
    }

    @Override
    public int hashCode() {
        return Long.hashCode(order);
    }

    @Override
    public String toString() {
        return "KubernetesLeaseVersion[resourceVersion=" + order + "]";
    }
}
