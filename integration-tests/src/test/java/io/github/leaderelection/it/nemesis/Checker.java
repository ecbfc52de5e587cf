package io.github.leaderelection.it.nemesis;

import io.github.leaderelection.it.nemesis.Violation.Kind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;

/**
 * Decides over a history. Looks at nothing but the entries that it is given, in the order in which they were recorded. Each
 * process has a clock of its own, of which only bounds are known: an instant of a process is an interval on the register's
 * clock, and whatever is called a violation is one wherever in those intervals the instants lay.
 *
 * <p>Keeps what it knows of each tenure and each process, a few hundred bytes, and nothing of single writes. One thread at a
 * time.
 */
final class Checker {

    private static final int VIOLATIONS_KEPT = 100;

    private final long leaderlessMax;
    private final Map<String, OwnClock> clocks = new HashMap<>();
    private final Map<TenureKey, Held> tenures = new LinkedHashMap<>();
    private final Map<Long, String> ownerOfToken = new HashMap<>();
    private final Set<Set<TenureKey>> pairsReported = new HashSet<>();
    private final List<Violation> violations = new ArrayList<>();
    private final Map<Kind, Integer> violationCounts = new HashMap<>();
    private long newestToken = Long.MIN_VALUE;
    private OptionalLong leaderlessSince = OptionalLong.empty();

    private long asked;
    private long offers;
    private long staleOffers;
    private long refusals;
    private long leaderlessLongest;
    private long calms;

    /** {@code leaderlessMax}: for so long, while nothing is disturbed, the register may wait for a write that it accepts. */
    Checker(Duration leaderlessMax) {
        this.leaderlessMax = leaderlessMax.toNanos();
    }

    private record TenureKey(String process, long token) {}

    /** The interval in which what the time of a process lacks to that of the register lies. */
    private static final class OwnClock {
        private long lowest = Long.MIN_VALUE;
        private long highest = Long.MAX_VALUE;
        private boolean reported;

        void narrow(long low, long high) {
            lowest = Math.max(lowest, low);
            highest = Math.min(highest, high);
        }

        boolean isBounded() {
            return lowest != Long.MIN_VALUE && highest != Long.MAX_VALUE;
        }
    }

    /** What is known of one tenure, on the clock of its process. */
    private static final class Held {
        private final TenureKey key;
        private final OwnClock clock;
        private long firstAfter = Long.MAX_VALUE;
        private long lastBefore = Long.MIN_VALUE;

        Held(TenureKey key, OwnClock clock) {
            this.key = key;
            this.clock = clock;
        }

        void stood(long first, long last) {
            firstAfter = Math.min(firstAfter, first);
            lastBefore = Math.max(lastBefore, last);
        }

        /** From here on, at the latest, it stood. */
        long begin() {
            return firstAfter + clock.highest;
        }

        /** Until here, at the earliest, it stood. */
        long end() {
            return lastBefore + clock.lowest;
        }

        @Override
        public String toString() {
            return key.process() + " with token " + key.token();
        }
    }

    /** Takes in one entry. */
    void on(Entry entry) {
        if (entry instanceof Entry.ClockSeen seen) {
            narrow(seen.process(), seen.lowest(), seen.highest());
        } else if (entry instanceof Entry.Believed believed) {
            asked += believed.asked();
            tenure(believed.process(), believed.token()).stood(believed.firstAfter(), believed.lastBefore());
        } else if (entry instanceof Entry.Offered offered) {
            onOffer(offered);
        } else if (entry instanceof Entry.Ended ended) {
            onEnd(ended);
        } else if (entry instanceof Entry.CalmBegan calm) {
            calms++;
            leaderlessSince = OptionalLong.of(calm.at());
        } else if (entry instanceof Entry.CalmEnded calm) {
            closeGap(calm.at());
            leaderlessSince = OptionalLong.empty();
        }
    }

    private void narrow(String process, long lowest, long highest) {
        OwnClock clock = clocks.computeIfAbsent(process, name -> new OwnClock());
        clock.narrow(lowest, highest);
        if (clock.lowest > clock.highest && !clock.reported) {
            clock.reported = true;
            report(
                    Kind.CLOCKS,
                    0,
                    "the clock of " + process + " would be " + clock.lowest + " ns behind or more, and " + clock.highest
                            + " ns or less");
        }
    }

    private Held tenure(String process, long token) {
        return tenures.computeIfAbsent(new TenureKey(process, token), key -> {
            Held held = new Held(key, clocks.computeIfAbsent(process, name -> new OwnClock()));
            claim(token, process, 0);
            return held;
        });
    }

    private void claim(long token, String process, long at) {
        String owner = ownerOfToken.putIfAbsent(token, process);
        if (owner != null && !owner.equals(process)) {
            report(Kind.TOKEN_TWICE, at, owner + " and " + process + " both have token " + token);
        }
    }

    private void onOffer(Entry.Offered offered) {
        offers++;
        narrow(offered.process(), Long.MIN_VALUE, offered.arrival() - offered.after());
        tenure(offered.process(), offered.token()).stood(offered.after(), offered.before());
        boolean stale = offered.token() < newestToken;
        staleOffers += stale ? 1 : 0;
        refusals += offered.accepted() ? 0 : 1;
        newestToken = Math.max(newestToken, offered.token());
        if (stale && offered.accepted()) {
            report(Kind.STALE_ACCEPTED, offered.arrival(), offered + ", after token " + newestToken);
        } else if (!stale && !offered.accepted()) {
            report(Kind.FRESH_REFUSED, offered.arrival(), offered.toString());
        }
        if (offered.accepted() && leaderlessSince.isPresent()) {
            closeGap(offered.arrival());
            leaderlessSince = OptionalLong.of(offered.arrival());
        }
    }

