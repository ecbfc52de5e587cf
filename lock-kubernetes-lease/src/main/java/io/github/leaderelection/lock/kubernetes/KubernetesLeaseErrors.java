package io.github.leaderelection.lock.kubernetes;

import io.github.leaderelection.spi.LockDeniedException;
import io.github.leaderelection.spi.LockException;
import io.github.leaderelection.spi.LockIndeterminateException;
import io.github.leaderelection.spi.LockUnavailableException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpTimeoutException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLPeerUnverifiedException;

/**
 * Says what the answers of an API server and the errors on the way to it mean for a lock. The one place that knows them.
 *
 * <p>A write counts as surely not applied only if that is proven: it never left this process, or the API server refused it (a
 * status of 4xx). What a server or something in front of it says with 5xx may come after the write.
 */
final class KubernetesLeaseErrors {

    private static final int UNAUTHORIZED = 401;
    private static final int FORBIDDEN = 403;

    private final String place;
    private final String namespace;

    /**
     * Translates for one Lease.
     *
     * @param place what errors are about, for example {@code Lease a in namespace b at https://127.0.0.1:6443}
     * @param namespace the namespace of the Lease
     */
    KubernetesLeaseErrors(String place, String namespace) {
        this.place = place;
        this.namespace = namespace;
    }

    /** What a request that got no answer means, given whether it surely never left this process. */
    LockException ofFailure(Verb verb, Throwable error, boolean surelyNotSent) {
        Throwable cause = unwrapped(error);
        String detail = detail(cause) + "; " + remedy(cause);
        if (!verb.writes()) {
            return new LockUnavailableException(place + ": the Lease could not be read: " + detail, cause);
        }
        if (surelyNotSent || neverConnected(cause)) {
            return new LockUnavailableException(place + ": the Lease was not written: " + detail, cause);
        }
        return new LockIndeterminateException(
                place + ": the Lease may have been written or not: " + detail + "; read it to find out", cause);
    }

    /** What an answer means that is neither success nor one that the lock asked for. */
    LockException ofReply(Verb verb, Reply reply) {
        String answer = reply.code() + " '" + reply.message() + "'";
        if (reply.code() == UNAUTHORIZED) {
            return new LockDeniedException(place + ": the API server does not know this client: " + answer
                    + "; see that the token or the client certificate is one of this cluster and has not expired");
        }
        if (reply.code() == FORBIDDEN && !reply.hasCause("NamespaceTerminating")) {
            return new LockDeniedException(place + ": this client may not " + verb.word()
                    + " leases.coordination.k8s.io in namespace " + namespace + ": " + answer
                    + "; grant the verb '" + verb.word()
                    + "' on resource 'leases' of apiGroup 'coordination.k8s.io' there,"
                    + " with a Role and a RoleBinding");
        }
        if (verb.writes() && reply.code() >= 500) {
            return new LockIndeterminateException(
                    place + ": the Lease may have been written or not: the API server answered " + answer
                            + "; read it to find out, and " + remedy(reply));
        }
        String what = verb.writes() ? "the Lease was not written" : "the Lease could not be read";
        return new LockUnavailableException(
                place + ": " + what + ": the API server answered " + answer + "; " + remedy(reply));
    }

    /** What a success means that brought no Lease along. */
    LockException ofNonsense(Verb verb, String whatCame) {
        String message = place + ": expected a Lease from the API server, but came " + whatCame
                + "; see that the URL is that of a Kubernetes API server";
        return verb.writes() ? new LockIndeterminateException(message) : new LockUnavailableException(message);
    }

    /** The answer to a call while the API server has asked for a pause. */
    LockUnavailableException paused(long remainingMillis) {
        return new LockUnavailableException(
                place + ": the API server has too much to do and asked for a pause, of which " + remainingMillis
                        + " ms are left; nothing was sent");
    }

    /** The answer to every call of a lock that is closed. */
    LockUnavailableException closed() {
        return new LockUnavailableException(place + ": the lock is closed; open another one to go on");
    }

    /** The end of a watch that the API server ended. */
    LockUnavailableException watchEnded(String how) {
        return new LockUnavailableException(
                place + ": the watch ended: " + how + "; see whether the API server is well");
    }

    private static String remedy(Reply reply) {
        return switch (reply.code()) {
            case Reply.NOT_FOUND ->
                reply.resource().equals("namespaces")
                        ? "create that namespace, or choose another one"
                        : "see that the URL is that of a Kubernetes API server, 1.14 or later";
            case Reply.TOO_MANY_REQUESTS -> "the next request waits for as long as the API server asked";
            default -> "see what the API server says about it in its log";
        };
    }

    private static String remedy(Throwable cause) {
        if (cause instanceof TimeoutException || cause instanceof HttpTimeoutException) {
            return "see whether the API server and the network are well, or allow a longer request timeout";
        }
        if (cause instanceof SSLHandshakeException || cause instanceof SSLPeerUnverifiedException) {
            return "see that the CA file is that of this cluster, and that its certificate names this host";
        }
        if (cause instanceof IOException) {
            return "see whether the API server runs there";
        }
        return "see the cause";
    }

    /** The handshake comes before the first request on a connection, and so before the one that failed with it. */
    private static boolean neverConnected(Throwable cause) {
        return cause instanceof ConnectException
                || cause instanceof HttpConnectTimeoutException
                || cause instanceof SSLHandshakeException
                || cause instanceof SSLPeerUnverifiedException;
    }

    private static Throwable unwrapped(Throwable error) {
        Throwable current = error;
        while (current instanceof CompletionException && current.getCause() != null) {
            current = current.getCause();
        }
        return current;
    }

    private static String detail(Throwable cause) {
        if (cause instanceof RejectedExecutionException) {
            return "the client is closed";
        }
        String message = cause.getMessage();
        String name = cause.getClass().getSimpleName();
        return message == null || message.isBlank()
                ? name
                : name + " '" + message.lines().findFirst().orElse("") + "'";
    }
}
