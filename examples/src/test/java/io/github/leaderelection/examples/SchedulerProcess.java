package io.github.leaderelection.examples;

import io.github.leaderelection.lock.inmemory.InMemorySpace;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** {@link Scheduler} as a program, in a JVM that says, when it is ended, whether the record was released. */
final class SchedulerProcess {

    static final String ELECTION = "demo/scheduler";
    static final String SPACE = "scheduler";
    static final String RELEASED = "the record is released";

    private static final long WAIT_NANOS = TimeUnit.SECONDS.toNanos(20);

    private SchedulerProcess() {}

    /** Takes the file with the settings. */
    public static void main(String[] args) throws InterruptedException {
        Runtime.getRuntime().addShutdownHook(new Thread(SchedulerProcess::sayWhenReleased));
        Scheduler.main(args);
    }

    private static void sayWhenReleased() {
        long beganNanos = System.nanoTime();
        while (isHeld() && System.nanoTime() - beganNanos < WAIT_NANOS) {
            LockSupport.parkNanos(1_000_000);
        }
        System.out.println(isHeld() ? "the record is held" : RELEASED);
    }

    private static boolean isHeld() {
        return InMemorySpace.named(SPACE).record(ELECTION).orElseThrow().hasHolder();
    }
}
