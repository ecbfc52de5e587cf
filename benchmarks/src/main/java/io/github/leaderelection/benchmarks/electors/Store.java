package io.github.leaderelection.benchmarks.electors;

/** Where an election is kept. */
public enum Store {
    ETCD("etcd"),
    ZOOKEEPER("ZooKeeper"),
    KUBERNETES("kube-apiserver");

    private final String title;

    Store(String title) {
        this.title = title;
    }

    /** As it calls itself. */
    public String title() {
        return title;
    }
}
