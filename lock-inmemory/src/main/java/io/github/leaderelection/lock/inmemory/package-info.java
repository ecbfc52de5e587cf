/**
 * A lock in the memory of one JVM, for unit tests and demos. Start at
 * {@link io.github.leaderelection.lock.inmemory.InMemorySpace}; break it with
 * {@link io.github.leaderelection.lock.inmemory.InMemoryFaults}; move its clock with
 * {@link io.github.leaderelection.lock.inmemory.ManualTimeSource}.
 */
@NullMarked
package io.github.leaderelection.lock.inmemory;

import org.jspecify.annotations.NullMarked;
