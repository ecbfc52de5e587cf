package io.github.leaderelection.it;

import io.github.leaderelection.testservers.EtcdServer;
import io.github.leaderelection.testservers.TestCertificates;
import io.github.leaderelection.testservers.ZooKeeperServer;

/** The backends that the scenarios run over. */
enum BackendKind {
    ETCD {
        @Override
        Backend open() {
            return EtcdBackend.over(EtcdServer.start());
        }

        @Override
        Backend openWithPassword(String password) {
            return EtcdBackend.withPassword(EtcdServer.start(), password);
        }

        @Override
        Backend openWithTls(TestCertificates authority) {
            return EtcdBackend.over(EtcdServer.builder().tls(authority).start());
        }
    },
    ZOOKEEPER {
        @Override
        Backend open() {
            return ZooKeeperBackend.over(ZooKeeperServer.start());
        }

        @Override
        Backend openWithPassword(String password) {
            return ZooKeeperBackend.withPassword(ZooKeeperServer.start(), password);
        }

        @Override
        Backend openWithTls(TestCertificates authority) {
            return ZooKeeperBackend.over(ZooKeeperServer.startWithTls(authority));
        }
    },
    KUBERNETES {
        @Override
        Backend open() {
            return KubernetesBackend.start();
        }

        @Override
        Backend openWithPassword(String password) {
            return KubernetesBackend.startWithToken(password);
        }

        @Override
        Backend openWithTls(TestCertificates authority) {
            return KubernetesBackend.startWithTls(authority);
        }
    };

    /** A server of its own, that lets everybody in. */
    abstract Backend open();

    /** A server of its own, that demands this password. */
    abstract Backend openWithPassword(String password);

    /** A server of its own, that demands a certificate of this authority. */
    abstract Backend openWithTls(TestCertificates authority);
}
