package io.github.leaderelection.lock.etcd;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.etcd.jetcd.common.exception.ErrorCode;
import io.etcd.jetcd.common.exception.EtcdExceptionFactory;
import io.github.leaderelection.spi.LockDeniedException;
import io.github.leaderelection.spi.LockException;
import io.github.leaderelection.spi.LockIndeterminateException;
import io.github.leaderelection.spi.LockUnavailableException;
import io.grpc.Status;
import java.net.ConnectException;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What errors mean, as etcd 3.4 and 3.5 and gRPC word them. */
class EtcdErrorsTests {

    private final EtcdErrors errors = new EtcdErrors("etcd key /a/b at http://etcd", Optional.of("pat"));

    private static Throwable grpc(Status.Code code, String description) {
        return new CompletionException(
                code.toStatus().withDescription(description).asRuntimeException());
    }

    private void assertWrite(Class<? extends LockException> kind, Throwable error) {
        LockException translated = errors.ofWrite(error, false);
        assertInstanceOf(kind, translated);
        assertTrue(String.valueOf(translated.getMessage()).startsWith("etcd key /a/b at http://etcd: "));
        assertEquals(error, translated.getCause());
    }

    @ParameterizedTest
    @CsvSource({
        "UNAVAILABLE, io exception",
        "UNAVAILABLE, etcdserver: leader changed",
        "UNAVAILABLE, etcdserver: request timed out",
        "UNAVAILABLE, 'etcdserver: request timed out, possibly due to previous leader failure'",
        "UNAVAILABLE, etcdserver: server stopped",
        "UNAVAILABLE, Channel shutdownNow invoked",
        "UNKNOWN, context deadline exceeded",
        "UNKNOWN, raft proposal dropped",
        "CANCELLED, Context cancelled",
        "DEADLINE_EXCEEDED, CallOptions deadline exceeded after 5s",
        "INTERNAL, RST_STREAM closed stream",
        "RESOURCE_EXHAUSTED, etcdserver: mvcc: database space exceeded",
        "RESOURCE_EXHAUSTED, gRPC message exceeds maximum size",
        "INVALID_ARGUMENT, not from etcd"
    })
    void aWriteWhoseFateIsOpenIsIndeterminate(Status.Code code, String description) {
        assertWrite(LockIndeterminateException.class, grpc(code, description));
        assertInstanceOf(LockUnavailableException.class, errors.ofRead(grpc(code, description)));
    }

    @ParameterizedTest
    @CsvSource({
        "UNAVAILABLE, etcdserver: no leader",
        "RESOURCE_EXHAUSTED, etcdserver: too many requests",
        "INVALID_ARGUMENT, etcdserver: request is too large",
        "UNAUTHENTICATED, etcdserver: invalid auth token"
    })
    void aWriteThatEtcdTurnedAwayIsSurelyNotApplied(Status.Code code, String description) {
        assertWrite(LockUnavailableException.class, grpc(code, description));
        assertInstanceOf(LockUnavailableException.class, errors.ofRead(grpc(code, description)));
    }

    @Test
    void aWriteThatNeverLeftIsSurelyNotApplied() {
        Throwable refused = new CompletionException(Status.UNAVAILABLE
                .withDescription("io exception")
                .withCause(new ConnectException("Connection refused"))
                .asRuntimeException());
        LockException translated = errors.ofWrite(refused, true);
        assertInstanceOf(LockUnavailableException.class, translated);
        assertTrue(String.valueOf(translated.getMessage()).contains("ConnectException: Connection refused"));
        assertInstanceOf(LockIndeterminateException.class, errors.ofWrite(refused, false));
    }

    @ParameterizedTest
    @CsvSource({
        "PERMISSION_DENIED, etcdserver: permission denied, grant a role",
        "INVALID_ARGUMENT, etcdserver: user name is empty, set user and password"
    })
    void aRequestWithoutRightsIsDenied(Status.Code code, String description, String remedy) {
        assertWrite(LockDeniedException.class, grpc(code, description));
        LockException read = errors.ofRead(grpc(code, description));
        assertInstanceOf(LockDeniedException.class, read);
        assertTrue(String.valueOf(read.getMessage()).contains(remedy), read::toString);
        assertTrue(String.valueOf(read.getMessage()).contains("user 'pat'"), read::toString);
    }

