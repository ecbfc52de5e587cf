package io.github.leaderelection.benchmarks.electors;

import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.extended.leaderelection.LeaderCallbacks;
import io.fabric8.kubernetes.client.extended.leaderelection.LeaderElectionConfig;
import io.fabric8.kubernetes.client.extended.leaderelection.resourcelock.LeaseLock;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;

/** fabric8's elector over a Lease. */
final class Fabric8Elections implements Connection {

    private final KubernetesClient client;
    private final Timing timing;

    Fabric8Elections(Address address, Timing timing) {
        this.timing = timing;
        client = clientOf(address);
    }

    /** A client with nothing from this machine's own configuration. */
    static KubernetesClient clientOf(Address address) {
        return new KubernetesClientBuilder()
                .withConfig(new ConfigBuilder(io.fabric8.kubernetes.client.Config.empty())
                        .withMasterUrl(address.endpoint())
                        .withOauthToken(address.token())
                        .withCaCertFile(address.caFile())
                        .withNamespace("default")
                        .build())
                .build();
    }

    @Override
    public Entrant enter(String election, String identity, Runnable onLead, Runnable onLoss) {
        AtomicBoolean leaderSeen = new AtomicBoolean();
        LeaderElectionConfig config = new LeaderElectionConfig(
                new LeaseLock("default", election, identity),
                timing.lease(),
                timing.renew(),
                timing.retry(),
                new LeaderCallbacks(onLead, onLoss, leader -> leaderSeen.set(true)),
                true,
                identity);
        return new Candidate(config, leaderSeen);
    }

    @Override
    public void close() {
        client.close();
    }

    private final class Candidate implements Entrant {

        private final LeaderElectionConfig config;
        private final AtomicBoolean leaderSeen;
        private CompletableFuture<?> running;

        Candidate(LeaderElectionConfig config, AtomicBoolean leaderSeen) {
            this.config = config;
            this.leaderSeen = leaderSeen;
            running = started();
        }

        private CompletableFuture<?> started() {
            return client.leaderElector().withConfig(config).build().start();
        }

        @Override
        public void handOver() {
            running.cancel(true);
        }

        @Override
        public void rejoin() {
            running = started();
        }

        @Override
        public boolean standsBy() {
            return leaderSeen.get();
        }

        @Override
        public void close() {
            running.cancel(true);
        }
    }
}
