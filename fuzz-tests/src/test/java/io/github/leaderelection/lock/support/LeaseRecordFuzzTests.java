package io.github.leaderelection.lock.support;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;
import io.github.leaderelection.LeaderElectionRecord;
import io.github.leaderelection.fuzz.Refusal;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/** Any record that is to be written. */
class LeaseRecordFuzzTests {

    private final LeaseCodec codec = new LeaseCodec("a", "b", "etcd key /b/a");

    @FuzzTest
    void aRecordIsReadAsItWasWrittenOrIsRefused(FuzzedDataProvider data) {
        LeaderElectionRecord record = Refusal.orRead(
                        IllegalArgumentException.class,
                        () -> new LeaderElectionRecord(
                                data.consumeString(100),
                                Duration.ofSeconds(data.consumeLong(), data.consumeBoolean() ? data.consumeInt() : 0),
                                time(data),
                                time(data),
                                data.consumeInt()))
                .orElse(null);
        if (record == null) {
            return;
        }
        DecodedLease document = codec.blank()
                .withMetadata(data.consumeString(20), Map.of(data.consumeString(20), data.consumeString(20)))
                .withMetadata("uid", data.consumeString(20));
        byte[] written = Refusal.orRead(IllegalArgumentException.class, () -> codec.encode(record, document))
                .orElse(null);
        if (written == null) {
            return;
        }
        DecodedLease read = codec.decode(written);
        if (record.hasHolder()) {
            assertEquals(record, read.record());
        }
        assertEquals(document.metadata("uid"), read.metadata("uid"));
        assertEquals(record.holderIdentity(), read.record().holderIdentity());
        assertEquals(record.acquireTime(), read.record().acquireTime());
        assertEquals(record.renewTime(), read.record().renewTime());
        assertEquals(record.leaderTransitions(), read.record().leaderTransitions());
    }

    private static Optional<Instant> time(FuzzedDataProvider data) {
        return switch (data.consumeInt(0, 3)) {
            case 0 -> Optional.empty();
            case 1 -> Optional.of(Instant.ofEpochSecond(data.consumeInt(), data.consumeInt()));
            case 2 -> Optional.of(Instant.ofEpochMilli(data.consumeLong()));
            default ->
                Optional.of(Instant.ofEpochSecond(
                        data.consumeLong(Instant.MIN.getEpochSecond(), Instant.MAX.getEpochSecond())));
        };
    }
}