    @Test
    void aFailureToAuthenticateIsJudgedByItsOwnCause() {
        assertWrite(
                LockDeniedException.class,
                beforeSending(Status.INVALID_ARGUMENT.withDescription(
                        "etcdserver: authentication failed, invalid user ID or password")));
        assertWrite(
                LockDeniedException.class,
                beforeSending(Status.FAILED_PRECONDITION.withDescription("etcdserver: authentication is not enabled")));
        assertWrite(LockUnavailableException.class, beforeSending(Status.UNAVAILABLE));
        assertWrite(LockUnavailableException.class, beforeSending(Status.DEADLINE_EXCEEDED));
    }

    private static Throwable beforeSending(Status cause) {
        return Status.UNAUTHENTICATED.withCause(cause.asRuntimeException()).asRuntimeException();
    }

    @Test
    void aRequestWithoutAnswerIsIndeterminateForWrites() {
        assertWrite(LockIndeterminateException.class, new TimeoutException("no answer within PT5S"));
        assertInstanceOf(LockUnavailableException.class, errors.ofRead(new TimeoutException("no answer")));
    }

    @Test
    void theErrorsOfJetcdsWatchesAreUnderstood() {
        assertInstanceOf(
                LockDeniedException.class,
                errors.ofRead(
                        EtcdExceptionFactory.newEtcdException(ErrorCode.CANCELLED, "etcdserver: permission denied")));
        assertInstanceOf(LockUnavailableException.class, errors.ofRead(EtcdExceptionFactory.newCompactedException(7)));
    }

    @Test
    void onlyARefusalForTheTokenAloneMayBeRepeated() {
        assertTrue(EtcdErrors.isStaleToken(grpc(Status.Code.UNAUTHENTICATED, "etcdserver: invalid auth token")));
        assertTrue(EtcdErrors.isStaleToken(
                grpc(Status.Code.INVALID_ARGUMENT, "etcdserver: revision of auth store is old")));
        assertFalse(EtcdErrors.isStaleToken(grpc(Status.Code.PERMISSION_DENIED, "etcdserver: permission denied")));
        assertFalse(EtcdErrors.isStaleToken(grpc(Status.Code.UNAVAILABLE, "io exception")));
    }

    @Test
    void whatEtcdSaysIsShownOnOneShortLine() {
        String message = String.valueOf(errors.ofRead(grpc(Status.Code.UNKNOWN, "x".repeat(1000) + "\nsecond line"))
                .getMessage());
        assertTrue(message.length() < 500, message);
        assertFalse(message.contains("second line"), message);
    }

    @Test
    void aSessionThatEtcdTurnedAwayIsSurelyNotOpenedAndOtherwiseItMayBe() {
        EtcdErrors ofSessions = EtcdErrors.ofSessions("etcd keys /a/.sessions/...", Optional.empty(), "/a/");
        LockException refused = ofSessions.ofOpen(grpc(Status.Code.UNAVAILABLE, "etcdserver: no leader"), false);
        assertInstanceOf(LockUnavailableException.class, refused);
        assertTrue(String.valueOf(refused.getMessage()).contains("the session was not opened"), refused::toString);
        LockException kept = ofSessions.ofKeepAlive(new TimeoutException("no answer"), true);
        assertInstanceOf(LockUnavailableException.class, kept);
        assertTrue(String.valueOf(kept.getMessage()).contains("the session was not kept alive"), kept::toString);
        LockException open = ofSessions.ofEnd(new TimeoutException("no answer"), false);
        assertInstanceOf(LockIndeterminateException.class, open);
        assertTrue(
                String.valueOf(open.getMessage()).contains("the session may have been ended or not"), open::toString);
    }

    @Test
    void anErrorThatNobodyKnowsIsIndeterminateForWrites() {
        assertWrite(LockIndeterminateException.class, new IllegalStateException("surprise"));
    }
}
