package io.github.leaderelection.lock.etcd;

import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.KeyValue;
import io.github.leaderelection.spi.LockVersion;

/**
 * A version of a record in etcd. Two are the same if both parts are: an etcd that lost its data counts from the beginning
 * again, so that a revision may come back, but what is written bears random marks and does not.
 *
 * @param order the mod revision
 * @param value what was written; the next write keeps what else is in it
 */
record EtcdVersion(long order, ByteSequence value) implements LockVersion {

    /** The version in which a key was found. */
    static EtcdVersion of(KeyValue found) {
        return new EtcdVersion(found.getModRevision(), found.getValue());
    }

    @Override
    public String toString() {
        return "EtcdVersion[" + order + "]";
    }
}
