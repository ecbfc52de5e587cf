/**
 * Leader election: what users see. Start at {@link io.github.leaderelection.LeaderElectors} and
 * {@link io.github.leaderelection.LeaderElectionConfig}; open a lock with {@link io.github.leaderelection.ResourceLocks}.
 */
@NullMarked
package io.github.leaderelection;

import org.jspecify.annotations.NullMarked;
