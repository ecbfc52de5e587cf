package io.github.leaderelection.lock.zookeeper;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** When two versions stand for one write, also if ZooKeeper lost its data in between and counts from the beginning. */
class ZooKeeperVersionTests {

    private static ZooKeeperVersion version(long zxid, Optional<String> incarnation, String document) {
        return new ZooKeeperVersion(zxid, 1, incarnation, bytes(document));
    }

    @Test
    void versionsOfOneWriteAreEqual() {
        Optional<String> incarnation = Optional.of(RecordWrite.newIncarnation());
        ZooKeeperVersion version = version(7, incarnation, "one");
        ZooKeeperVersion again = version(7, incarnation, "other");
        assertEquals(version, again);
        assertEquals(version.hashCode(), again.hashCode());
    }

    @Test
    void versionsOfTwoIncarnationsDifferThoughTheirZxidsAreEqual() {
        Optional<String> incarnation = Optional.of(RecordWrite.newIncarnation());
        ZooKeeperVersion version = version(7, incarnation, "one");
        assertNotEquals(version, version(7, Optional.of(RecordWrite.newIncarnation()), "one"));
        assertNotEquals(version, version(7, Optional.empty(), "one"));
        assertNotEquals(version, version(8, incarnation, "one"));
    }

    /** What a watch has told is not told again; what only has its zxid is. */
    @Test
    void whatIsFoundIsTheSameIfItsBytesAreToo() {
        RecordRead.Found found = new RecordRead.Found(bytes("one"), 7, 1);
        assertEquals(found, new RecordRead.Found(bytes("one"), 7, 1));
        assertEquals(found.hashCode(), new RecordRead.Found(bytes("one"), 7, 1).hashCode());
        assertNotEquals(found, new RecordRead.Found(bytes("two"), 7, 1));
        assertNotEquals(found, new RecordRead.Found(bytes("one"), 8, 1));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
