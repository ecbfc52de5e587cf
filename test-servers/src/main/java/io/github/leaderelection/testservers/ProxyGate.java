package io.github.leaderelection.testservers;

/** Whether bytes of one direction pass. */
final class ProxyGate {

    enum State {
        OPEN,
        HOLDING,
        DROPPING
    }

    private State state = State.OPEN;

    synchronized void set(State next) {
        state = next;
        notifyAll();
    }

    /** Waits while the gate holds; returns whether the bytes pass (true) or are lost. */
    synchronized boolean await() throws InterruptedException {
        while (state == State.HOLDING) {
            wait();
        }
        return state == State.OPEN;
    }
}
