package io.github.leaderelection.lock.support;

import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;

import io.github.leaderelection.LeaderElectionRecord;
import io.github.leaderelection.Successor;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class PreparedLeaseTests {

    private final LeaseCodec codec = new LeaseCodec("demo", "leaders", "a place");
    private final LeaderElectionRecord held = new LeaderElectionRecord(
            "a", Duration.ofSeconds(15), Optional.empty(), Optional.empty(), 0, Optional.of("7f"));
    private final LeaderElectionRecord entered =
            held.withSuccessor(Optional.of(new Successor("b", Duration.ofSeconds(15), "80", "claim")));
    private final PreparedLease prepared = new PreparedLease("a");

    private DecodedLease decoded(LeaderElectionRecord record) {
        return codec.decode(codec.encode(record));
    }

    @Test
    void whatTheLeaderWillWriteUponIsDecodedOnce() {
        DecodedLease lease = decoded(entered);
        prepared.note("its bytes", lease);
        assertSame(lease, prepared.of("its bytes", () -> decoded(held)));
    }

    @Test
    void anotherDocumentIsDecodedWhenItIsNeeded() {
        DecodedLease lease = decoded(entered);
        prepared.note(new Object(), lease);
        assertNotSame(lease, prepared.of(new Object(), () -> decoded(held)));
    }

    @Test
    void nothingIsKeptWhereNobodyStandsByOrAnotherOneLeads() {
        Object source = new Object();
        DecodedLease alone = decoded(held);
        prepared.note(source, alone);
        assertNotSame(alone, prepared.of(source, () -> decoded(held)));

        DecodedLease others = decoded(entered);
        PreparedLease onlooker = new PreparedLease("c");
        onlooker.note(source, others);
        assertNotSame(others, onlooker.of(source, () -> decoded(held)));
    }

    @Test
    void whatWasKeptGoesWithTheSuccessor() {
        Object source = new Object();
        DecodedLease lease = decoded(entered);
        prepared.note(source, lease);
        prepared.note(new Object(), decoded(held));
        assertNotSame(lease, prepared.of(source, () -> decoded(held)));
    }
}
