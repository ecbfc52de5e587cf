package io.github.leaderelection.lock.kubernetes;

import io.github.leaderelection.spi.LockVersion;
import java.util.Optional;

/**
 * A version of a Lease. Two are the same if order and {@code uid} are: in a store that lost its data and counts from the
 * beginning again, an order comes back, but no {@code uid} does.
 *
 * @param order its {@code resourceVersion}, which is the revision of the etcd behind the API server: one order over all
 *     objects, unaffected by deletion
 * @param uid the {@code uid} of the Lease, if it names one
 * @param document what was read or written; names the version and the {@code uid} that a write compares. As bytes, since there may
 *     be thousands of versions that nobody writes upon
 */
record KubernetesLeaseVersion(long order, Optional<String> uid, byte[] document) implements LockVersion {

    @Override
    public boolean equals(Object other) {
        return other instanceof KubernetesLeaseVersion that && that.order == order && that.uid.equals(uid);
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
