package io.github.leaderelection.lock.etcd;

import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.KeyValue;
import io.github.leaderelection.lock.support.LockThread;
import io.github.leaderelection.spi.LockException;
import io.github.leaderelection.spi.LockSnapshot;
import io.github.leaderelection.spi.LockWatcher;
import io.github.leaderelection.spi.MalformedRecordException;
import io.github.leaderelection.spi.Subscription;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What one watcher is told of one key, out of the stream of a feed. There is one for each election of a client: it is kept
 * small.
 *
 * <p>All but {@link #closed} is confined to the thread of the connection.
 */
final class EtcdWatch implements Subscription {

    private final EtcdFeed feed;
    private final EtcdLock lock;
    private final LockWatcher watcher;

    /** The next watch of the same key in the feed. */
    @Nullable
    EtcdWatch next;

    /** The revision of the state that was told last, in the present stream of the feed; zero if none was. */
    private long toldRevision;

    private volatile boolean closed;

    EtcdWatch(EtcdFeed feed, EtcdLock lock, LockWatcher watcher) {
        this.feed = feed;
        this.lock = lock;
        this.watcher = watcher;
    }

    EtcdLock lock() {
        return lock;
    }

    ByteSequence key() {
        return lock.key();
    }

    boolean isClosed() {
        return closed;
    }

    /** Tells that revisions count anew: those of an etcd that lost its data begin at one again. */
    void forgetRevision() {
        toldRevision = 0;
    }

    /** Tells the state at a revision, unless a later one, or that very one, has been told. */
    void tell(long revision, List<KeyValue> found) {
        if (revision <= toldRevision || closed) {
            return;
        }
        toldRevision = revision;
        LockThread.reporting(() -> tell(found));
    }

    private void tell(List<KeyValue> found) {
        Optional<LockSnapshot> snapshot;
        try {
            snapshot = lock.snapshot(found);
        } catch (MalformedRecordException malformed) {
            watcher.onMalformed(malformed);
            return;
        }
        watcher.onRecord(snapshot);
    }

    /** Ends the watch for a cause that its watcher is told, on the thread of the connection. */
    void breakOff(LockException cause) {
        if (closed) {
            return;
        }
        closed = true;
        LockThread.reporting(() -> watcher.onBroken(cause));
    }

    @Override
    public void close() {
        closed = true;
        feed.remove(this);
    }
}
