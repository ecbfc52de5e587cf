package io.github.leaderelection.testservers;

import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Assumptions;

/** What happens to a test whose server cannot be had: it is skipped, or fails where servers are required. */
final class ServerRequirement {

    /** The system property that turns such skips into failures. */
    static final String PROPERTY = "leaderelection.requireServers";

    private ServerRequirement() {}

    /** Ends the running test for {@code reason}; never returns. */
    static <T> T missing(String reason) {
        if (Boolean.getBoolean(PROPERTY)) {
            return Assertions.fail(reason + " (a failure and no skip, because " + PROPERTY + " is true)");
        }
        return Assumptions.abort(reason);
    }
}
