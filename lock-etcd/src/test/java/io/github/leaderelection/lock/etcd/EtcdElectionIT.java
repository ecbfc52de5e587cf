package io.github.leaderelection.lock.etcd;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.leaderelection.Leadership;
import io.github.leaderelection.Leases;
import io.github.leaderelection.RevocationReason;
import io.github.leaderelection.TlsConfig;
import io.github.leaderelection.spi.ResourceLock;
import io.github.leaderelection.testcalls.Candidate;
import io.github.leaderelection.testcalls.Candidate.Timing;
import io.github.leaderelection.testcalls.Electorate;
import io.github.leaderelection.testcalls.Eventually;
import io.github.leaderelection.testservers.EtcdServer;
import io.github.leaderelection.testservers.EtcdUsers;
import io.github.leaderelection.testservers.EtcdValue;
import io.github.leaderelection.testservers.TcpProxy;
import io.github.leaderelection.testservers.TestCertificates;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Whole elections over an etcd that stalls, forgets who one is, and answers late or not at all. */
class EtcdElectionIT {

    private static final String NAME = "demo";
    private static final String KEY = EtcdLocks.DEFAULT_PREFIX + "/" + NAME;

    private final List<AutoCloseable> opened = new ArrayList<>();
    private final Electorate electorate = new Electorate();

    private <T extends AutoCloseable> T closing(T resource) {
        opened.add(resource);
        return resource;
    }

    @AfterEach
    void close() throws Exception {
        electorate.close();
        for (int i = opened.size() - 1; i >= 0; i--) {
            opened.get(i).close();
        }
    }

    private Candidate enter(String identity, String endpoint, Timing timing, Leases leases) {
        return electorate.enter(
                EtcdLocks.builder().endpoints(endpoint).leases(leases).lock(NAME, identity), timing);
    }

    // ---- who one is, forgotten and replaced

    /** Pain 14: each renewal finds the token of the one before it expired. */
    @Test
    void aLeaderKeepsItsTenureThoughItsTokensExpire() {
        EtcdServer etcd = closing(EtcdServer.builder()
                .flag("--bcrypt-cost", "4")
                .flag("--auth-token-ttl", "1")
                .start());
        etcd.users().add("writer", "secret");
        etcd.users().grant("writer", EtcdUsers.Permission.READWRITE, EtcdLocks.DEFAULT_PREFIX);
        etcd.users().enable("root's secret");
        Timing slowly = new Timing(Duration.ofSeconds(15), Duration.ofSeconds(10), Duration.ofSeconds(2));
        EtcdLocks.Builder builder =
                EtcdLocks.builder().endpoints(etcd.endpoint()).user("writer", "secret");
        Candidate leader = electorate.enter(builder.lock(NAME, "a"), slowly);
        leader.awaitTenure(1);
        Candidate other = electorate.enter(builder.lock(NAME, "b"), slowly);
        Eventually.isTrue("the other one sees it", () -> other.leader().equals(Optional.of("a")));
        long authenticated = authenticationCount(etcd);
        Eventually.isTrue("it authenticated again and again", () -> authenticationCount(etcd) >= authenticated + 4);
        leader.awaitRenewal();

        assertKeptItsTenure(leader);
        assertEquals(0, other.tenureCount());
        assertEquals(List.of(), leader.errors());
        assertEquals(List.of(), other.errors());
    }

    private static long authenticationCount(EtcdServer etcd) {
        return etcd.requestCounts().getOrDefault("Authenticate", 0L);
    }

    private static void assertKeptItsTenure(Candidate leader) {
        assertTrue(leader.leads(), leader::toString);
        assertEquals(1, leader.tenureCount(), leader::toString);
    }

