package io.github.leaderelection.lock.zookeeper;

import io.github.leaderelection.spi.LockDeniedException;
import io.github.leaderelection.spi.LockException;
import io.github.leaderelection.spi.LockIndeterminateException;
import io.github.leaderelection.spi.LockUnavailableException;
import java.net.ConnectException;
import java.util.Optional;
import java.util.concurrent.TimeoutException;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.KeeperException.Code;

/**
 * Says what the errors of ZooKeeper and Curator mean for a lock. The one place that knows them.
 *
 * <p>A write counts as surely not applied only if that is proven: it was never handed to a connection, or ZooKeeper answered
 * it with a refusal. A connection that is lost and a session that expires leave open what became of the requests on them.
 */
final class ZooKeeperErrors {

    private static final String REMEDY_OF_CONNECTION =
            "see whether ZooKeeper runs there, has a quorum, and speaks TLS if and only if TLS files are given";

    private final String place;
    private final String who;

    /**
     * Translates for one record.
     *
     * @param place what errors are about, for example {@code znode /a at 127.0.0.1:2181}
     * @param user the user in whose name requests are made, if any
     */
    ZooKeeperErrors(String place, Optional<String> user) {
        this.place = place;
        this.who = user.map(name -> "user '" + name + "'").orElse("a client without authentication");
    }

    /** What a failed read or watch means. */
    LockException ofRead(Throwable error) {
        if (isOfOlderServer(error)) {
            return tooOld(error);
        }
        if (isDenied(error)) {
            return denied("read", "READ", error);
        }
        return new LockUnavailableException(
                place + ": the record could not be read: " + detail(error) + "; " + remedy(error), error);
    }

    /** What a failed write means, given whether it surely never left this process. */
    LockException ofWrite(Throwable error, boolean surelyNotSent) {
        if (isDenied(error)) {
            return denied("write", "CREATE and WRITE", error);
        }
        if (surelyNotSent || isRefusal(error)) {
            return new LockUnavailableException(
                    place + ": the record was not written: " + detail(error) + "; " + remedy(error), error);
        }
        return new LockIndeterminateException(
                place + ": the record may have been written or not: " + detail(error) + "; read it to find out, and "
                        + remedy(error),
                error);
    }

    /**
     * What a failed write of the marker of a session means, given whether it surely never left this process.
     *
     * @param verb what the session was to be: opened, kept alive, or ended
     */
    LockException ofSession(String verb, Throwable error, boolean surelyNotSent) {
        if (isOfOlderServer(error)) {
            return tooOld(error);
        }
        if (isDenied(error)) {
            return new LockDeniedException(
                    place + ": " + who + " may not keep sessions there, and none was " + verb + ": " + detail(error)
                            + "; give them CREATE, READ, WRITE and DELETE in the ACL of that znode and of those below it"
                            + " (setAcl), or set leases to observed",
                    error);
        }
        if (surelyNotSent || isRefusal(error)) {
            return new LockUnavailableException(
                    place + ": no session was " + verb + ": " + detail(error) + "; " + remedy(error), error);
        }
        return new LockIndeterminateException(
                place + ": a session may have been " + verb + " or not: " + detail(error) + "; " + remedy(error),
                error);
    }

    /** The answer to every call of a lock that is closed. */
    LockUnavailableException closed() {
        return new LockUnavailableException(place + ": the lock is closed; open another one to go on");
    }

    /** The code in what came; {@link Code#SYSTEMERROR} if there is none. */
    static Code code(Throwable error) {
        return error instanceof KeeperException known ? known.code() : Code.SYSTEMERROR;
    }

    private static boolean isDenied(Throwable error) {
        return switch (code(error)) {
            case NOAUTH, AUTHFAILED, INVALIDACL, SESSIONCLOSEDREQUIRESASLAUTH -> true;
            default -> false;
        };
    }

    /** Whether ZooKeeper does not know such requests. The only ones here that some do not know set the watch of a marker. */
    private static boolean isOfOlderServer(Throwable error) {
        return code(error) == Code.UNIMPLEMENTED;
    }

    /** To ask again is in vain until somebody changes something, as with a denial. */
    private LockDeniedException tooOld(Throwable error) {
        return new LockDeniedException(
                place + ": to follow sessions there, ZooKeeper 3.6 or later is expected, but " + detail(error)
                        + " came, as older servers answer; upgrade all its servers, or set leases to observed for all"
                        + " candidates",
                error);
    }

    /** Whether ZooKeeper itself said no. What it could not say, and what we do not know, is no refusal. */
    private static boolean isRefusal(Throwable error) {
        return switch (code(error)) {
            case NONODE,
                    NODEEXISTS,
                    BADVERSION,
                    BADARGUMENTS,
                    UNIMPLEMENTED,
                    NOTREADONLY,
                    NOCHILDRENFOREPHEMERALS,
                    QUOTAEXCEEDED,
                    THROTTLEDOP -> true;
            default -> false;
        };
    }

    private LockDeniedException denied(String verb, String permission, Throwable error) {
        String remedy = code(error) == Code.AUTHFAILED
                ? "see that ZooKeeper knows this kind of authentication"
                : "see that user and password are right, or give them " + permission + " in the ACL there (setAcl)";
        return new LockDeniedException(
                place + ": " + who + " may not " + verb + " the record: " + detail(error) + "; " + remedy, error);
    }

    private static String remedy(Throwable error) {
        if (error instanceof TimeoutException) {
            return "see whether ZooKeeper and the network are well, or allow a longer request timeout";
        }
        if (error instanceof ConnectException) {
            return REMEDY_OF_CONNECTION;
        }
        return switch (code(error)) {
            case CONNECTIONLOSS, SESSIONEXPIRED, SESSIONMOVED, OPERATIONTIMEOUT -> REMEDY_OF_CONNECTION;
            case NONODE -> "see that the chroot of the connect string exists: create it with zkCli.sh";
            case QUOTAEXCEEDED -> "raise the quota there";
            default -> "see what ZooKeeper says about it in its log";
        };
    }

    private static String detail(Throwable error) {
        if (error instanceof KeeperException known) {
            return known.code().toString();
        }
        String message = error.getMessage();
        return message == null ? error.getClass().getSimpleName() : message;
    }
}
