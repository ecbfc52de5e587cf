package io.github.leaderelection.lock.etcd;

import io.etcd.jetcd.common.exception.EtcdException;
import io.github.leaderelection.spi.LockDeniedException;
import io.github.leaderelection.spi.LockException;
import io.github.leaderelection.spi.LockIndeterminateException;
import io.github.leaderelection.spi.LockUnavailableException;
import io.grpc.Status;
import io.grpc.StatusException;
import io.grpc.StatusRuntimeException;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Says what the errors of etcd, jetcd and gRPC mean for a lock. The one place that knows them.
 *
 * <p>A write counts as surely not applied only if that is proven: it never left this process, or etcd refused it before it
 * was proposed. Whatever else goes wrong leaves its fate open.
 */
final class EtcdErrors {

    private static final String STALE_TOKEN = "etcdserver: invalid auth token";
    private static final String STALE_AUTH_STORE = "etcdserver: revision of auth store is old";
    private static final String NO_LEADER = "etcdserver: no leader";
    private static final String NO_SPACE = "etcdserver: mvcc: database space exceeded";
    private static final String NOT_PERMITTED = "etcdserver: permission denied";
    private static final String NO_USER_GIVEN = "etcdserver: user name is empty";
    private static final String USERS_NOT_ENABLED = "etcdserver: authentication is not enabled";
    private static final String WRONG_PASSWORD = "etcdserver: authentication failed";
    private static final String TOO_MANY_OPERATIONS = "etcdserver: too many operations in txn request";
    private static final String TOO_LARGE = "gRPC message exceeds maximum size";
    private static final int DETAIL_CHARS_MAX = 200;

    private static final Subject RECORD = new Subject(
            "record",
            "grant a role with readwrite permission for that key (etcdctl role grant-permission)",
            "read it to find out");

    private final String place;
    private final String who;
    private final Subject subject;

    /**
     * Translates for the record under one key.
     *
     * @param place what errors are about, for example {@code etcd key /a at http://127.0.0.1:2379}
     * @param user the user in whose name requests are made, if any
     */
    EtcdErrors(String place, Optional<String> user) {
        this(place, user, RECORD);
    }

    private EtcdErrors(String place, Optional<String> user, Subject subject) {
        this.place = place;
        this.who = user.map(name -> "user '" + name + "'").orElse("a client without user");
        this.subject = subject;
    }

    /**
     * Translates for all keys of a range.
     *
     * @param prefix what the keys begin with
     * @param address where etcd is, for example {@code  at http://127.0.0.1:2379}; may be empty
     * @param user the user in whose name requests are made, if any
     */
    static EtcdErrors ofRange(String prefix, String address, Optional<String> user) {
        String remedy = "grant a role with readwrite permission for all keys below " + prefix
                + ", as one stream tells of them all (etcdctl role grant-permission --prefix=true ROLE readwrite "
                + prefix + ")";
        return new EtcdErrors(
                "etcd keys below " + prefix + address, user, new Subject("record", remedy, RECORD.unsure()));
    }

    /**
     * Translates for sessions.
     *
     * @param place what errors are about, for example {@code etcd keys /a/.sessions/ at http://127.0.0.1:2379}
     * @param user the user in whose name requests are made, if any
     * @param rights the prefix of all keys that a candidate reads and writes, those of the sessions among them
     */
    static EtcdErrors ofSessions(String place, Optional<String> user, String rights) {
        String remedy = "grant a role with readwrite permission for the whole prefix '" + rights
                + "' (etcdctl role grant-permission --prefix ROLE readwrite " + rights
                + "), or set leases to observed on all candidates";
        return new EtcdErrors(place, user, new Subject("session", remedy, "it ends by itself unless it is kept alive"));
    }

    /**
     * What requests are about.
     *
     * @param noun how to call it
     * @param grant what to do where rights are missing
     * @param unsure what to know where the fate of a request is open
     */
    private record Subject(String noun, String grant, String unsure) {}

    /** What etcd said, and whether it was said to the authentication that comes before a request. */
    private record Answer(Status status, boolean beforeSending) {

