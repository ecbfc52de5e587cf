package io.github.leaderelection.benchmarks.electors;

import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.Client;
import io.etcd.jetcd.election.LeaderKey;
import io.etcd.jetcd.lease.LeaseKeepAliveResponse;
import io.etcd.jetcd.support.CloseableClient;
import io.grpc.stub.StreamObserver;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** {@link io.etcd.jetcd.Election}, with a lease for each candidate that is kept alive. */
final class JetcdElections implements Connection {

    private static final long REVOKE_SECONDS_MAX = 10;

    private final Client client;
    private final long ttlSeconds;

    JetcdElections(Address address, Timing timing) {
        client = Client.builder().endpoints(address.endpoint()).build();
        ttlSeconds = timing.lease().toSeconds();
    }

    @Override
    public Entrant enter(String election, String identity, Runnable onLead, Runnable onLoss) {
        long lease = client.getLeaseClient().grant(ttlSeconds).join().getID();
        return new Candidate(bytes(election), bytes(identity), lease, onLead, onLoss);
    }

    private static ByteSequence bytes(String text) {
        return ByteSequence.from(text, StandardCharsets.UTF_8);
    }

    @Override
    public void close() {
        client.close();
    }

    private final class Candidate implements Entrant {

        private final ByteSequence election;
        private final ByteSequence proposal;
        private final long lease;
        private final Runnable onLead;
        private final CloseableClient keepAlive;
        private volatile @Nullable LeaderKey key;

        Candidate(ByteSequence election, ByteSequence proposal, long lease, Runnable onLead, Runnable onLoss) {
            this.election = election;
            this.proposal = proposal;
            this.lease = lease;
            this.onLead = onLead;
            keepAlive = client.getLeaseClient().keepAlive(lease, new StreamObserver<LeaseKeepAliveResponse>() {
                @Override
                public void onNext(LeaseKeepAliveResponse response) {}

                @Override
                public void onError(Throwable error) {
                    onLoss.run();
                }

                @Override
                public void onCompleted() {}
            });
            rejoin();
        }

        @Override
        public void rejoin() {
            client.getElectionClient().campaign(election, lease, proposal).thenAccept(response -> {
                key = response.getLeader();
                onLead.run();
            });
        }

        @Override
        public void handOver() {
            LeaderKey current = key;
            if (current == null) {
                throw new IllegalStateException("only a leader can resign");
            }
            client.getElectionClient().resign(current);
        }

        @Override
        public void close() {
            keepAlive.close();
            client.getLeaseClient()
                    .revoke(lease)
                    .orTimeout(REVOKE_SECONDS_MAX, TimeUnit.SECONDS)
                    .join();
        }
    }
}
