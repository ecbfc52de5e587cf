/**
 * The part that decides. No thread, clock, lock, logger, future or I/O: {@link
 * io.github.leaderelection.core.machine.ElectionMachine#step} is told what happened and when, and answers what to do. Seen
 * by the runtime beside it and by nobody else.
 *
 * <p>The invariants, as code and tests name them:
 * <ul>
 *   <li><b>I1</b> leading implies {@code now < validUntil}, and {@code validUntil} is the <i>send</i> time of the last
 *       successful write plus the renew deadline;
 *   <li><b>I2</b> fencing tokens strictly increase: the token is the backend's own order of the write that began the
 *       tenure;
 *   <li><b>I3</b> at most one write is in flight;
 *   <li><b>I4</b> a tenure ends in this order: revoke, wait until the work is quiet while still renewing, release;
 *   <li><b>I5</b> a write whose fate is unknown decides nothing until a read has settled it;
 *   <li><b>I6</b> a rival's record is taken over only after its very version was seen unchanged, on our clock, for the
 *       whole lease that it declares; or at once if it names no holder;
 *   <li><b>I7</b> "mine" is the version that this elector wrote, or by which it was handed the record under its own claim;
 *       never a name in the record;
 *   <li><b>I8</b> per tenure there is one start and then one stop, and tenures do not overlap.
 * </ul>
 */
@NullMarked
package io.github.leaderelection.core.machine;

import org.jspecify.annotations.NullMarked;
