package io.github.leaderelection.examples.jdbc;

import io.github.leaderelection.spi.LockDeniedException;
import io.github.leaderelection.spi.LockException;
import io.github.leaderelection.spi.LockIndeterminateException;
import io.github.leaderelection.spi.LockUnavailableException;
import io.github.leaderelection.spi.MalformedRecordException;
import java.sql.SQLException;
import java.util.Set;

/**
 * Says what a failure means for a lock. The one place that knows the states of SQL.
 *
 * @param place what errors are about, for example {@code row 'demo' of table leaderelection}
 */
record JdbcErrors(String place) {

    /** What a database answers to a statement for want of rights: as the standard has it, and as H2 has it. */
    private static final Set<String> DENIED = Set.of("42501", "90096");

    /** What a failure means, given whether it came after the point from which on a write may be applied. */
    LockException of(SQLException failure, boolean mayBeApplied) {
        if (isDenied(failure, mayBeApplied)) {
            return new LockDeniedException(
                    place + ": this user may not read or write the record: " + detail(failure)
                            + "; see that user and password are right, or grant it SELECT, INSERT and UPDATE there",
                    failure);
        }
        if (mayBeApplied) {
            return new LockIndeterminateException(
                    place + ": the record may have been written or not: " + detail(failure) + "; read it to find out",
                    failure);
        }
        return new LockUnavailableException(
                place + ": the record could not be reached: " + detail(failure)
                        + "; see whether the database runs and has the tables of the lock",
                failure);
    }

    /**
     * A pool wraps what the database said, so that the whole chain is asked, and class 28 is a login that failed. But once a
     * write may be applied, both may tell of a driver's attempt to reconnect, and only an answer to the statement counts.
     */
    private static boolean isDenied(SQLException failure, boolean mayBeApplied) {
        if (mayBeApplied) {
            return DENIED.contains(state(failure));
        }
        for (Throwable link : failure) {
            if (state(link).startsWith("28") || DENIED.contains(state(link))) {
                return true;
            }
        }
        return false;
    }

    private static String state(Throwable link) {
        return link instanceof SQLException known ? String.valueOf(known.getSQLState()) : "";
    }

    /** No answer came, and none is waited for any more. Whether a write was sent is not known: it may be on its way. */
    LockException unanswered(boolean write, String when) {
        String message = place + ": no answer " + when;
        return write
                ? new LockIndeterminateException(message + "; the record may be written yet: read it to find out")
                : new LockUnavailableException(message + "; see whether the database and the network are well");
    }

    LockUnavailableException closed() {
        return new LockUnavailableException(place + ": the lock is closed; open another one to go on");
    }

    LockUnavailableException busy() {
        return new LockUnavailableException(
                place + ": so many calls wait for the database that this one was not sent; see "
                        + "whether the database and the network are well");
    }

    MalformedRecordException malformed() {
        return new MalformedRecordException(place + ": expected a holder that is not null, and lease_millis and "
                + "transitions of zero or more; the row is left as it is: see who wrote it, and delete it");
    }

    private static String detail(SQLException failure) {
        String message = failure.getMessage();
        return message == null
                ? failure.getClass().getSimpleName()
                : message.lines().findFirst().orElse(message);
    }
}
