/**
 * Elections in virtual time, for tests of leaders. Start at {@link io.github.leaderelection.testkit.SimulatedElection}.
 *
 * <p>What runs is the engine that ships, over the in-memory lock; simulated are the clocks, the threads' turns, the network and
 * the ends of processes. Works with any test framework: what fails, fails with an {@link AssertionError}.
 */
@NullMarked
package io.github.leaderelection.testkit;

import org.jspecify.annotations.NullMarked;
