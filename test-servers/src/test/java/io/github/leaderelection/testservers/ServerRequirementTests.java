package io.github.leaderelection.testservers;

import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.opentest4j.AssertionFailedError;
import org.opentest4j.TestAbortedException;

/** What a missing server does to a test. */
class ServerRequirementTests {

    private final String before = System.getProperty(ServerRequirement.PROPERTY, "false");

    @BeforeEach
    void serversAreOptional() {
        System.setProperty(ServerRequirement.PROPERTY, "false");
    }

    @AfterEach
    void asBefore() {
        System.setProperty(ServerRequirement.PROPERTY, before);
    }

    @Test
    void theTestIsSkippedWithTheReason() {
        assertThrows(TestAbortedException.class, () -> ServerRequirement.missing("no etcd"));
    }

    @Test
    void theTestFailsWhereServersAreRequired() {
        System.setProperty(ServerRequirement.PROPERTY, "true");
        assertThrows(AssertionFailedError.class, () -> ServerRequirement.missing("no etcd"));
    }
}
