package io.github.leaderelection.testservers;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** Whether bytes of one direction pass, and after how long. */
final class ProxyGate {

    enum State {
        OPEN,
        HOLDING,
        DROPPING
    }

    private State state = State.OPEN;
    private long delayNanos;

    synchronized void set(State next) {
        state = next;
        notifyAll();
    }

    /** From now on whatever arrives waits for that long. */
    synchronized void delay(Duration delay) {
        delayNanos = delay.toNanos();
        notifyAll();
    }

    /** Waits while the gate delays or holds; returns whether the bytes pass (true) or are lost. */
    synchronized boolean await() throws InterruptedException {
        long arrived = System.nanoTime();
        while (state != State.DROPPING) {
            long left = delayNanos - (System.nanoTime() - arrived);
            if (state == State.HOLDING) {
                wait();
            } else if (left > 0) {
                TimeUnit.NANOSECONDS.timedWait(this, left);
            } else {
                return true;
            }
        }
        return false;
    }
}
