package io.github.leaderelection.examples.jdbc;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

/** Connections over a network that breaks. */
final class BrokenConnection {

    private BrokenConnection() {}

    /** What happens at some point, and may block. */
    @FunctionalInterface
    interface Step {
        void run() throws Exception;
    }

    /** Sends nothing and gets no answer, until somebody aborts it. */
    static Connection unanswered(Step onClose) {
        CountDownLatch aborted = new CountDownLatch(1);
        return proxy(Connection.class, (proxy, method, arguments) -> {
            switch (method.getName()) {
                case "abort" -> aborted.countDown();
                case "close" -> onClose.run();
                default -> throw brokenAfter(aborted);
            }
            return null;
        });
    }

    private static SQLException brokenAfter(CountDownLatch end) {
        try {
            end.await();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
        return new SQLException("the connection was broken", "08006");
    }

    /** Applies writes and loses what the database says to that. */
    static Connection losingReplies(Connection real, Step beforeLoss) {
        return proxy(Connection.class, (proxy, method, arguments) -> {
            Object answer = call(real, method, arguments);
            if (method.getName().equals("commit")) {
                throw lost(beforeLoss);
            }
            return answer instanceof PreparedStatement statement ? losingReplies(real, statement, beforeLoss) : answer;
        });
    }

    /** Works, but for what happens right before an insertion. */
    static Connection pausedBeforeInsert(Connection real, Step beforeInsert) {
        return proxy(Connection.class, (proxy, method, arguments) -> {
            if (method.getName().equals("prepareStatement")
                    && arguments[0] instanceof String sql
                    && sql.startsWith("INSERT")) {
                beforeInsert.run();
            }
            return call(real, method, arguments);
        });
    }

    private static PreparedStatement losingReplies(Connection connection, PreparedStatement real, Step beforeLoss) {
        return proxy(PreparedStatement.class, (proxy, method, arguments) -> {
            Object answer = call(real, method, arguments);
            if (method.getName().equals("executeUpdate") && connection.getAutoCommit()) {
                throw lost(beforeLoss);
            }
            return answer;
        });
    }

    private static SQLException lost(Step beforeLoss) throws Exception {
        beforeLoss.run();
        return new SQLException("the connection broke before the reply", "08006");
    }

    private static @Nullable Object call(Object real, Method method, Object[] arguments) throws Throwable {
        try {
            return method.invoke(real, arguments);
        } catch (InvocationTargetException failed) {
            throw failed.getTargetException();
        }
    }

    private static <T> T proxy(Class<T> type, InvocationHandler handler) {
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, handler));
    }
}
