package io.github.leaderelection.testservers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.leaderelection.testcalls.Eventually;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Three servers of ZooKeeper, and what can be done to them. */
class ZooKeeperClusterIT {

    private final ZooKeeperCluster cluster = ZooKeeperCluster.start();

    @AfterEach
    void close() {
        cluster.close();
    }

    private ZooKeeperServer member(int index) {
        return cluster.members().get(index);
    }

    private static void put(ZooKeeperServer member, String text) {
        try (ZooKeeperOnlooker onlooker = member.onlooker()) {
            onlooker.put("/key", text);
        }
    }

    /** A member may be a moment behind the others. */
    private static void assertHas(ZooKeeperServer member, String text) {
        try (ZooKeeperOnlooker onlooker = member.onlooker()) {
            Eventually.isTrue(
                    member.connectString() + " has '" + text + "'",
                    () -> onlooker.get("/key")
                            .filter(znode -> znode.text().equals(text))
                            .isPresent());
        }
    }

    @Test
    void whatOneMemberTakesTheOthersHave() {
        assertEquals(3, cluster.connectString().split(",", -1).length);
        put(member(0), "value");
        cluster.members().forEach(member -> assertHas(member, "value"));
    }

    @Test
    void oneMemberMayGoWhicheverItIsAndComesBackWithWhatItMissed() {
        ZooKeeperServer leader = cluster.leader().orElseThrow();
        leader.kill();
        Eventually.isTrue(
                "another one leads",
                () -> cluster.leader().filter(next -> next != leader).isPresent());
        put(cluster.leader().orElseThrow(), "value");
        leader.restart();
        assertHas(leader, "value");
        leader.pause();
        leader.resume();
        assertThrows(IllegalStateException.class, leader::restartEmpty);
    }

    @Test
    void oneMemberAloneHasNoLeaderUntilTheOthersAreBack() {
        put(member(2), "value");
        member(0).kill();
        member(1).kill();
        Eventually.isTrue("the last one notices", () -> cluster.leader().isEmpty());
        cluster.restart();
        assertTrue(cluster.leader().isPresent());
        assertHas(member(0), "value");
    }
}
