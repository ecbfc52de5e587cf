/**
 * The suite that every lock passes. Extend {@link io.github.leaderelection.conformance.ResourceLockConformance} and give
 * it a {@link io.github.leaderelection.conformance.LockHarness}.
 */
@NullMarked
package io.github.leaderelection.conformance;

import org.jspecify.annotations.NullMarked;
