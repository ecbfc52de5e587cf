package io.github.leaderelection.examples;

import io.github.leaderelection.LeaderCallbacks;
import io.github.leaderelection.Leadership;
import java.util.concurrent.atomic.AtomicLong;

/** Work that asks whether it still leads before each step, and that nothing stale can come of even if it was told so too long ago. */
public final class FencedWriter implements LeaderCallbacks {

    private final FencedRegister register;
    private final AtomicLong count = new AtomicLong();

    /** Writes to this register while it leads. */
    public FencedWriter(FencedRegister register) {
        this.register = register;
    }

    private String nextValue() {
        return "value " + count.incrementAndGet();
    }

    @Override
    public void onStartedLeading(Leadership leadership) throws InterruptedException {
        while (leadership.isValid() && register.write(leadership, nextValue())) {
            Thread.sleep(1000); // interrupted when the leadership is revoked
        }
    }

    @Override
    public void onStoppedLeading(Leadership ended) {}
}
