package io.github.leaderelection.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.leaderelection.cli.EventLine.Event;
import io.github.leaderelection.testservers.TcpProxy;
import io.github.leaderelection.testservers.TestCertificates;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** Ways to a server, right and wrong ones. */
@Execution(ExecutionMode.CONCURRENT)
class AccessIT extends ElectionScenario {

    @Test
    void aCandidateWithAWrongEndpointStaysOneAndSaysWhyAndEndsInOrder() {
        Backend backend = open();
        Candidates candidates = candidates(Timing.QUICK);
        CandidateProcess candidate = candidates.start("a", backend.settingsAt(portOfNobody()));
        candidate.await(Event.READY);
        candidate.awaitError("WARNING io.github.leaderelection ");

        assertEquals("false", candidate.status().field("leading"));
        candidate.terminate();
        assertEndedInOrder(candidate);
        assertFalse(candidate.events().stream().anyMatch(line -> line.event() == Event.STARTED));
    }

    private static int portOfNobody() {
        try (TcpProxy closed = TcpProxy.to(1)) {
            return closed.port();
        }
    }

    /** Pain 25. */
    @Test
    void aCandidateWithAWrongPasswordFailsFastAndDoesNotShowIt() {
        Backend backend = closing(kind.openWithPassword("right-secret"));
        Candidates candidates = candidates(Timing.DEFAULT);
        CandidateProcess wrong = candidates.start("a", backend.settingsWithPassword("wrong-secret"), "-vv");

        assertEquals(1, wrong.exitCode(), wrong::describe);
        // ZooKeeper tells everybody that there is no record yet.
        List<Event> events = wrong.events().stream()
                .map(line -> line.event())
                .filter(event -> event != Event.NOLEADER)
                .toList();
        assertEquals(List.of(Event.READY, Event.CLOSED), events, wrong::describe);
        assertTrue(wrong.errors().contains("cannot go on"), wrong::describe);
        assertFalse(wrong.errors().contains("secret"), wrong::describe);
        candidates.start("b", backend.settings()).await(Event.STARTED);
    }

    /** Pain 25. */
    @Test
    void aMissingCertificateIsNamedAndNothingIsStarted(@TempDir Path directory) throws IOException {
        TestCertificates authority = TestCertificates.create();
        authority.writeClient(directory, TestCertificates.KeyFormat.EC_PKCS8, "candidate");
        Files.delete(directory.resolve("client-key.pem"));
        Backend backend = closing(kind.openWithTls(authority));
        Candidates candidates = candidates(Timing.DEFAULT);
        CandidateProcess candidate = candidates.start("a", backend.settingsWithTls(directory));

        assertEquals(2, candidate.exitCode(), candidate::describe);
        assertEquals(List.of(), candidate.events());
        assertTrue(
                candidate.errors().contains(directory.resolve("client-key.pem").toString()), candidate::describe);
    }

    @Test
    void candidatesWithCertificatesOfTheServersAuthorityLead(@TempDir Path directory) {
        TestCertificates authority = TestCertificates.create();
        Backend backend = closing(kind.openWithTls(authority));
        Candidates candidates = candidates(Timing.DEFAULT);
        for (TestCertificates.KeyFormat format :
                List.of(TestCertificates.KeyFormat.RSA_PKCS1, TestCertificates.KeyFormat.EC_SEC1)) {
            Path files = authority.writeClient(directory.resolve(format.name()), format, "candidate");
            candidates.start(format.name(), backend.settingsWithTls(files), "--release-on-cancel");
        }
        candidates.awaitLeader().terminate();

        candidates.awaitTenure(2);
        Tenure.assertOrdered(candidates.tenures());
    }

    @Test
    void aCandidateWithoutACertificateThatTheServerTrustsIsToldWhyItCannotLead(@TempDir Path directory) {
        Backend backend = closing(kind.openWithTls(TestCertificates.create()));
        Path files = TestCertificates.create().writeClient(directory, TestCertificates.KeyFormat.EC_PKCS8, "stranger");
        Candidates candidates = candidates(Timing.QUICK);
        CandidateProcess stranger = candidates.start("a", backend.settingsWithTls(files));
        stranger.awaitError("WARNING io.github.leaderelection ");

        assertEquals("false", stranger.status().field("leading"));
        assertTrue(candidates.tenures().isEmpty(), candidates::describe);
    }
}
