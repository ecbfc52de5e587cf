package io.github.leaderelection.benchmarks.electors;

import java.util.Arrays;
import java.util.List;
import java.util.function.BiFunction;

/** The electors that are compared. */
public enum ElectorKind {
    OURS_ETCD("leaderelection", Store.ETCD, Timing.SESSION, OurElectors::overEtcd),
    OURS_ETCD_OBSERVED("leaderelection, observed leases", Store.ETCD, Timing.SESSION, OurElectors::observingEtcd),
    JETCD("jetcd Election", Store.ETCD, Timing.SESSION, JetcdElections::new),
    OURS_ZOOKEEPER("leaderelection", Store.ZOOKEEPER, Timing.SESSION, OurElectors::overZooKeeper),
    OURS_ZOOKEEPER_OBSERVED(
            "leaderelection, observed leases", Store.ZOOKEEPER, Timing.SESSION, OurElectors::observingZooKeeper),
    LATCH("Curator LeaderLatch", Store.ZOOKEEPER, Timing.SESSION, CuratorElections::latches),
    SELECTOR("Curator LeaderSelector", Store.ZOOKEEPER, Timing.SESSION, CuratorElections::selectors),
    OURS_KUBERNETES("leaderelection", Store.KUBERNETES, Timing.KUBERNETES, OurElectors::overKubernetes),
    FABRIC8("fabric8 LeaderElector", Store.KUBERNETES, Timing.KUBERNETES, Fabric8Elections::new),
    CLIENT_JAVA("client-java LeaderElector", Store.KUBERNETES, Timing.KUBERNETES, ClientJavaElections::new);

    private final String title;
    private final Store store;
    private final Timing customary;
    private final BiFunction<Address, Timing, Connection> connect;

    ElectorKind(String title, Store store, Timing customary, BiFunction<Address, Timing, Connection> connect) {
        this.title = title;
        this.store = store;
        this.customary = customary;
        this.connect = connect;
    }

    /** The electors over {@code store}, this project's first. */
    public static List<ElectorKind> over(Store store) {
        return Arrays.stream(values()).filter(kind -> kind.store == store).toList();
    }

    /** As it calls itself. */
    public String title() {
        return title;
    }

    /** Where it keeps elections. */
    public Store store() {
        return store;
    }

    /** Whether it is this project's. */
    public boolean isOurs() {
        return this == OURS_ETCD || this == OURS_ZOOKEEPER || this == OURS_KUBERNETES || !isDefault();
    }

    /** Whether it runs as it does by default. */
    public boolean isDefault() {
        return this != OURS_ETCD_OBSERVED && this != OURS_ZOOKEEPER_OBSERVED;
    }

    /** Whether it looks for a free lease now and then instead of being told. */
    public boolean polls() {
        return this == FABRIC8 || this == CLIENT_JAVA;
    }

    /** The durations that electors over this store are compared at when a leader crashes. */
    public Timing crashTiming() {
        return customary;
    }

    /** The durations that it runs with otherwise: its defaults, or those of a session. */
    public Timing steadyTiming() {
        return isOurs() ? Timing.KUBERNETES : customary;
    }

    /** A client of its own. */
    public Connection connect(Address address, Timing timing) {
        return connect.apply(address, timing);
    }
}
