package io.github.leaderelection.lock.kubernetes;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.leaderelection.spi.LockDeniedException;
import io.github.leaderelection.spi.LockException;
import io.github.leaderelection.spi.LockIndeterminateException;
import io.github.leaderelection.spi.LockUnavailableException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLHandshakeException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What answers and errors mean, as API servers and the JDK's client word them. */
class KubernetesLeaseErrorsTests {

    private final KubernetesLeaseErrors errors = new KubernetesLeaseErrors("Lease a in namespace b at https://c", "b");

    private static Reply reply(int code, String body) {
        return new Reply(code, body.getBytes(StandardCharsets.UTF_8));
    }

    private static Reply status(int code, String reason, String message) {
        return reply(
                code,
                "{\"kind\":\"Status\",\"status\":\"Failure\",\"message\":\"" + message + "\",\"reason\":\"" + reason
                        + "\",\"code\":" + code + "}\n");
    }

    private static String message(LockException error) {
        return String.valueOf(error.getMessage());
    }

    @ParameterizedTest
    @EnumSource
    void aMissingRightIsDeniedAndNamesVerbResourceAndNamespace(Verb verb) {
        LockException denied = errors.ofReply(verb, status(403, "Forbidden", "User \\\"x\\\" cannot"));
        assertInstanceOf(LockDeniedException.class, denied);
        assertTrue(
                message(denied)
                        .contains("may not " + verb.word()
                                + " leases.coordination.k8s.io in namespace b: 403 'User \"x\"" + " cannot'"),
                message(denied));
    }

    @Test
    void aClientThatIsNotKnownIsDenied() {
        assertInstanceOf(
                LockDeniedException.class, errors.ofReply(Verb.GET, status(401, "Unauthorized", "Unauthorized")));
    }

    /** The namespace may come back: that is no want of rights. */
    @Test
    void aNamespaceThatIsBeingDeletedIsNoDenial() {
        Reply terminating = reply(
                403,
                "{\"kind\":\"Status\",\"message\":\"namespace b is being terminated\",\"reason\":\"Forbidden\",\"details\":"
                        + "{\"causes\":[{\"reason\":\"NamespaceTerminating\"}]}}");
        assertInstanceOf(LockUnavailableException.class, errors.ofReply(Verb.CREATE, terminating));
    }

    @ParameterizedTest
    @ValueSource(ints = {500, 502, 503, 504})
    void aServerInTroubleLeavesTheFateOfAWriteOpen(int code) {
        assertInstanceOf(
                LockIndeterminateException.class, errors.ofReply(Verb.UPDATE, status(code, "InternalError", "etcd")));
        assertInstanceOf(
                LockUnavailableException.class, errors.ofReply(Verb.GET, status(code, "InternalError", "etcd")));
        assertInstanceOf(
                LockUnavailableException.class, errors.ofReply(Verb.WATCH, reply(code, "<html>Bad Gateway</html>")));
    }

    @ParameterizedTest
    @ValueSource(ints = {400, 404, 405, 410, 413, 415, 422, 429})
    void aWriteThatTheServerTurnedAwayIsSurelyNotApplied(int code) {
        LockException refused = errors.ofReply(Verb.UPDATE, status(code, "Whatever", "no"));
        assertInstanceOf(LockUnavailableException.class, refused);
        assertTrue(message(refused).contains("was not written"), message(refused));
    }

    @Test
    void aMissingNamespaceIsNamedAsThat() {
        Reply missing = reply(
                404,
                "{\"message\":\"namespaces \\\"b\\\" not found\",\"reason\":\"NotFound\",\"details\":{\"name\":\"b\",\"kind\":"
                        + "\"namespaces\"}}");
        assertTrue(message(errors.ofReply(Verb.CREATE, missing)).contains("create that namespace"));
        assertTrue(message(errors.ofReply(Verb.GET, reply(404, "404 page not found")))
                .contains("that of a Kubernetes API server"));
    }

    @Test
    void aRequestThatNeverLeftIsSurelyNotApplied() {
        for (Exception unsent : List.of(
                new ConnectException("Connection refused"),
                new HttpConnectTimeoutException("HTTP connect timed out"),
                new SSLHandshakeException("PKIX path building failed"),
                new CompletionException(new ConnectException()))) {
            assertInstanceOf(LockUnavailableException.class, errors.ofFailure(Verb.UPDATE, unsent, false));
        }
        assertInstanceOf(
                LockUnavailableException.class, errors.ofFailure(Verb.CREATE, new IOException("closed"), true));
    }

    @Test
    void aRequestThatMayHaveArrivedIsIndeterminate() {
        for (Exception lost : List.of(
                new HttpTimeoutException("request timed out"),
                new TimeoutException("no answer within PT5S"),
                new IOException("HTTP/1.1 header parser received no bytes"),
                new IllegalStateException("something unforeseen"))) {
            assertInstanceOf(LockIndeterminateException.class, errors.ofFailure(Verb.UPDATE, lost, false));
            assertInstanceOf(LockUnavailableException.class, errors.ofFailure(Verb.GET, lost, false));
        }
    }

    @Test
    void aSuccessThatIsNoLeaseTellsNothingOfAWrite() {
        assertInstanceOf(LockIndeterminateException.class, errors.ofNonsense(Verb.UPDATE, "'<html>'"));
        assertInstanceOf(LockUnavailableException.class, errors.ofNonsense(Verb.LIST, "'<html>'"));
    }

    @Test
    void aLongAnswerIsCutAndStaysOnOneLine() {
        String shown = message(errors.ofReply(Verb.GET, reply(500, "a\nb\u001b[31m" + "x".repeat(10_000))));
        assertTrue(shown.length() < 800, shown);
        assertFalse(shown.contains("\n") || shown.contains("\u001b"), shown);
    }
}
