package io.github.leaderelection.lock.zookeeper;

import io.github.leaderelection.spi.LockVersion;
import java.util.Objects;
import java.util.Optional;

/**
 * A version of a record in ZooKeeper. Two are the same if their zxids and incarnations are: a ZooKeeper that lost its data
 * counts from the beginning again, so that a zxid may come back, but an incarnation does not.
 *
 * @param order the zxid of the write
 * @param version the data version of the znode, which a write compares; it begins anew when the znode is deleted and made
 *     again, so that it identifies a write only together with the incarnation of the znode
 * @param incarnation the id of that, which stands in the document as {@code metadata.uid}; empty if somebody else made the
 *     record, without one
 * @param document what was read or written; as bytes, since there may be thousands of versions that nobody writes upon
 */
record ZooKeeperVersion(long order, int version, Optional<String> incarnation, byte[] document) implements LockVersion {

    @Override
    public boolean equals(Object other) {
        return other instanceof ZooKeeperVersion that && that.order == order && that.incarnation.equals(incarnation);
    }

    @Override
    public int hashCode() {
        return Objects.hash(order, incarnation);
    }

    @Override
    public String toString() {
        return "ZooKeeperVersion[zxid=0x" + Long.toHexString(order) + ", version=" + version + "]";
    }
}