        String text() {
            String description = status.getDescription();
            return description == null ? "" : description;
        }
    }

    /** What a failed read or watch means. */
    LockException ofRead(Throwable error) {
        Answer answer = answer(error);
        if (isDenied(answer)) {
            return denied("read", answer, error);
        }
        return new LockUnavailableException(
                place + ": the " + subject.noun() + " could not be read: " + detail(answer, error) + "; "
                        + remedy(answer),
                error);
    }

    /** What a failed write means, given whether it surely never left this process. */
    LockException ofWrite(Throwable error, boolean surelyNotSent) {
        return ofChange("write", "written", error, surelyNotSent);
    }

    /** What it means that a session could not be opened. */
    LockException ofOpen(Throwable error, boolean surelyNotSent) {
        return ofChange("open", "opened", error, surelyNotSent);
    }

    /** What it means that a session could not be kept alive. */
    LockException ofKeepAlive(Throwable error, boolean surelyNotSent) {
        return ofChange("keep alive", "kept alive", error, surelyNotSent);
    }

    /** What it means that a session could not be ended. */
    LockException ofEnd(Throwable error, boolean surelyNotSent) {
        return ofChange("end", "ended", error, surelyNotSent);
    }

    private LockException ofChange(String verb, String participle, Throwable error, boolean surelyNotSent) {
        Answer answer = answer(error);
        if (isDenied(answer)) {
            return denied(verb, answer, error);
        }
        if (surelyNotSent || answer.beforeSending() || isRefused(answer)) {
            return new LockUnavailableException(
                    place + ": the " + subject.noun() + " was not " + participle + ": " + detail(answer, error) + "; "
                            + remedy(answer),
                    error);
        }
        return new LockIndeterminateException(
                place + ": the " + subject.noun() + " may have been " + participle + " or not: " + detail(answer, error)
                        + "; " + subject.unsure() + ", and " + remedy(answer),
                error);
    }

    /** The marker of a session that is to be opened, and that is there already. */
    LockUnavailableException taken(String session) {
        return new LockUnavailableException(place + ": the session was not opened: there is one already with the id "
                + session + ", which was chosen at random; try again");
    }

    /** The answer to every call of a lock that is closed. */
    LockUnavailableException closed() {
        return new LockUnavailableException(place + ": the lock is closed; open another one to go on");
    }

    /** The end of a watch that heard nothing for too long. */
    LockUnavailableException silent(String expected) {
        return new LockUnavailableException(
                place + ": the watch went silent: expected " + expected + "; see whether etcd is well");
    }

    /**
     * Whether the request was refused for its token alone, before anything was done with it: it may be sent again with a new
     * token.
     */
    static boolean isStaleToken(Throwable error) {
        String text = answer(error).text();
        return text.equals(STALE_TOKEN) || text.equals(STALE_AUTH_STORE);
    }

    /** Whether more was asked for at once than etcd, or gRPC, lets through. */
    static boolean isTooMuch(Throwable error) {
        Answer answer = answer(error);
        return answer.text().startsWith(TOO_LARGE) || answer.text().equals(TOO_MANY_OPERATIONS);
    }

    /** Whether the server itself answered, if only with a refusal: then the connection is fine. */
    static boolean isAnswer(Throwable error) {
        return answer(error).text().startsWith("etcdserver:");
    }

    private static boolean isDenied(Answer answer) {
        String text = answer.text();
        return text.equals(NOT_PERMITTED)
                || text.equals(NO_USER_GIVEN)
                || text.equals(USERS_NOT_ENABLED)
                || text.startsWith(WRONG_PASSWORD)
                || answer.status().getCode() == Status.Code.PERMISSION_DENIED;
    }

    /**
     * Whether etcd surely turned a write away. "request timed out" and "leader changed" are not among these: the proposal was
     * under way. Nor is "database space exceeded": a write that was proposed before the space ran out and is applied after
     * that is answered so though it was applied.
     */
    private static boolean isRefused(Answer answer) {
        String text = answer.text();
        if (!text.startsWith("etcdserver:")) {
            return false;
        }
        return switch (answer.status().getCode()) {
            case INVALID_ARGUMENT, UNAUTHENTICATED, FAILED_PRECONDITION -> true;
            case RESOURCE_EXHAUSTED -> !text.equals(NO_SPACE);
            case UNAVAILABLE -> text.equals(NO_LEADER);
            default -> false;
        };
    }

