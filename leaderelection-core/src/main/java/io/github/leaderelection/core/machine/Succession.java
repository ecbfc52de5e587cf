package io.github.leaderelection.core.machine;

import io.github.leaderelection.LeaderElectionRecord;
import io.github.leaderelection.Successor;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * This candidate as the successor of whoever leads by a session: it enters itself in the record, and the leader's last write makes
 * it the holder. A tenure that began so is known by its claim, which no other elector gives.
 */
final class Succession {

    /** Candidates of one election, at most, for which pauses do well; more come to no harm but refused writes. */
    private static final double CROWD = 1000;

    /** To a whole retry period. */
    private static final int DOUBLINGS_MOST = 4;

    private final MachineSettings settings;
    private final RandomGenerator random;
    /** How all claims of this elector begin; empty before the first. */
    private String ownClaims = "";

    private int claims;
    /** As what this candidate is entered in the record that is known, or will be if a write that is open arrives yet. */
    private @Nullable Successor standing;

    private boolean entered;
    private long sinceNanos;
    private long pauseNanos;
    private long enterAtNanos;
    /** Its entry was refused since the last time that nobody was entered. */
    private boolean outrun;
    /** How often the window has been doubled. */
    private int doublings;
    /** The session of a successor of ours that has ended. */
    private @Nullable String ended;

    Succession(MachineSettings settings, RandomGenerator random) {
        this.settings = settings;
        this.random = random;
    }

    /** Whether the leader may hand over to this candidate, as far as is known. */
    boolean isStanding() {
        return standing != null;
    }

    /** Whether the record that is known names this candidate as the successor. */
    boolean isEntered() {
        return entered;
    }

    /** What to enter; the same again while an earlier try may arrive yet. */
    Successor stand(String session, long nowNanos) {
        if (standing == null) {
            sinceNanos = nowNanos;
            if (ownClaims.isEmpty()) {
                ownClaims = HexFormat.of().toHexDigits(random.nextLong()) + '-';
            }
            Duration lease = Duration.ofNanos(settings.leaseNanos());
            standing = new Successor(settings.identity(), lease, session, ownClaims + claims++);
        }
        return standing;
    }

    /** When this candidate first tried to enter itself in the record that it stands, or last stood, by. */
    long sinceNanos() {
        return sinceNanos;
    }

    /** Whether the leader has handed over to this candidate. */
    boolean isHandedOver(LeaderElectionRecord record) {
        return standing != null
                && record.claim().equals(Optional.of(standing.claim()))
                && record.session().equals(Optional.of(standing.session()));
    }

    /** Whether that was handed over to this elector, now or once. */
    boolean isOurs(LeaderElectionRecord record) {
        return !ownClaims.isEmpty()
                && record.claim().filter(claim -> claim.startsWith(ownClaims)).isPresent();
    }

    /** Another version is known, so that all writes upon those before are void. */
    void learned(@Nullable LeaderElectionRecord record, long nowNanos) {
        entered = standing != null && record != null && record.successor().equals(Optional.of(standing));
        if (!entered) {
            standing = null;
        }
        if (settings.sessions() && record != null && record.session().isPresent()) {
            if (isVacant(record)) {
                doublings = outrun ? Math.min(doublings + 1, DOUBLINGS_MOST) : Math.max(doublings - 1, 0);
                outrun = false;
            }
            pauseNanos = drawPause();
            enterAtNanos = nowNanos + pauseNanos;
        }
    }

    /**
     * Short pauses are rare, and longer ones ever less so: their likelihood grows by a factor of {@link #CROWD} over the window.
     * So the first of many is as much ahead of the second as is the first of a few, and much sooner; nobody has to know
     * how many there are. The distribution is that of Sift, a protocol for sensors that share a channel. How long it takes until the
     * others are shown who was first is not known either: the window is doubled while entries are refused, and halved while they are not.
     */
    private long drawPause() {
        double drawn = Math.log1p(random.nextDouble() * (CROWD - 1)) / Math.log(CROWD);
        return (long) (drawn * (settings.entryNanos() << doublings));
    }

    /** Somebody else has entered before. */
    void outrun() {
        outrun = true;
    }

    /** For how long this candidate lets another one go first, which is the successor. */
    long pauseNanos() {
        return pauseNanos;
    }

    /** Whether a candidate may enter itself. */
    boolean isVacant(LeaderElectionRecord record) {
        return settings.sessions()
                && record.session().isPresent()
                && record.successor().isEmpty();
    }

    /** Of many candidates one enters itself, and the others are shown that before their pause is over. */
    long enterAtNanos() {
        return enterAtNanos;
    }

    /** The session is over for which this candidate was entered: nothing can be handed over to that. */
    void forget() {
        standing = null;
        entered = false;
    }

    /** That session has ended; if it was that of the successor, there is nobody to hand over to. */
    void ended(Successor next, String session) {
        if (next.session().equals(session)) {
            ended = session;
        }
    }

    boolean hasEnded(@Nullable String session) {
        return session != null && session.equals(ended);
    }

    /** Whether both are one tenure's; whoever is entered as its successor. */
    static boolean isSameTenure(LeaderElectionRecord one, @Nullable LeaderElectionRecord other) {
        return other != null && one.withSuccessor(Optional.empty()).equals(other.withSuccessor(Optional.empty()));
    }
}
