package io.github.leaderelection.it;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.leaderelection.cli.EventLine;
import io.github.leaderelection.cli.EventLine.Event;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * A tenure as its candidate told it, on the wall clock that all processes of the machine share.
 *
 * @param candidate who led
 * @param token the fencing token
 * @param beginMillis when STARTED was printed
 * @param endMillis when STOPPED was printed, or the process was killed; {@link Long#MAX_VALUE} if it leads on
 * @param reason what STOPPED said; empty if it was not printed
 */
record Tenure(CandidateProcess candidate, long token, long beginMillis, long endMillis, String reason) {

    /** All tenures of these candidates, in the order in which they began. */
    static List<Tenure> of(List<CandidateProcess> candidates) {
        List<Tenure> tenures = new ArrayList<>();
        for (CandidateProcess candidate : candidates) {
            List<EventLine> events = candidate.events();
            for (EventLine line : events) {
                if (line.event() == Event.STARTED) {
                    tenures.add(of(candidate, line, events));
                }
            }
        }
        tenures.sort(Comparator.comparingLong(Tenure::beginMillis).thenComparingLong(Tenure::token));
        return List.copyOf(tenures);
    }

    private static Tenure of(CandidateProcess candidate, EventLine started, List<EventLine> events) {
        long killed = candidate.killedMillis();
        return events.stream()
                .filter(line -> line.event() == Event.STOPPED && line.token() == started.token())
                .findFirst()
                .map(stopped -> new Tenure(
                        candidate,
                        started.token(),
                        started.unixMillis(),
                        stopped.unixMillis(),
                        stopped.field("reason")))
                .orElseGet(() -> new Tenure(
                        candidate, started.token(), started.unixMillis(), killed == 0 ? Long.MAX_VALUE : killed, ""));
    }

    /** No two overlap, and tokens grow. For processes that were not paused: a paused one prints its end late. */
    static void assertOrdered(List<Tenure> tenures) {
        for (int i = 1; i < tenures.size(); i++) {
            Tenure earlier = tenures.get(i - 1);
            Tenure later = tenures.get(i);
            assertTrue(earlier.endMillis() <= later.beginMillis(), "two lead at once: " + tenures);
            assertTrue(earlier.token() < later.token(), "tokens do not grow: " + tenures);
        }
    }

    @Override
    public String toString() {
        return candidate.id() + " token " + token + " from " + beginMillis + " to "
                + (endMillis == Long.MAX_VALUE ? "now" : endMillis + " " + reason);
    }
}