    private LockDeniedException denied(String verb, Answer answer, Throwable error) {
        String remedy;
        if (answer.text().equals(NO_USER_GIVEN)) {
            remedy = "etcd demands a user; set user and password";
        } else if (answer.text().equals(USERS_NOT_ENABLED)) {
            remedy = "etcd has authentication switched off; enable it there, or give no user";
        } else if (answer.text().startsWith(WRONG_PASSWORD)) {
            remedy = "see that the user exists and that the password is right";
        } else {
            remedy = subject.grant();
        }
        return new LockDeniedException(
                place + ": " + who + " may not " + verb + " the " + subject.noun() + ": " + detail(answer, error) + "; "
                        + remedy,
                error);
    }

    private static String remedy(Answer answer) {
        String text = answer.text();
        if (text.equals(NO_SPACE)) {
            return "compact and defragment etcd, and disarm its alarm";
        }
        return switch (answer.status().getCode()) {
            case DEADLINE_EXCEEDED -> "see whether etcd and the network are well, or allow a longer request timeout";
            case UNAVAILABLE ->
                "see whether etcd runs at these endpoints, has a leader, and speaks TLS if and only if the"
                        + " endpoints say https";
            default -> "see what etcd says about it in its log";
        };
    }

    private static String detail(Answer answer, Throwable error) {
        String text = answer.text().isEmpty() ? "" : " '" + clipped(answer.text()) + "'";
        Throwable root = rootOf(error);
        boolean speaks = root != unwrapped(error) && !(root instanceof StatusRuntimeException);
        String cause = speaks ? " (" + root.getClass().getSimpleName() + ": " + clipped(root.getMessage()) + ")" : "";
        return answer.status().getCode() + text + cause;
    }

    private static String clipped(@Nullable String text) {
        if (text == null) {
            return "no details";
        }
        String line = text.lines().findFirst().orElse("");
        return line.length() > DETAIL_CHARS_MAX ? line.substring(0, DETAIL_CHARS_MAX) + "..." : line;
    }

    private static Throwable unwrapped(Throwable error) {
        Throwable current = error;
        while (current instanceof CompletionException && current.getCause() != null) {
            current = current.getCause();
        }
        return current;
    }

    private static Throwable rootOf(Throwable error) {
        Throwable root = error;
        for (int depth = 0; depth < 20 && root.getCause() != null; depth++) {
            root = root.getCause();
        }
        return root;
    }

    /**
     * Finds the status in what came. jetcd reports every failure to authenticate as UNAUTHENTICATED, a server that is away as
     * well as a wrong password; the status of the authentication itself is the cause of that one.
     */
    private static Answer answer(Throwable error) {
        Status status = statusOf(error);
        if (status.getCode() == Status.Code.UNAUTHENTICATED && status.getCause() != null) {
            return new Answer(statusOf(status.getCause()), true);
        }
        return new Answer(status, false);
    }

    private static Status statusOf(Throwable error) {
        Throwable current = error;
        for (int depth = 0; depth < 20 && current != null; depth++) {
            if (current instanceof StatusRuntimeException failure) {
                return failure.getStatus();
            }
            if (current instanceof StatusException failure) {
                return failure.getStatus();
            }
            if (current instanceof EtcdException failure) {
                Status.Code code = Status.Code.valueOf(failure.getErrorCode().name());
                return code.toStatus().withDescription(failure.getMessage()).withCause(failure.getCause());
            }
            if (current instanceof TimeoutException) {
                return Status.DEADLINE_EXCEEDED.withDescription(current.getMessage());
            }
            if (current instanceof RejectedExecutionException) {
                return Status.CANCELLED.withDescription("the client is closed");
            }
            current = current.getCause();
        }
        return Status.UNKNOWN.withDescription(error.toString()).withCause(error);
    }
}
