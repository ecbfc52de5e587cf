package io.github.leaderelection.lock.etcd;

import io.github.leaderelection.lock.support.DecodedLease;
import io.github.leaderelection.spi.LockVersion;
import java.util.Optional;

/**
 * A version of a record in etcd.
 *
 * @param order the mod revision, by which versions are told apart
 * @param carried the document as it was read, so that the next write keeps what else is in it; empty if this process made
 *     the document
 */
record EtcdVersion(long order, Optional<DecodedLease> carried) implements LockVersion {

    @Override
    public boolean equals(Object other) {
        return other instanceof EtcdVersion version && version.order == order;
    }

    @Override
    public int hashCode() {
        return Long.hashCode(order);
    }

    @Override
    public String toString() {
        return "EtcdVersion[" + order + "]";
    }
}
