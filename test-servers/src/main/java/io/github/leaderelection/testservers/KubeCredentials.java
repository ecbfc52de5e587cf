package io.github.leaderelection.testservers;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/**
 * By what an API server and its clients know each other: the authority of their certificates, static tokens, and the keys by
 * which tokens of service accounts are signed. All is written before the server starts; it reads the tokens but then.
 */
final class KubeCredentials {

    /** It signs, and expects, what it issues itself; this is its name in there. */
    static final String ISSUER = "https://kubernetes.default.svc";

    /** More than all tests of one JVM take from a server that they share. */
    private static final int FRESH_USERS = 200;

    private final TestCertificates authority;
    private final KubeUser admin = new KubeUser("admin", UUID.randomUUID().toString());
    private final List<KubeUser> fresh = new ArrayList<>();
    private final AtomicInteger freshTaken = new AtomicInteger();
    private final Path directory;
    private final Path tls;

    /** Writes into {@code directory}. */
    KubeCredentials(Path directory, TestCertificates authority, List<KubeUser> users) {
        this.directory = directory;
        this.authority = authority;
        this.tls = authority.writeServer(directory.resolve("tls"));
        TestCertificates.writeKeyPair(directory, "service-accounts");
        for (int i = 0; i < FRESH_USERS; i++) {
            fresh.add(new KubeUser("user-" + i, UUID.randomUUID().toString()));
        }
        try {
            Files.write(directory.resolve("tokens.csv"), tokenLines(users));
        } catch (IOException failed) {
            throw new UncheckedIOException("cannot write tokens into " + directory, failed);
        }
    }

    private List<String> tokenLines(List<KubeUser> users) {
        List<String> lines = new ArrayList<>();
        lines.add(line(admin) + ",\"system:masters\"");
        Stream.concat(users.stream(), fresh.stream()).map(KubeCredentials::line).forEach(lines::add);
        return lines;
    }

    /** Token, name, and the name again as the id. */
    private static String line(KubeUser user) {
        return user.token() + "," + user.name() + "," + user.name();
    }

    List<String> flags() {
        return List.of(
                "--tls-cert-file=" + tls.resolve("server.pem"),
                "--tls-private-key-file=" + tls.resolve("server-key.pem"),
                "--client-ca-file=" + caFile(),
                "--token-auth-file=" + directory.resolve("tokens.csv"),
                "--service-account-issuer=" + ISSUER,
                "--service-account-key-file=" + directory.resolve("service-accounts-public.pem"),
                "--service-account-signing-key-file=" + directory.resolve("service-accounts-key.pem"));
    }

    Path caFile() {
        return tls.resolve("ca.pem");
    }

    TestCertificates authority() {
        return authority;
    }

    String adminToken() {
        return admin.token();
    }

    /** A user whom nobody has got before. */
    KubeUser freshUser() {
        int next = freshTaken.getAndIncrement();
        if (next >= FRESH_USERS) {
            throw new IllegalStateException(
                    "all " + FRESH_USERS + " users of this server are taken; start another server");
        }
        return fresh.get(next);
    }
}