    private void closeGap(long now) {
        leaderlessSince.ifPresent(since -> {
            leaderlessLongest = Math.max(leaderlessLongest, now - since);
            if (now - since > leaderlessMax) {
                report(
                        Kind.NO_LEADER,
                        now,
                        "no write was accepted for " + Duration.ofNanos(now - since) + ", of at most "
                                + Duration.ofNanos(leaderlessMax));
            }
        });
    }

    private void onEnd(Entry.Ended ended) {
        if (ended.cause() == Entry.Cause.BY_ITSELF || ended.cause() == Entry.Cause.HANGS) {
            report(Kind.PROCESS, ended.at(), ended.process() + " ended so: " + ended.cause());
        }
        OptionalLong open = OptionalLong.empty();
        for (Entry.Callback callback : ended.callbacks()) {
            boolean paired =
                    callback.started() ? open.isEmpty() : open.isPresent() && open.getAsLong() == callback.token();
            if (!paired) {
                report(
                        Kind.CALLBACKS,
                        ended.at(),
                        ended.process() + " told " + ended.callbacks() + ": see " + callback);
            }
            if (callback.started()) {
                claim(callback.token(), ended.process(), ended.at());
            }
            open = callback.started() ? OptionalLong.of(callback.token()) : OptionalLong.empty();
        }
        if (open.isPresent() && ended.cause() == Entry.Cause.TERMINATED) {
            report(Kind.CALLBACKS, ended.at(), ended.process() + " ended without a stop of token " + open.getAsLong());
        }
        checkGrowth(ended);
    }

    private void checkGrowth(Entry.Ended ended) {
        long last = Long.MIN_VALUE;
        for (Entry.Callback callback : ended.callbacks()) {
            if (callback.started()) {
                if (callback.token() == last) {
                    report(Kind.TOKEN_TWICE, ended.at(), ended.process() + " started twice with token " + last);
                } else if (callback.token() < last) {
                    report(
                            Kind.DISORDER,
                            ended.at(),
                            ended.process() + " started with token " + callback.token() + " after " + last);
                }
                last = callback.token();
            }
        }
    }

    private void report(Kind kind, long at, String what) {
        violationCounts.merge(kind, 1, Integer::sum);
        if (violations.size() < VIOLATIONS_KEPT) {
            violations.add(new Violation(kind, at, what));
        }
    }

    /**
     * The violations so far, the first hundred of them. Compares all tenures, whose bounds may have become narrower, each
     * with each.
     */
    List<Violation> violations() {
        List<Held> byToken = tenures.values().stream()
                .filter(held -> held.clock.isBounded())
                .sorted(Comparator.comparingLong(held -> held.key.token()))
                .toList();
        for (int i = 0; i < byToken.size(); i++) {
            for (int j = i + 1; j < byToken.size(); j++) {
                compare(byToken.get(i), byToken.get(j));
            }
        }
        return List.copyOf(violations);
    }

    private void compare(Held older, Held newer) {
        if (older.key.token() == newer.key.token() || newer.begin() >= older.end()) {
            return;
        }
        if (!pairsReported.add(Set.of(older.key, newer.key))) {
            return;
        }
        long bothFrom = Math.max(older.begin(), newer.begin());
        long bothUntil = Math.min(older.end(), newer.end());
        if (bothFrom < bothUntil) {
            report(
                    Kind.OVERLAP,
                    bothFrom,
                    older + " and " + newer + " both stood for " + Duration.ofNanos(bothUntil - bothFrom) + " or more");
        } else {
            report(
                    Kind.DISORDER,
                    newer.begin(),
                    newer + " stood " + Duration.ofNanos(older.end() - newer.begin()) + " or more before the end of "
                            + older);
        }
    }

    /** How many of each kind there are, also those that {@link #violations()} leaves out. */
    Map<Kind, Integer> violationCounts() {
        return Map.copyOf(violationCounts);
    }

    int tenureCount() {
        return tenures.size();
    }

    /** How often a candidate asked and was told that it leads; writes not counted. */
    long asked() {
        return asked;
    }

    long offers() {
        return offers;
    }

    /** Writes with a token older than the newest that was offered before. */
    long staleOffers() {
        return staleOffers;
    }

    long refusals() {
        return refusals;
    }

    long calms() {
        return calms;
    }

    /** The longest time without an accepted write while nothing was disturbed. */
    Duration leaderlessLongest() {
        return Duration.ofNanos(leaderlessLongest);
    }

    /** Of all clocks of processes that led, the one of which least is known. */
    Duration widestClockBound() {
        return Duration.ofNanos(tenures.values().stream()
                .filter(held -> held.clock.isBounded())
                .mapToLong(held -> held.clock.highest - held.clock.lowest)
                .max()
                .orElse(0));
    }

    /** Tenures of processes whose clock is not bounded on both sides, of which nothing can be said. */
    long undecidedTenures() {
        return tenures.values().stream().filter(held -> !held.clock.isBounded()).count();
    }
}