    /** Pain 14. That the files in use are those of now is seen from the stranger's, which etcd refuses. */
    @Test
    void aLeaderKeepsItsTenureThoughItsCertificateIsReplaced(@TempDir Path directory) {
        TestCertificates authority = TestCertificates.create();
        TestCertificates.KeyFormat format = TestCertificates.KeyFormat.EC_PKCS8;
        EtcdServer etcd = closing(EtcdServer.builder().tls(authority).start());
        TcpProxy proxy = closing(TcpProxy.to(etcd.port()));
        authority.writeClient(directory, format, "first");
        Candidate leader = electorate.enter(
                EtcdLocks.builder()
                        .endpoints("https://127.0.0.1:" + proxy.port())
                        .tls(TlsConfig.fromDirectory(directory))
                        .lock(NAME, "a"),
                new Timing(Duration.ofSeconds(12), Duration.ofSeconds(9), Duration.ofMillis(500)));
        leader.awaitTenure(1);
        authority.writeClient(directory, format, "second");
        proxy.resetConnections();
        leader.awaitRenewal();
        TestCertificates.create().writeClient(directory, format, "stranger");
        proxy.resetConnections();
        Eventually.isTrue(
                "the stranger's is refused",
                () -> leader.errors().stream()
                        .anyMatch(error -> String.valueOf(error.getMessage()).contains("certification path")));
        authority.writeClient(directory, format, "third");
        leader.awaitRenewal();

        assertKeptItsTenure(leader);
    }

    /** It looks for its record after four of them, and leads for five without having seen it. */
    @Test
    void aLeaderLooksInTimeHoweverShortItsRenewDeadline() {
        EtcdServer etcd = closing(EtcdServer.start());
        Duration deadline = Duration.ofSeconds(2);
        Candidate leader = enter(
                "a",
                etcd.endpoint(),
                new Timing(Duration.ofSeconds(3), deadline, Duration.ofMillis(400)),
                Leases.SESSION);
        leader.awaitTenure(1);
        awaitPassed(deadline.multipliedBy(6));
        assertKeptItsTenure(leader);
    }

    /** The token of the next tenure is the revision of the last one's last write. */
    @Test
    void aLeaderHandsOverToItsSuccessorInOneWrite() {
        EtcdServer etcd = closing(EtcdServer.start());
        Candidate first = enter("a", etcd.endpoint(), Timing.QUICK, Leases.SESSION);
        first.awaitTenure(1);
        Candidate second = enter("b", etcd.endpoint(), Timing.QUICK, Leases.SESSION);
        ResourceLock reader =
                closing(EtcdLocks.builder().endpoints(etcd.endpoint()).lock(NAME, "reader"));
        electorate.assertHandsOverInOneWrite(first, second, reader);
    }

    // ---- a stall

    private static void awaitPassed(Duration duration) {
        long beginNanos = System.nanoTime();
        Eventually.isTrue(duration + " have passed", () -> System.nanoTime() - beginNanos > duration.toNanos());
    }

    /** Pain 15. */
    @ParameterizedTest
    @EnumSource(Leases.class)
    void anEtcdThatStallsEndsTheTenureByItselfAndTheElectionGoesOnAfterIt(Leases leases) {
        EtcdServer etcd = closing(EtcdServer.start());
        enter("a", etcd.endpoint(), Timing.QUICK, leases).awaitTenure(1);
        enter("b", etcd.endpoint(), Timing.QUICK, leases);
        enter("c", etcd.endpoint(), Timing.QUICK, leases);
        Candidate first = electorate.awaitLeader();
        Leadership lost = first.latest();
        Eventually.isTrue(
                "all see the leader",
                () -> electorate.candidates().stream()
                        .allMatch(candidate -> candidate.leader().equals(Optional.of("a"))));
        etcd.pause();
        awaitPassed(Timing.QUICK.lease()); // since a renewal that was sent no later than now
        assertEquals(Optional.empty(), electorate.leader());
        assertEquals(Optional.of(RevocationReason.EXPIRED), lost.revocationReason());
        etcd.resume();

        long token = lost.fencingToken();
        for (int i = 0; i < 3; i++) { // each of them can still lead, and be followed
            Candidate next = electorate.awaitLeader();
            assertTrue(next.latest().fencingToken() > token, next::toString);
            token = next.latest().fencingToken();
            next.close();
        }
        assertEquals(1, electorate.leadersMax());
    }

    // ---- acquisitions that are answered late, or not at all

    private static void putHolder(EtcdServer etcd, String holder) {
        etcd.put(KEY, "{\"spec\":{" + named(holder) + ",\"leaseDurationSeconds\":60}}");
    }

