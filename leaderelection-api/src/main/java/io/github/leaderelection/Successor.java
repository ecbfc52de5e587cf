package io.github.leaderelection;

import java.time.Duration;
import java.util.Objects;

/**
 * A candidate that has entered itself in the record of another's tenure, to be handed the election when that ends in order: the
 * leader's last write makes it the holder, so that no write of its own has to follow.
 *
 * @param holderIdentity the identity of the candidate; not empty
 * @param leaseDuration the lease that it will declare; positive
 * @param session the session of its client, by which it will hold the record; not blank
 * @param claim a random text that nobody else knows before, by which it will know the record for its own; not blank
 */
public record Successor(String holderIdentity, Duration leaseDuration, String session, String claim) {

    /**
     * Checks the fields.
     *
     * @throws IllegalArgumentException if a text is blank, or the lease is not positive
     */
    public Successor {
        Objects.requireNonNull(leaseDuration, "leaseDuration");
        if (holderIdentity.isEmpty() || session.isBlank() || claim.isBlank()) {
            throw new IllegalArgumentException("a successor has an identity, a session and a claim, but these are '"
                    + holderIdentity + "', '" + session + "' and '" + claim + "'");
        }
        if (leaseDuration.isNegative() || leaseDuration.isZero()) {
            throw new IllegalArgumentException("leaseDuration must be positive, but is " + leaseDuration);
        }
    }
}
