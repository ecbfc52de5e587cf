package io.github.leaderelection;

import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;

/** Finds what somebody meant who wrote something that is not known. */
final class Spelling {

    /** Three slips of the finger; more than that is another word. */
    private static final int SLIPS_MAX = 3;

    private Spelling() {}

    /** " (did you mean X?)" with the nearest of {@code known}, or nothing if none is near; case does not matter. */
    static String hint(String written, Collection<String> known) {
        return nearest(written, known)
                .map(near -> " (did you mean " + near + "?)")
                .orElse("");
    }

    private static Optional<String> nearest(String written, Collection<String> known) {
        String lower = written.toLowerCase(Locale.ROOT);
        return known.stream()
                // Each letter too many or too few is a slip; and what comes from outside may be of any length.
                .filter(candidate -> Math.abs(candidate.length() - lower.length()) <= SLIPS_MAX)
                .filter(candidate -> slips(lower, candidate) <= Math.min(SLIPS_MAX, candidate.length() / 2))
                .min(Comparator.<String>comparingInt(candidate -> slips(lower, candidate))
                        .thenComparing(Comparator.naturalOrder()));
    }

    /** The Levenshtein distance: letters put in, left out or taken for another. */
    private static int slips(String lower, String candidate) {
        String other = candidate.toLowerCase(Locale.ROOT);
        int[] previous = new int[other.length() + 1];
        for (int column = 0; column <= other.length(); column++) {
            previous[column] = column;
        }
        for (int row = 1; row <= lower.length(); row++) {
            int[] current = new int[other.length() + 1];
            current[0] = row;
            for (int column = 1; column <= other.length(); column++) {
                int taken = lower.charAt(row - 1) == other.charAt(column - 1) ? 0 : 1;
                current[column] =
                        Math.min(previous[column - 1] + taken, Math.min(previous[column], current[column - 1]) + 1);
            }
            previous = current;
        }
        return previous[other.length()];
    }
}
