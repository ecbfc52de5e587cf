package io.github.leaderelection.lock.etcd;

import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.KV;
import io.etcd.jetcd.kv.GetResponse;
import io.etcd.jetcd.options.GetOption;
import io.etcd.jetcd.options.WatchOption;
import io.github.leaderelection.lock.support.RecordKey;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * The keys that one stream tells of.
 *
 * @param key the key itself, or what all of them begin with
 * @param prefix whether they are all that begin so
 */
record EtcdRange(ByteSequence key, boolean prefix) {

    /** One key alone. */
    static EtcdRange of(ByteSequence key) {
        return new EtcdRange(key, false);
    }

    /**
     * All that is below the prefix of elections. Empty if that is all that etcd holds, or may be: a client is not to be told
     * of what others keep there.
     */
    static Optional<EtcdRange> below(String prefix) {
        String key = RecordKey.of(prefix, "x");
        String below = key.substring(0, key.length() - 1);
        return below.isEmpty() || below.equals("/")
                ? Optional.empty()
                : Optional.of(new EtcdRange(ByteSequence.from(below, StandardCharsets.UTF_8), true));
    }

    /** Whether that key is among them. */
    boolean contains(ByteSequence other) {
        return prefix ? other.startsWith(key) : other.equals(key);
    }

    /** A watch from the present on. */
    WatchOption watchFromNow() {
        return WatchOption.builder()
                .isPrefix(prefix)
                .withCreateNotify(true)
                .withProgressNotify(true)
                .withRequireLeader(true)
                .build();
    }

    /** A read that demands the rights that the watch demands, and brings as little as can be. */
    CompletableFuture<GetResponse> touch(KV kv) {
        return kv.get(
                key,
                GetOption.builder()
                        .isPrefix(prefix)
                        .withLimit(1)
                        .withKeysOnly(true)
                        .build());
    }
}
