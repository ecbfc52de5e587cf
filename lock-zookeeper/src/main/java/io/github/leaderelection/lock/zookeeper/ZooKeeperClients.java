package io.github.leaderelection.lock.zookeeper;

import io.github.leaderelection.TlsConfig;
import io.github.leaderelection.spi.Excerpt;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.regex.Pattern;
import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.framework.CuratorFrameworkFactory;
import org.apache.curator.retry.RetryNTimes;
import org.apache.curator.utils.DefaultZookeeperFactory;
import org.apache.zookeeper.Watcher;
import org.apache.zookeeper.ZooKeeper;
import org.apache.zookeeper.client.ConnectStringParser;
import org.apache.zookeeper.client.ZKClientConfig;
import org.apache.zookeeper.common.PathUtils;
import org.jspecify.annotations.Nullable;

/** Makes Curator's client from the settings of a builder, and refuses settings that make no sense. */
final class ZooKeeperClients {

    private static final Pattern HOST = Pattern.compile("([\\w.-]+|\\[[0-9a-fA-F:.]+])(:\\d{1,5})?");

    private final CuratorFrameworkFactory.Builder builder;
    private final @Nullable TlsStores stores;

    ZooKeeperClients(
            @Nullable String connectString,
            @Nullable String user,
            @Nullable String password,
            @Nullable TlsConfig tls,
            Duration sessionTimeout,
            Duration connectionTimeout) {
        builder = CuratorFrameworkFactory.builder()
                .connectString(checked(connectString))
                .sessionTimeoutMs((int) sessionTimeout.toMillis())
                .connectionTimeoutMs((int) connectionTimeout.toMillis())
                .retryPolicy(new RetryNTimes(0, 0)) // requests go past Curator
                .ensembleTracker(false);
        if (user != null && password != null) {
            if (user.isEmpty() || user.contains(":") || password.isEmpty()) {
                throw new IllegalArgumentException("digestAuth needs a user, without a colon, and a password, neither"
                        + " empty; leave it out for none");
            }
            builder.authorization("digest", (user + ":" + password).getBytes(StandardCharsets.UTF_8));
        }
        stores = tls == null ? null : new TlsStores(tls);
    }

    private static String checked(@Nullable String connectString) {
        if (connectString == null || connectString.isBlank()) {
            throw new IllegalArgumentException(
                    "connectString is missing: say where ZooKeeper is, for example 127.0.0.1:2181");
        }
        if (connectString.contains("://") || connectString.contains("@")) {
            throw wrong(connectString, null);
        }
        String[] hostsAndChroot = connectString.trim().split("/", 2);
        for (String host : hostsAndChroot[0].split(",", -1)) {
            if (!HOST.matcher(host.trim()).matches()) {
                throw wrong(connectString, null);
            }
        }
        if (hostsAndChroot.length == 2) {
            try {
                PathUtils.validatePath("/" + hostsAndChroot[1]);
            } catch (IllegalArgumentException noPath) {
                throw wrong(connectString, noPath);
            }
        }
        try {
            new ConnectStringParser(connectString.trim());
        } catch (IllegalArgumentException refused) { // a port that is none
            throw wrong(connectString, refused);
        }
        return connectString.trim();
    }

    private static IllegalArgumentException wrong(String text, @Nullable Exception cause) {
        String shown = text.contains("@") ? "one with an '@' in it" : "'" + Excerpt.of(text) + "'";
        return new IllegalArgumentException(
                "connectString must look like 10.0.0.1:2181,10.0.0.2:2181/chroot, but came " + shown, cause);
    }

    /** Begins to connect. */
    CuratorFramework start() {
        TlsStores files = stores;
        if (files != null) {
            builder.zkClientConfig(files.configuration()).zookeeperFactory(new RefreshingFactory(files));
        }
        CuratorFramework client = builder.build();
        client.start();
        return client;
    }

    /** Ends what {@link #start} began. */
    void close(CuratorFramework client) {
        client.close();
        if (stores != null) {
            try {
                stores.close();
            } catch (IOException left) {
                throw new UncheckedIOException("the temporary TLS files could not be deleted", left);
            }
        }
    }

    /** Each session begins with the certificates as they are then. */
    private static final class RefreshingFactory extends DefaultZookeeperFactory {
        private final TlsStores stores;

        RefreshingFactory(TlsStores stores) {
            this.stores = stores;
        }

        @Override
        public ZooKeeper newZooKeeper(
                String connectString, int sessionTimeout, Watcher watcher, boolean canBeReadOnly, ZKClientConfig config)
                throws Exception {
            stores.refresh();
            return super.newZooKeeper(connectString, sessionTimeout, watcher, canBeReadOnly, config);
        }
    }
}
