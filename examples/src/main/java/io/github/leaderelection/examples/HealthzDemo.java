package io.github.leaderelection.examples;

import com.sun.net.httpserver.HttpServer;
import io.github.leaderelection.HealthzAdaptor;
import io.github.leaderelection.HealthzHandler;
import io.github.leaderelection.LeaderCallbacks;
import io.github.leaderelection.LeaderElectionConfig;
import io.github.leaderelection.LeaderElectors;
import io.github.leaderelection.Leadership;
import io.github.leaderelection.lock.etcd.EtcdLocks;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;

/**
 * The demo of the Go package in Java: a candidate on etcd with a liveness probe on {@code /healthz}, for one tenure. Takes
 * the etcd endpoint, the name of the election, the identity and the port of the probe.
 */
public final class HealthzDemo {

    private HealthzDemo() {}

    /** Arguments: endpoint, name, identity, port. */
    public static void main(String[] args) throws IOException, InterruptedException {
        HealthzAdaptor watchDog = new HealthzAdaptor(Duration.ofSeconds(20));
        HttpServer server = HttpServer.create(new InetSocketAddress("127.0.0.1", Integer.parseInt(args[3])), 0);
        server.createContext("/healthz", new HealthzHandler(watchDog));
        server.start();
        try (EtcdLocks locks = EtcdLocks.builder().endpoints(args[0]).connect()) {
            LeaderElectors.runOrDie(LeaderElectionConfig.builder()
                    .lock(locks.lock(args[1], args[2]))
                    .watchDog(watchDog)
                    .callbacks(new Announcer())
                    .build());
        } finally {
            server.stop(0);
        }
    }

    private static final class Announcer implements LeaderCallbacks {
        @Override
        public void onStartedLeading(Leadership leadership) {
            System.out.println(leadership.identity() + " leads with token " + leadership.fencingToken());
        }

        @Override
        public void onStoppedLeading(Leadership ended) {
            System.out.println(ended.identity() + " leads no longer");
        }

        @Override
        public void onNewLeader(String identity) {
            System.out.println("the leader is " + identity);
        }
    }
}
