package io.github.leaderelection.core;

import io.github.leaderelection.spi.KeepAlive;
import io.github.leaderelection.spi.LockSession;
import io.github.leaderelection.spi.LockSessions;
import io.github.leaderelection.spi.Subscription;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Sessions that are opened and kept alive at once, but where a test has put another answer. Notes what it was asked. */
final class ScriptedSessions implements LockSessions {

    final List<String> calls = new ArrayList<>();
    final Deque<CompletableFuture<LockSession>> opens = new ArrayDeque<>();
    final Deque<CompletableFuture<KeepAlive>> keepAlives = new ArrayDeque<>();
    private int opened;

    @Override
    public CompletionStage<LockSession> open(Duration lease) {
        calls.add("open " + lease.toSeconds() + "s");
        return opens.isEmpty() ? CompletableFuture.completedFuture(newSession()) : opens.removeFirst();
    }

    /** A session with an id that was not there before. */
    LockSession newSession() {
        String id = "S" + ++opened;
        return new LockSession() {
            @Override
            public String id() {
                return id;
            }

            @Override
            public CompletionStage<KeepAlive> keepAlive(boolean proof) {
                calls.add((proof ? "prove " : "keep ") + id);
                return keepAlives.isEmpty()
                        ? CompletableFuture.completedFuture(KeepAlive.kept())
                        : keepAlives.removeFirst();
            }

            @Override
            public CompletionStage<Void> end() {
                calls.add("end " + id);
                return CompletableFuture.completedFuture(null);
            }
        };
    }

    @Override
    public Subscription watch(String session, Runnable onEnded) {
        calls.add("watch " + session);
        return () -> calls.add("unwatch " + session);
    }
}
