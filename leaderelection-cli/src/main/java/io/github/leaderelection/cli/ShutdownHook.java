package io.github.leaderelection.cli;

/** Runs an action when the process is told to end, unless it is removed before. */
final class ShutdownHook {

    private final Thread thread;

    private ShutdownHook(Thread thread) {
        this.thread = thread;
    }

    static ShutdownHook register(Runnable action) {
        Thread thread = new Thread(action, "leaderelection-shutdown");
        Runtime.getRuntime().addShutdownHook(thread);
        return new ShutdownHook(thread);
    }

    /** Does nothing if the shutdown has begun: then the action runs, or has run. */
    void remove() {
        try {
            Runtime.getRuntime().removeShutdownHook(thread);
        } catch (IllegalStateException shutdownHasBegun) {
            return;
        }
    }
}
