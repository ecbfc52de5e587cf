package io.github.leaderelection.testservers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.leaderelection.testcalls.Eventually;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Three members of etcd, and what can be done to them. */
class EtcdClusterIT {

    private final EtcdCluster cluster = EtcdCluster.start();

    @AfterEach
    void close() {
        cluster.close();
    }

    private EtcdServer member(int index) {
        return cluster.members().get(index);
    }

    @Test
    void whatOneMemberTakesTheOthersHave() {
        assertEquals(3, cluster.endpoints().stream().distinct().count());
        member(0).put("key", "value");
        for (EtcdServer member : cluster.members()) {
            assertEquals("value", member.get("key").orElseThrow().text());
        }
    }

    @Test
    void oneMemberMayGoWhicheverItIsAndComesBackWithWhatItMissed() {
        EtcdServer leader = cluster.leader().orElseThrow();
        leader.kill();
        Eventually.isTrue(
                "another one leads",
                () -> cluster.leader().filter(next -> next != leader).isPresent());
        cluster.leader().orElseThrow().put("key", "value");
        leader.restart();
        assertEquals("value", leader.get("key").orElseThrow().text());
        leader.pause();
        leader.resume();
        assertThrows(IllegalStateException.class, leader::restartEmpty);
    }

    @Test
    void oneMemberAloneHasNoLeaderUntilTheOthersAreBack() {
        member(2).put("key", "value");
        member(0).kill();
        member(1).kill();
        Eventually.isTrue("the last one notices", () -> cluster.leader().isEmpty());
        cluster.restart();
        assertTrue(cluster.leader().isPresent());
        assertEquals("value", member(0).get("key").orElseThrow().text());
    }
}
