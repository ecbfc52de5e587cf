package io.github.leaderelection.lock.zookeeper;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import io.github.leaderelection.lock.support.DecodedLease;
import io.github.leaderelection.lock.support.LeaseCodec;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/** When two versions stand for one write, also if ZooKeeper lost its data in between and counts from the beginning. */
class ZooKeeperVersionTests {

    private final DecodedLease blank = new LeaseCodec("demo", "/leaderelection", "znode /a").blank();
    private final DecodedLease document = RecordWrite.newIncarnation(blank);

    @Test
    void versionsOfOneWriteAreEqual() {
        ZooKeeperVersion version = new ZooKeeperVersion(7, 1, document);
        ZooKeeperVersion again = new ZooKeeperVersion(7, 1, document.withMetadata("name", "changes nothing"));
        assertEquals(version, again);
        assertEquals(version.hashCode(), again.hashCode());
    }

    @Test
    void versionsOfTwoIncarnationsDifferThoughTheirZxidsAreEqual() {
        ZooKeeperVersion version = new ZooKeeperVersion(7, 1, document);
        assertNotEquals(version, new ZooKeeperVersion(7, 1, RecordWrite.newIncarnation(blank)));
        assertNotEquals(version, new ZooKeeperVersion(7, 1, blank));
        assertNotEquals(version, new ZooKeeperVersion(8, 1, document));
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
