package io.github.leaderelection.lock.etcd;

import static io.github.leaderelection.testcalls.Calls.answer;
import static io.github.leaderelection.testcalls.Calls.failure;
import static io.github.leaderelection.testcalls.Calls.freshElection;
import static io.github.leaderelection.testcalls.Calls.heldBy;
import static io.github.leaderelection.testcalls.Calls.read;
import static io.github.leaderelection.testcalls.Calls.reads;
import static io.github.leaderelection.testcalls.Calls.written;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.leaderelection.Leases;
import io.github.leaderelection.TlsConfig;
import io.github.leaderelection.spi.KeepAlive;
import io.github.leaderelection.spi.LockDeniedException;
import io.github.leaderelection.spi.LockSession;
import io.github.leaderelection.spi.LockSessions;
import io.github.leaderelection.spi.LockUnavailableException;
import io.github.leaderelection.spi.LockVersion;
import io.github.leaderelection.spi.ResourceLock;
import io.github.leaderelection.testcalls.Eventually;
import io.github.leaderelection.testcalls.Told;
import io.github.leaderelection.testservers.EtcdServer;
import io.github.leaderelection.testservers.EtcdUsers;
import io.github.leaderelection.testservers.TestCertificates;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Who may do what: users and their passwords, tokens that run out, and client certificates. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class EtcdAccessIT {

    private final TestCertificates authority = TestCertificates.create();
    private final EtcdServer etcd =
            EtcdServer.builder().flag("--bcrypt-cost", "4").start();
    private final EtcdServer secured = EtcdServer.builder().tls(authority).start();

    @BeforeAll
    void addUsers() {
        etcd.users().add("writer", "writer's secret");
        etcd.users().grant("writer", EtcdUsers.Permission.READWRITE, EtcdLocks.DEFAULT_PREFIX);
        etcd.users().add("reader", "reader's secret");
        etcd.users().grant("reader", EtcdUsers.Permission.READ, EtcdLocks.DEFAULT_PREFIX);
        etcd.users().enable("root's secret");
    }

    @AfterAll
    void close() {
        etcd.close();
        secured.close();
    }

    private ResourceLock as(String user, String password) {
        return EtcdLocks.builder()
                .endpoints(etcd.endpoint())
                .user(user, password)
                .lock(freshElection(), "a");
    }

    private static void assertNames(LockDeniedException denied, String user, String secret) {
        String message = String.valueOf(denied.getMessage());
        assertTrue(message.contains("user '" + user + "'"), message);
        assertTrue(message.contains("etcd key " + EtcdLocks.DEFAULT_PREFIX + "/election-"), message);
        assertFalse(message.contains(secret), message);
    }

    @Test
    void aWrongPasswordIsDeniedAndNotShown() {
        try (ResourceLock lock = as("writer", "wr0ng")) {
            assertNames(failure(LockDeniedException.class, lock.get()), "writer", "wr0ng");
            assertNames(failure(LockDeniedException.class, lock.create(heldBy("a"))), "writer", "wr0ng");
            Told told = new Told();
            lock.watch(told);
            told.await("LockDeniedException");
        }
    }

    @Test
    void aClientWithoutUserIsDenied() {
        try (ResourceLock lock = EtcdLocks.builder().endpoints(etcd.endpoint()).lock(freshElection(), "a")) {
            String message = String.valueOf(
                    failure(LockDeniedException.class, lock.get()).getMessage());
            assertTrue(message.contains("set user and password"), message);
            Told told = new Told();
            lock.watch(told);
            told.await("LockDeniedException");
        }
    }

    @Test
    void aUserWhereNobodyAsksForOneIsToldSo() {
        try (ResourceLock lock = EtcdLocks.builder()
                .endpoints(EtcdServer.shared().endpoint())
                .user("writer", "writer's secret")
                .lock(freshElection(), "a")) {
            String message = String.valueOf(
                    failure(LockDeniedException.class, lock.get()).getMessage());
            assertTrue(message.contains("authentication switched off"), message);
        }
    }

    @Test
    void aUserWhoMayOnlyReadWatchesAndIsDeniedWrites() {
        try (ResourceLock lock = as("reader", "reader's secret")) {
            assertEquals(Optional.empty(), read(lock));
            Told told = new Told();
            lock.watch(told);
            told.await("nothing");
            assertNames(failure(LockDeniedException.class, lock.create(heldBy("a"))), "reader", "reader's secret");
        }
    }

    /** Pain 14: the tokens of a user end when the password is set, even to what it was. */
    @Test
    void aTokenThatEndedIsReplacedWithoutFurtherAdo() {
        try (ResourceLock lock = as("writer", "writer's secret")) {
            LockVersion version = written(lock.create(heldBy("0")));
            Told told = new Told();
            lock.watch(told);
            told.await("0");
            for (int i = 1; i <= 3; i++) {
                etcd.users().changePassword("writer", "writer's secret");
                version = written(lock.update(heldBy("write " + i), version));
                etcd.users().changePassword("writer", "writer's secret");
                assertEquals(version, read(lock).orElseThrow().version());
                told.await("write " + i);
            }
        }
    }

    /** Pain 14: a restart forgets all tokens. */
    @Test
    void tokensThatEtcdForgotAreReplaced() {
        try (ResourceLock lock = as("writer", "writer's secret")) {
            LockVersion version = written(lock.create(heldBy("a")));
            etcd.restart();
            Eventually.isTrue("the lock reads again", () -> reads(lock));
            written(lock.update(heldBy("b"), version));
        }
    }

    private static LockSessions sessions(ResourceLock lock) {
        return lock.sessions().orElseThrow();
    }

    @Test
    void aUserWhoMayTouchTheRecordAloneIsToldWhichRightsSessionsNeed() {
        String election = freshElection();
        etcd.users().add("narrow", "narrow's secret");
        etcd.users().grant("narrow", EtcdUsers.Permission.READWRITE, EtcdLocks.DEFAULT_PREFIX + "/" + election);
        try (ResourceLock lock = EtcdLocks.builder()
                .endpoints(etcd.endpoint())
                .user("narrow", "narrow's secret")
                .leases(Leases.SESSION)
                .lock(election, "a")) {
            written(lock.create(heldBy("a")));
            String message = String.valueOf(
                    failure(LockDeniedException.class, sessions(lock).open(Duration.ofSeconds(15)))
                            .getMessage());
            assertTrue(message.contains("user 'narrow' may not open the session"), message);
            assertTrue(message.contains("--prefix ROLE readwrite " + EtcdLocks.DEFAULT_PREFIX + "/)"), message);
            assertTrue(message.contains("set leases to observed"), message);
            assertFalse(message.contains("narrow's secret"), message);
        }
    }

    @Test
    void aSessionOfOneUserIsNotEndedByAnotherWhoMayOnlyRead() {
        try (ResourceLock lock = as("writer", "writer's secret");
                ResourceLock onlooker = as("reader", "reader's secret")) {
            LockSession session = answer(sessions(lock).open(Duration.ofSeconds(60)));
            AtomicInteger told = new AtomicInteger();
            sessions(onlooker).watch(session.id(), told::incrementAndGet);
            EtcdSessions theirs = (EtcdSessions) sessions(onlooker);
            EtcdVersion version =
                    EtcdVersion.of(answer(theirs.read(session.id())).orElseThrow());
            failure(LockDeniedException.class, theirs.delete(session.id(), version));
            assertEquals(KeepAlive.kept(), answer(session.keepAlive(true)));
            assertEquals(0, told.get());
            answer(session.end());
            Eventually.isTrue("the onlooker is told", () -> told.get() == 1);
        }
    }

    /** Whoever may only read waits for somebody who may write. */
    @Test
    void aSilentSessionIsEndedByAFollowerWithRights() {
        try (ResourceLock lock = as("writer", "writer's secret");
                ResourceLock onlooker = as("reader", "reader's secret")) {
            LockSession session = answer(sessions(lock).open(Duration.ofSeconds(1)));
            AtomicInteger told = new AtomicInteger();
            sessions(onlooker).watch(session.id(), told::incrementAndGet);
            LockSession other = answer(sessions(lock).open(Duration.ofSeconds(2)));
            AtomicInteger toldOfOther = new AtomicInteger();
            sessions(lock).watch(other.id(), toldOfOther::incrementAndGet);
            Eventually.isTrue("the other session has ended", () -> toldOfOther.get() == 1);
            assertEquals(0, told.get());
            sessions(lock).watch(session.id(), () -> {});
            Eventually.isTrue("the onlooker is told", () -> told.get() == 1);
        }
    }

    /** Pain 14: so it is with tokens that end, or that etcd forgets. */
    @Test
    void aSessionIsKeptAndFollowedThoughTokensEnd() {
        try (ResourceLock lock = as("writer", "writer's secret");
                ResourceLock onlooker = as("writer", "writer's secret")) {
            LockSession session = answer(sessions(lock).open(Duration.ofSeconds(60)));
            AtomicInteger told = new AtomicInteger();
            sessions(onlooker).watch(session.id(), told::incrementAndGet);
            for (int i = 0; i < 3; i++) {
                etcd.users().changePassword("writer", "writer's secret");
                assertEquals(KeepAlive.kept(), answer(session.keepAlive(true)));
            }
            etcd.restart();
            Eventually.isTrue("the lock reads again", () -> reads(lock));
            assertEquals(KeepAlive.kept(), answer(session.keepAlive(true)));
            assertEquals(0, told.get());
            etcd.users().changePassword("writer", "writer's secret");
            answer(session.end());
            Eventually.isTrue("the onlooker is told", () -> told.get() == 1);
        }
    }

    @ParameterizedTest
    @EnumSource
    void aClientCertificateOpensTheDoorInEveryFormatOfItsKey(
            TestCertificates.KeyFormat format, @TempDir Path directory) {
        TlsConfig tls = TlsConfig.fromDirectory(authority.writeClient(directory, format, "pat"));
        try (ResourceLock lock =
                EtcdLocks.builder().endpoints(secured.endpoint()).tls(tls).lock(freshElection(), "a")) {
            Told told = new Told();
            lock.watch(told);
            told.await("nothing");
            written(lock.create(heldBy("a")));
            told.await("a");
        }
    }

    /** Pain 14: files that are replaced count from the next connection on. */
    @Test
    void certificatesAreReloaded(@TempDir Path directory) {
        TestCertificates.KeyFormat format = TestCertificates.KeyFormat.EC_PKCS8;
        TlsConfig tls = TlsConfig.fromDirectory(authority.writeClient(directory, format, "pat"));
        try (ResourceLock lock =
                EtcdLocks.builder().endpoints(secured.endpoint()).tls(tls).lock(freshElection(), "a")) {
            LockVersion version = written(lock.create(heldBy("a")));
            TestCertificates.create().writeClient(directory, format, "stranger");
            assertEquals(version, read(lock).orElseThrow().version(), "the connection stands");
            secured.restart();
            Eventually.isTrue("the stranger is refused", () -> !reads(lock));
            authority.writeClient(directory, format, "pat");
            Eventually.isTrue("the lock reads again", () -> reads(lock));
            written(lock.update(heldBy("b"), version));
        }
    }

    @Test
    void aServerOfAnotherAuthorityIsNotTrusted(@TempDir Path directory) {
        TlsConfig tls = TlsConfig.fromDirectory(
                TestCertificates.create().writeClient(directory, TestCertificates.KeyFormat.EC_PKCS8, "pat"));
        try (ResourceLock lock =
                EtcdLocks.builder().endpoints(secured.endpoint()).tls(tls).lock(freshElection(), "a")) {
            String message = String.valueOf(
                    failure(LockUnavailableException.class, lock.get()).getMessage());
            assertTrue(message.contains("certification path"), message);
            failure(LockUnavailableException.class, lock.create(heldBy("a")));
        }
    }

    @Test
    void aClientWithoutCertificateOrWithoutTlsIsUnavailable() {
        for (String endpoint : new String[] {secured.endpoint(), "http://127.0.0.1:" + secured.port()}) {
            try (ResourceLock lock = EtcdLocks.builder().endpoints(endpoint).lock(freshElection(), "a")) {
                failure(LockUnavailableException.class, lock.get());
            }
        }
    }
}
