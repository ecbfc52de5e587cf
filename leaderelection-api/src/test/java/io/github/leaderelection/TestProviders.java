package io.github.leaderelection;

import io.github.leaderelection.spi.LockSettings;
import io.github.leaderelection.spi.ResourceLock;
import io.github.leaderelection.spi.ResourceLockProvider;
import io.github.leaderelection.spi.SettingKey;
import java.util.List;

/** Providers that tests declare as services. Public, because ServiceLoader makes them. */
final class TestProviders {

    private TestProviders() {}

    /** Opens fake locks. */
    abstract static class Fake implements ResourceLockProvider {
        private final String name;
        private final List<SettingKey> keys;

        Fake(String name, SettingKey... keys) {
            this.name = name;
            this.keys = List.of(keys);
        }

        @Override
        public String name() {
            return name;
        }

        @Override
        public List<SettingKey> keys() {
            return keys;
        }

        @Override
        public ResourceLock open(LockSettings settings) {
            return FakeLock.opened(settings);
        }
    }

    public static final class Etcd extends Fake {
        public Etcd() {
            super(
                    "etcd",
                    SettingKey.of("endpoints", "comma-separated"),
                    SettingKey.of("tls-directory", "with client.pem, client-key.pem and ca.pem"),
                    SettingKey.secret("password", "for the user"));
        }
    }

    public static final class OtherEtcd extends Fake {
        public OtherEtcd() {
            super("etcd");
        }
    }

    public static final class KubernetesLease extends Fake {
        public KubernetesLease() {
            super("kubernetes-lease", SettingKey.of("lease.namespace", "of the Lease"));
        }
    }

    public static final class Mine extends Fake {
        public Mine() {
            super("mine", SettingKey.of("table", "of the record"));
        }
    }

    /** Two of its keys are one as a variable. */
    public static final class Ambiguous extends Fake {
        public Ambiguous() {
            super("ambiguous", SettingKey.of("x-y", "one"), SettingKey.of("x.y", "the other"));
        }
    }

    public static final class Misnamed extends Fake {
        public Misnamed() {
            super("My.Lock");
        }
    }

    public static final class Faulty extends Fake {
        public Faulty() {
            super("faulty");
            throw new IllegalStateException("the driver is missing");
        }
    }

    /** Refuses all settings. */
    public static final class Picky extends Fake {
        public Picky() {
            super("picky");
        }

        @Override
        public ResourceLock open(LockSettings settings) {
            throw new IllegalArgumentException("never good enough");
        }
    }
}
