package io.github.leaderelection.lock.inmemory;

import io.github.leaderelection.spi.LockVersion;

/** The revision of the space that a write made. */
record InMemoryVersion(long order) implements LockVersion {}
