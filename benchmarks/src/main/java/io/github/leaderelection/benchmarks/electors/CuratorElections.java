package io.github.leaderelection.benchmarks.electors;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.concurrent.Semaphore;
import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.framework.CuratorFrameworkFactory;
import org.apache.curator.framework.recipes.leader.LeaderLatch;
import org.apache.curator.framework.recipes.leader.LeaderLatchListener;
import org.apache.curator.framework.recipes.leader.LeaderSelector;
import org.apache.curator.framework.recipes.leader.LeaderSelectorListenerAdapter;
import org.apache.curator.retry.ExponentialBackoffRetry;

/** Curator's recipes. */
final class CuratorElections implements Connection {

    private static final int CONNECT_MILLIS = 5000;

    private interface Recipe {
        Entrant enter(CuratorFramework client, String path, String identity, Runnable onLead, Runnable onLoss);
    }

    private final CuratorFramework client;
    private final Recipe recipe;

    private CuratorElections(Address address, Timing timing, Recipe recipe) {
        this.recipe = recipe;
        client = CuratorFrameworkFactory.newClient(
                address.endpoint(),
                Math.toIntExact(timing.lease().toMillis()),
                CONNECT_MILLIS,
                new ExponentialBackoffRetry(1000, 3));
        client.start();
    }

    static CuratorElections latches(Address address, Timing timing) {
        return new CuratorElections(address, timing, Latch::new);
    }

    static CuratorElections selectors(Address address, Timing timing) {
        return new CuratorElections(address, timing, Selector::new);
    }

    @Override
    public Entrant enter(String election, String identity, Runnable onLead, Runnable onLoss) {
        return recipe.enter(client, "/" + election, identity, onLead, onLoss);
    }

    @Override
    public void close() {
        client.close();
    }

    private static final class Latch implements Entrant {

        private final CuratorFramework client;
        private final String path;
        private final String identity;
        private final LeaderLatchListener listener;
        private LeaderLatch latch;

        Latch(CuratorFramework client, String path, String identity, Runnable onLead, Runnable onLoss) {
            this.client = client;
            this.path = path;
            this.identity = identity;
            listener = new LeaderLatchListener() {
                @Override
                public void isLeader() {
                    onLead.run();
                }

                @Override
                public void notLeader() {
                    onLoss.run();
                }
            };
            latch = started();
        }

        private LeaderLatch started() {
            LeaderLatch fresh = new LeaderLatch(client, path, identity);
            fresh.addListener(listener);
            try {
                fresh.start();
            } catch (Exception refused) {
                throw new IllegalStateException("LeaderLatch does not start", refused);
            }
            return fresh;
        }

        @Override
        public void handOver() {
            close();
        }

        @Override
        public void rejoin() {
            latch = started();
        }

        @Override
        public void close() {
            try {
                latch.close();
            } catch (IOException failed) {
                throw new UncheckedIOException("LeaderLatch does not close", failed);
            }
        }
    }

    private static final class Selector implements Entrant {

        private final Semaphore ends = new Semaphore(0);
        private final LeaderSelector selector;

        Selector(CuratorFramework client, String path, String identity, Runnable onLead, Runnable onLoss) {
            selector = new LeaderSelector(client, path, new LeaderSelectorListenerAdapter() {
                @Override
                public void takeLeadership(CuratorFramework same) throws InterruptedException {
                    onLead.run();
                    try {
                        ends.acquire();
                    } finally {
                        onLoss.run();
                    }
                }
            });
            selector.setId(identity);
            selector.autoRequeue();
            selector.start();
        }

        @Override
        public void handOver() {
            ends.release();
        }

        @Override
        public void rejoin() {}

        @Override
        public void close() {
            selector.close();
        }
    }
}
