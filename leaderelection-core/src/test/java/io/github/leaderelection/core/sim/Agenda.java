package io.github.leaderelection.core.sim;

import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/** Virtual time, and what happens when. What happens at one instant happens in the order in which it was noted. */
final class Agenda {

    private static final class Task implements Comparable<Task> {
        private final long at;
        private final long number;
        private final @Nullable SimHost owner;
        private final Runnable what;

        Task(long at, long number, @Nullable SimHost owner, Runnable what) {
            this.at = at;
            this.number = number;
            this.owner = owner;
            this.what = what;
        }

        @Override
        public int compareTo(Task other) {
            return at != other.at ? Long.compare(at, other.at) : Long.compare(number, other.number);
        }
    }

    private final PriorityQueue<Task> tasks = new PriorityQueue<>();
    private long numbers;
    private long now;

    /** Real time in nanoseconds, as nobody in the simulation can see it. */
    long now() {
        return now;
    }

    /** Notes what the world does. */
    void at(long time, Runnable what) {
        tasks.add(new Task(Math.max(time, now), numbers++, null, what));
    }

    /** Notes what a process does: not while it is paused, and never once it is dead. */
    void at(long time, SimHost owner, Runnable what) {
        tasks.add(new Task(Math.max(time, now), numbers++, owner, what));
    }

    /** Lets everything happen up to and including {@code end}. */
    void runUntil(long end) {
        while (true) {
            Task next = tasks.peek();
            if (next == null || next.at > end) {
                break;
            }
            tasks.poll();
            now = next.at;
            if (next.owner == null) {
                next.what.run();
            } else {
                next.owner.wake(next.what);
            }
        }
        now = Math.max(now, end);
    }
}
