package io.github.leaderelection.lock.zookeeper;

import io.github.leaderelection.lock.support.DecodedLease;
import io.github.leaderelection.spi.LockVersion;

/**
 * A version of a record in ZooKeeper.
 *
 * @param order the zxid of the write, by which versions are told apart
 * @param version the data version of the znode, which a write compares; it begins anew when the znode is deleted and made
 *     again, so that it identifies a write only together with the incarnation of the znode
 * @param document what was read or written; names the incarnation as {@code metadata.uid}
 */
record ZooKeeperVersion(long order, int version, DecodedLease document) implements LockVersion {

    @Override
    public boolean equals(Object other) {
        return other instanceof ZooKeeperVersion that && that.order == order;
    }

    @Override
    public int hashCode() {
        return Long.hashCode(order);
    }

    @Override
    public String toString() {
        return "ZooKeeperVersion[zxid=0x" + Long.toHexString(order) + ", version=" + version + "]";
    }
}
