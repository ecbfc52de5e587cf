package io.github.leaderelection.benchmarks.electors;

import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.Client;
import io.etcd.jetcd.op.Op;
import io.etcd.jetcd.options.PutOption;
import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.api.model.coordination.v1.LeaseBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.nio.charset.StandardCharsets;
import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.framework.CuratorFrameworkFactory;
import org.apache.curator.retry.RetryOneTime;

/** Writes without an election, one after the other: what a release and an acquisition take at the least. */
public interface BareWrites extends AutoCloseable {

    /** Writes once and waits for the answer. */
    void write() throws Exception;

    @Override
    void close();

    /** Writes to a server through the client that this project uses there. */
    static BareWrites to(Store store, Address address) throws Exception {
        return switch (store) {
            case ETCD -> new ToEtcd(address);
            case ZOOKEEPER -> new ToZooKeeper(address);
            case KUBERNETES -> new ToKubernetes(address);
        };
    }

    /** A transaction with one put. */
    final class ToEtcd implements BareWrites {

        private final Client client;
        private final ByteSequence key = ByteSequence.from("bare-writes", StandardCharsets.UTF_8);

        ToEtcd(Address address) {
            client = Client.builder().endpoints(address.endpoint()).build();
        }

        @Override
        public void write() throws Exception {
            client.getKVClient()
                    .txn()
                    .Then(Op.put(key, key, PutOption.DEFAULT))
                    .commit()
                    .get();
        }

        @Override
        public void close() {
            client.close();
        }
    }

    /** A {@code setData}. */
    final class ToZooKeeper implements BareWrites {

        private static final String PATH = "/bare-writes";

        private final CuratorFramework client;

        ToZooKeeper(Address address) throws Exception {
            client = CuratorFrameworkFactory.newClient(address.endpoint(), new RetryOneTime(1000));
            client.start();
            client.create().orSetData().forPath(PATH, new byte[200]);
        }

        @Override
        public void write() throws Exception {
            client.setData().forPath(PATH, new byte[200]);
        }

        @Override
        public void close() {
            client.close();
        }
    }

    /** An update of a Lease upon the version written last. */
    final class ToKubernetes implements BareWrites {

        private final KubernetesClient client;
        private Lease lease;

        ToKubernetes(Address address) {
            client = Fabric8Elections.clientOf(address);
            lease = client.resource(new LeaseBuilder()
                            .withNewMetadata()
                            .withName("bare-writes")
                            .withNamespace("default")
                            .endMetadata()
                            .withNewSpec()
                            .withHolderIdentity("nobody")
                            .withLeaseTransitions(0)
                            .endSpec()
                            .build())
                    .create();
        }

        @Override
        public void write() {
            lease.getSpec().setLeaseTransitions(lease.getSpec().getLeaseTransitions() + 1);
            lease = client.resource(lease).update();
        }

        @Override
        public void close() {
            client.close();
        }
    }
}
