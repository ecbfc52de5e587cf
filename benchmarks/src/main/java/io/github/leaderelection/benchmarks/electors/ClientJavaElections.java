package io.github.leaderelection.benchmarks.electors;

import io.kubernetes.client.extended.leaderelection.LeaderElectionConfig;
import io.kubernetes.client.extended.leaderelection.LeaderElector;
import io.kubernetes.client.extended.leaderelection.resourcelock.LeaseLock;
import io.kubernetes.client.openapi.ApiClient;
import io.kubernetes.client.util.ClientBuilder;
import io.kubernetes.client.util.credentials.AccessTokenAuthentication;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The elector of Kubernetes' own Java client over a Lease. */
final class ClientJavaElections implements Connection {

    private final ApiClient client;
    private final Timing timing;

    ClientJavaElections(Address address, Timing timing) {
        this.timing = timing;
        try {
            client = new ClientBuilder()
                    .setBasePath(address.endpoint())
                    .setAuthentication(new AccessTokenAuthentication(address.token()))
                    .setCertificateAuthority(Files.readAllBytes(Path.of(address.caFile())))
                    .build();
        } catch (IOException unreadable) {
            throw new UncheckedIOException("cannot read " + address.caFile(), unreadable);
        }
    }

    @Override
    public Entrant enter(String election, String identity, Runnable onLead, Runnable onLoss) {
        return new Candidate(election, identity, onLead, onLoss);
    }

    @Override
    public void close() {
        client.getHttpClient().dispatcher().executorService().shutdown();
        client.getHttpClient().connectionPool().evictAll();
    }

    private final class Candidate implements Entrant {

        private final String election;
        private final String identity;
        private final Runnable onLead;
        private final Runnable onLoss;
        private volatile boolean leaderSeen;
        private LeaderElector elector;

        Candidate(String election, String identity, Runnable onLead, Runnable onLoss) {
            this.election = election;
            this.identity = identity;
            this.onLead = onLead;
            this.onLoss = onLoss;
            elector = started();
        }

        private LeaderElector started() {
            LeaderElector fresh = new LeaderElector(new LeaderElectionConfig(
                    new LeaseLock("default", election, identity, client),
                    timing.lease(),
                    timing.renew(),
                    timing.retry()));
            Thread thread =
                    new Thread(() -> fresh.run(onLead, onLoss, leader -> leaderSeen = true), "client-java-" + identity);
            thread.setDaemon(true);
            thread.start();
            return fresh;
        }

        @Override
        public void handOver() {
            elector.close();
        }

        @Override
        public void rejoin() {
            elector = started();
        }

        @Override
        public boolean standsBy() {
            return leaderSeen;
        }

        @Override
        public void close() {
            elector.close();
        }
    }
}
