/**
 * A deterministic simulator of whole elections around the pure machine: one seed, one thread, virtual time. {@link
 * io.github.leaderelection.core.sim.Simulation} says what is modelled and what is not, {@link
 * io.github.leaderelection.core.sim.Auditor} and {@link io.github.leaderelection.core.sim.History} what is checked.
 */
@NullMarked
package io.github.leaderelection.core.sim;

import org.jspecify.annotations.NullMarked;
