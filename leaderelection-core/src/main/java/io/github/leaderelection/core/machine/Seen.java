package io.github.leaderelection.core.machine;

import io.github.leaderelection.spi.LockSnapshot;

/** What a read or a watch has shown. */
public sealed interface Seen {

    /** A record. */
    record Present(LockSnapshot snapshot) implements Seen {}

    /** No record. */
    record Absent() implements Seen {}

    /** Something that is not a record. It is never overwritten. */
    record Malformed() implements Seen {}
}
