package io.github.leaderelection.core.machine;

import static io.github.leaderelection.core.machine.InvariantBrokenException.require;

import io.github.leaderelection.core.machine.Attempts.Attempt;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The place of the one call that may be under way (I3). Calls are numbered, so that the answer to one that was given up is
 * known as that and dropped.
 */
final class CallSlot {

    /**
     * A call under way.
     *
     * @param sentStep the step of the machine in which it was sent
     * @param sentNanos when it was sent
     * @param deadlineNanos when it is given up
     * @param attempt what it writes; null for a read
     * @param patient whether it is a read that may be put off
     */
    record Call(
            long number,
            long sentStep,
            long sentNanos,
            long deadlineNanos,
            @Nullable Attempt attempt,
            boolean patient) {}

    private @Nullable Call current;
    private long lastNumber;

    boolean isFree() {
        return current == null;
    }

    boolean isWriting() {
        return current != null && current.attempt() != null;
    }

    /** Whether a read is under way that may be put off. */
    boolean isPatient() {
        return current != null && current.patient();
    }

    /** Whether this is being written. */
    boolean carries(Attempt attempt) {
        return current != null && attempt.equals(current.attempt());
    }

    /** When the call under way is given up; {@link ElectionMachine#NEVER} if there is none. */
    long deadlineNanos() {
        return current == null ? ElectionMachine.NEVER : current.deadlineNanos();
    }

    /** Puts a write under way, and gives its number. */
    long beginWrite(long sentStep, long sentNanos, long deadlineNanos, Attempt attempt) {
        return begin(new Call(++lastNumber, sentStep, sentNanos, deadlineNanos, attempt, false));
    }

    /** Puts a read under way, and gives its number. */
    long beginRead(long sentStep, long sentNanos, long deadlineNanos, boolean patient) {
        return begin(new Call(++lastNumber, sentStep, sentNanos, deadlineNanos, null, patient));
    }

    private long begin(Call call) {
        require(current == null, "I3: a call while another one is under way");
        current = call;
        return call.number();
    }

    /** The call of this number, which is then no longer under way; null if it is not the one that is waited for. */
    @Nullable
    Call take(long number) {
        Call taken = current;
        if (taken == null || taken.number() != number) {
            return null;
        }
        current = null;
        return taken;
    }

    /** What the call of this number writes, as {@link #take}; null for a read, too. */
    @Nullable
    Attempt takeWrite(long number) {
        Call taken = take(number);
        return taken == null ? null : taken.attempt();
    }

    /** The call under way if its time is up, which is then given up. */
    @Nullable
    Call takeOverdue(long nowNanos, List<ElectionAction> actions) {
        Call overdue = current;
        if (overdue == null || nowNanos < overdue.deadlineNanos()) {
            return null;
        }
        actions.add(new ElectionAction.Abandon(overdue.number(), true));
        current = null;
        return overdue;
    }

    /** Gives up the call under way, if any, because it is no longer wanted. */
    void drop(List<ElectionAction> actions) {
        if (current != null) {
            actions.add(new ElectionAction.Abandon(current.number(), false));
            current = null;
        }
    }
}
