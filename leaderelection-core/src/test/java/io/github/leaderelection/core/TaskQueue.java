package io.github.leaderelection.core;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/** An executor without threads: tasks run when, and on the thread on which, a test says so. */
final class TaskQueue implements Executor {

    private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();
    private volatile @Nullable Error refusal;

    @Override
    public void execute(Runnable task) {
        Error refused = refusal;
        if (refused != null) {
            throw refused;
        }
        tasks.add(task);
    }

    /** From now on no task is taken: as when the machine has no more threads to give. */
    void refuse(@Nullable Error error) {
        refusal = error;
    }

    /** Runs the next task; false if there is none. */
    boolean runOne() {
        Runnable task = tasks.poll();
        if (task == null) {
            return false;
        }
        task.run();
        return true;
    }

    /** Runs all tasks, those that come in meanwhile included. */
    void runAll() {
        while (runOne()) {
            // go on
        }
    }

    int size() {
        return tasks.size();
    }
}
