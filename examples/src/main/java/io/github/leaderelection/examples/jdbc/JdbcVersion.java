package io.github.leaderelection.examples.jdbc;

import io.github.leaderelection.spi.LockVersion;

/** What stands in the column {@code version}. */
record JdbcVersion(long order) implements LockVersion {}
