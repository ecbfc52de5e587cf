package io.github.leaderelection.lock.etcd;

/** The same trouble, with one stream for the watches of all locks. */
class EtcdSharedWatchTroubleIT extends EtcdTroubleIT {

    @Override
    boolean sharedWatch() {
        return true;
    }
}
