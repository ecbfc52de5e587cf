package io.github.leaderelection.spi;

/**
 * A version of the record, as a lock handed it out. A value: two versions are {@link Object#equals equal} if and only if
 * they stand for the same write. Each lock has its own implementation and may carry along in it what it needs to write
 * the next version; nobody else looks inside.
 */
public interface LockVersion {

    /**
     * The backend's own order of the write that made this version: strictly greater than that of every earlier write to
     * the record, even if the record was deleted in between. Becomes the fencing token of a tenure that began with it.
     */
    long order();
}