    private static String named(String holder) {
        return "\"holderIdentity\":\"" + holder + "\"";
    }

    private static EtcdValue awaitHolder(EtcdServer etcd, String holder) {
        Eventually.isTrue(
                "the record names '" + holder + "'",
                () -> etcd.get(KEY).orElseThrow().text().contains(named(holder)));
        return etcd.get(KEY).orElseThrow();
    }

    /** Lets a candidate acquire the record, which hears nothing from then on; returns what it wrote. */
    private EtcdValue acquireWithoutReply(EtcdServer etcd, TcpProxy proxy, Timing timing, Leases leases) {
        putHolder(etcd, "other");
        Candidate candidate = enter("a", "http://127.0.0.1:" + proxy.port(), timing, leases);
        Eventually.isTrue("it waits", () -> candidate.leader().equals(Optional.of("other")));
        proxy.cutRepliesAtRequestWith(named("a"));
        putHolder(etcd, "");
        return awaitHolder(etcd, "a");
    }

    /** Pain 11: what comes late is ours to write upon, and no more; unless a session holds it, which then is proven anew. */
    @ParameterizedTest
    @EnumSource(Leases.class)
    void anAcquisitionThatIsAnsweredAfterTheRenewDeadlineBeginsNoTenureByItself(Leases leases) {
        EtcdServer etcd = closing(EtcdServer.start());
        TcpProxy proxy = closing(TcpProxy.to(etcd.port()));
        EtcdValue acquired = acquireWithoutReply(etcd, proxy, Timing.QUICK, leases);
        awaitPassed(Timing.QUICK.renew());
        Candidate late = electorate.candidates().get(0);
        assertEquals(acquired.modRevision(), etcd.get(KEY).orElseThrow().modRevision());
        assertEquals(0, late.tenureCount());
        proxy.heal();

        late.awaitTenure(1);
        boolean anew = late.latest().fencingToken() > acquired.modRevision();
        assertEquals(leases == Leases.OBSERVED, anew, late::toString);
        assertEquals(1, late.tenureCount(), late::toString);
    }

    /** Pain 12. */
    @ParameterizedTest
    @EnumSource(Leases.class)
    void aCandidateThatClosesTakesItsAcquisitionBackOnceItHasTheReply(Leases leases) throws InterruptedException {
        EtcdServer etcd = closing(EtcdServer.start());
        TcpProxy proxy = closing(TcpProxy.to(etcd.port()));
        acquireWithoutReply(etcd, proxy, Timing.LONG, leases);
        Candidate closing = electorate.candidates().get(0);
        Thread closer = new Thread(closing::close);
        closer.start();
        Eventually.isTrue("it waits for its reply", () -> closer.getState() == Thread.State.TIMED_WAITING);
        proxy.heal();
        closer.join();

        assertEquals(0, closing.tenureCount());
        awaitHolder(etcd, "");
        enter("b", etcd.endpoint(), Timing.LONG, leases).awaitTenure(1);
    }

    /** Pain 12. */
    @ParameterizedTest
    @EnumSource(Leases.class)
    void anAcquisitionThatIsNeverAnsweredBlocksTheOthersForItsLeaseAndNoLonger(Leases leases) {
        EtcdServer etcd = closing(EtcdServer.start());
        TcpProxy proxy = closing(TcpProxy.to(etcd.port()));
        acquireWithoutReply(etcd, proxy, Timing.QUICK, leases);
        electorate.candidates().get(0).close();
        awaitHolder(etcd, "a");
        long beginNanos = System.nanoTime();
        Candidate next = enter("b", etcd.endpoint(), Timing.QUICK, leases);
        next.awaitTenure(1);

        Duration waited = Duration.ofNanos(System.nanoTime() - beginNanos);
        Duration lease = Timing.QUICK.lease();
        System.out.println("An acquisition without reply blocked the next candidate for " + waited.toMillis()
                + " ms by leases of the kind " + leases + ", with a lease of " + lease.toMillis() + " ms");
        assertTrue(waited.compareTo(lease) >= 0, waited::toString);
        assertTrue(waited.compareTo(lease.plusSeconds(3)) < 0, waited::toString); // what a loaded machine may add
        assertEquals(1, electorate.leadersMax());
    }
}
