package io.github.leaderelection.it.nemesis;

import io.github.leaderelection.testservers.EtcdServer;
import io.github.leaderelection.testservers.KubeApiServer;
import io.github.leaderelection.testservers.ZooKeeperServer;

/** One process of a backend. No fault takes its data. */
sealed interface ServerMember {

    String name();

    /** Ends it on the spot. */
    void kill();

    /** Starts it again, and waits until it serves, which may need other members. */
    void restart();

    /** Freezes it. */
    void pause();

    /** Ends a {@link #pause()}. */
    void resume();

    /** Throws the history of an etcd away. */
    default void compact() {
        throw new UnsupportedOperationException(name() + " keeps no history");
    }

    /** Whether {@link #compact()} is known to it. */
    default boolean compacts() {
        return false;
    }

    /** A member of etcd, alone or of a cluster. */
    record Etcd(EtcdServer server) implements ServerMember {
        @Override
        public String name() {
            return "etcd-" + server.port();
        }

        @Override
        public void kill() {
            server.kill();
        }

        @Override
        public void restart() {
            server.restart();
        }

        @Override
        public void pause() {
            server.pause();
        }

        @Override
        public void resume() {
            server.resume();
        }

        @Override
        public void compact() {
            server.compact();
        }

        @Override
        public boolean compacts() {
            return true;
        }
    }

    /** A member of ZooKeeper's ensemble. */
    record ZooKeeper(ZooKeeperServer server) implements ServerMember {
        @Override
        public String name() {
            return "zookeeper-" + server.port();
        }

        @Override
        public void kill() {
            server.kill();
        }

        @Override
        public void restart() {
            server.restart();
        }

        @Override
        public void pause() {
            server.pause();
        }

        @Override
        public void resume() {
            server.resume();
        }
    }

    /** The API server of Kubernetes, without its etcd. */
    record Kube(KubeApiServer server) implements ServerMember {
        @Override
        public String name() {
            return "kube-apiserver-" + server.port();
        }

        @Override
        public void kill() {
            server.kill();
        }

        @Override
        public void restart() {
            server.restart();
        }

        @Override
        public void pause() {
            server.pause();
        }

        @Override
        public void resume() {
            server.resume();
        }
    }
}
