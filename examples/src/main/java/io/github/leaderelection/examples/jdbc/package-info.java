/**
 * A lock of one's own, over JDBC. {@code docs/writing-a-lock.md} walks through it. Start with
 * {@link io.github.leaderelection.examples.jdbc.JdbcLocks}, or select it with {@code leaderelection.lock=jdbc}.
 */
@NullMarked
package io.github.leaderelection.examples.jdbc;

import org.jspecify.annotations.NullMarked;
