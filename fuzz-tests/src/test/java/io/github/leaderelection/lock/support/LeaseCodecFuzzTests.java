package io.github.leaderelection.lock.support;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.code_intelligence.jazzer.junit.FuzzTest;
import com.google.gson.JsonObject;
import io.github.leaderelection.LeaderElectionRecord;
import io.github.leaderelection.fuzz.Refusal;
import io.github.leaderelection.spi.MalformedRecordException;
import java.io.IOException;
import java.time.Duration;
import java.util.List;

/** Any bytes that stand where a record should. */
class LeaseCodecFuzzTests {

    private static final List<String> OURS =
            List.of("holderIdentity", "leaseDurationSeconds", "acquireTime", "renewTime", "leaseTransitions");

    private final LeaseCodec codec = new LeaseCodec("a", "b", "etcd key /b/a");

    @FuzzTest
    void bytesAreARecordThatSurvivesItsRewritingOrAreRefused(byte[] bytes) throws IOException {
        DecodedLease lease = Refusal.orRead(MalformedRecordException.class, () -> codec.decode(bytes))
                .orElse(null);
        if (lease == null) {
            return;
        }
        LeaderElectionRecord record = lease.record();
        if (record.leaseDuration().isZero()) { // which is read, and waited out, but never written
            record = new LeaderElectionRecord(
                    record.holderIdentity(),
                    Duration.ofSeconds(1),
                    record.acquireTime(),
                    record.renewTime(),
                    record.leaderTransitions());
        }
        byte[] rewritten = codec.encode(record, lease);
        DecodedLease again = codec.decode(rewritten);
        assertEquals(record, again.record());
        assertEquals(unknown(lease.copyOfDocument()), unknown(again.copyOfDocument()), "fields of others");
        assertArrayEquals(rewritten, codec.encode(record, again));
    }

    private static JsonObject unknown(JsonObject document) {
        OURS.forEach(document.getAsJsonObject("spec")::remove);
        return document;
    }
}
