/**
 * The part that acts, and acts dully: it hands events to the {@link io.github.leaderelection.core.machine machine}, carries
 * out what the machine says, and runs the users' callbacks elsewhere. Nothing here is public but what {@link
 * java.util.ServiceLoader} needs.
 */
@NullMarked
package io.github.leaderelection.core;

import org.jspecify.annotations.NullMarked;
