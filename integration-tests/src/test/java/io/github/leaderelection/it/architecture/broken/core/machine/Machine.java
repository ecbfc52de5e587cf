package io.github.leaderelection.it.architecture.broken.core.machine;

import com.google.gson.Gson;
import io.github.leaderelection.it.architecture.broken.spi.ResourceLock;
import java.io.File;
import java.io.IOException;
import java.net.Socket;
import java.nio.file.Files;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDateTime;
import java.util.Calendar;
import java.util.Date;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.ReentrantLock;
import java.util.logging.Logger;
import java.util.random.RandomGenerator;

/** A machine that does all that a machine must not do. */
public final class Machine {
    private final ReentrantLock mutex = new ReentrantLock();
    private final System.Logger logger = System.getLogger("machine");

    /** Asks for the time, in every way there is. */
    public long time() {
        return System.nanoTime()
                + System.currentTimeMillis()
                + Instant.now().getNano()
                + LocalDateTime.now().getNano()
                + Clock.systemUTC().millis()
                + new Date().getTime()
                + Calendar.getInstance().getTimeInMillis();
    }

    /** Draws lots that no seed repeats. */
    public double chance() {
        return Math.random() + RandomGenerator.getDefault().nextDouble() + new SplittableRandom().nextDouble();
    }

    /** Waits, and runs code elsewhere. */
    public CompletableFuture<Void> concurrency() {
        mutex.lock();
        Thread.yield();
        return CompletableFuture.completedFuture(null);
    }

    /** Logs. */
    public void logging() {
        logger.log(System.Logger.Level.INFO, "impure");
        Logger.getLogger("machine").info("impure");
    }

    /** Leaves the process. */
    public void inputAndOutput(File file, Socket socket) throws IOException {
        Files.delete(file.toPath());
        socket.close();
    }

    /** Uses a library, and a lock. */
    public String library(ResourceLock lock) {
        return new Gson().toJson(lock);
    }
}
