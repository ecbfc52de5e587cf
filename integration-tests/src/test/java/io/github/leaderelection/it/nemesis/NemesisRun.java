package io.github.leaderelection.it.nemesis;

import io.github.leaderelection.Leases;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;

/** One run over one backend: storms and calms until its time is up, and then the verdict. */
final class NemesisRun {

    private static final Duration PROGRESS = Duration.ofMinutes(1);

    private final Options options;
    private final PrintStream out;
    private final Election election;
    private long begin;

    NemesisRun(Options options, PrintStream out) {
        this.options = options;
        this.out = out;
        this.election = Election.of(options.clocks());
    }

    /**
     * What to run.
     *
     * @param kind the backend
     * @param length for how long; the last calm may add some seconds
     * @param seed of the dice
     * @param candidates how many processes campaign
     * @param clocks at which rates their clocks run
     * @param leases how they hold their records
     * @param directory where the journal goes, and what was around each violation
     */
    record Options(
            Servers.Kind kind,
            Duration length,
            long seed,
            int candidates,
            Election.Clocks clocks,
            Mix leases,
            Path directory) {
        /** The same again: {@code mvn -Pnemesis -Dnemesis="..."} takes these words. */
        String words() {
            return "backend=" + kind + " minutes=" + Math.max(1, length.toMinutes()) + " candidates=" + candidates
                    + " clocks=" + clocks + " leases=" + leases + " seed=" + seed;
        }
    }

    /** How candidates hold their records. */
    enum Mix {
        /** Each as its lock does by default. */
        DEFAULT,
        /** By a session, where the backend has any. */
        SESSION,
        /** By renewing them. */
        OBSERVED,
        /** One so, the next one otherwise. */
        BOTH;

        private Optional<Leases> at(int slot) {
            return switch (this) {
                case DEFAULT -> Optional.empty();
                case SESSION -> Optional.of(Leases.SESSION);
                case OBSERVED -> Optional.of(Leases.OBSERVED);
                case BOTH -> Optional.of(slot % 2 == 0 ? Leases.SESSION : Leases.OBSERVED);
            };
        }
    }

    /** What came of it: a summary to be read, and what breaks a promise, of which there should be nothing. */
    record Verdict(String summary, int tenures, List<Violation> violations) {}

    /** Runs. Prints one line each minute, and the summary. */
    Verdict run() {
        out.println("nemesis: " + options.words());
        String file = options.kind().name().toLowerCase(Locale.ROOT) + "-" + options.seed() + ".log";
        Checker checker = new Checker(election.leaderlessMax());
        Verdict verdict;
        try (Journal journal = new Journal(options.directory().resolve(file), checker)) {
            verdict = run(journal);
        }
        out.println(verdict.summary());
        return verdict;
    }

    private Verdict run(Journal journal) {
        List<Slot> slots = new ArrayList<>();
        try (Servers servers = options.kind().open();
                FencedRegister register = new FencedRegister(journal)) {
            for (int i = 0; i < options.candidates(); i++) {
                slots.add(new Slot(
                        String.valueOf((char) ('a' + i)),
                        servers,
                        options.leases().at(i),
                        journal));
            }
            Random dice = new Random(options.seed());
            try (Nemesis nemesis = new Nemesis(election, servers, slots, journal, register.port(), dice)) {
                attack(nemesis, journal, slots, dice);
                nemesis.end();
                return verdict(nemesis, journal, slots);
            }
        } finally {
            slots.forEach(Slot::close);
        }
    }

    private void attack(Nemesis nemesis, Journal journal, List<Slot> slots, Random dice) {
        begin = System.nanoTime();
        long printed = begin;
        nemesis.calm(Duration.ofSeconds(1));
        while (System.nanoTime() - begin < options.length().toNanos()) {
            nemesis.storm(Duration.ofMillis(dice.nextInt(3000, 20_000)));
            nemesis.calm(Duration.ofMillis(dice.nextInt(0, 3000)));
            if (System.nanoTime() - printed >= PROGRESS.toNanos()) {
                printed = System.nanoTime();
                out.println(progress(nemesis, journal, slots));
            }
        }
    }

    private String progress(Nemesis nemesis, Journal journal, List<Slot> slots) {
        int faults =
                nemesis.counts().values().stream().mapToInt(Integer::intValue).sum();
        return journal.ask(checker -> String.format(
                Locale.ROOT,
                "%s %d min: %d faults, %d processes, %d tenures, %d writes, %d stale, %d refused, violations %s",
                options.kind(),
                Duration.ofNanos(System.nanoTime() - begin).toMinutes(),
                faults,
                slots.stream().mapToInt(Slot::processCount).sum(),
                checker.tenureCount(),
                checker.offers(),
                checker.staleOffers(),
                checker.refusals(),
                checker.violations().isEmpty() ? "none" : checker.violationCounts()));
    }

    private Verdict verdict(Nemesis nemesis, Journal journal, List<Slot> slots) {
        List<Violation> violations = journal.violations();
        StringBuilder text = new StringBuilder();
        line(text, "backend", options.kind() + ", " + options.candidates() + " candidates");
        line(text, "seed", options.seed());
        line(text, "clocks", options.clocks());
        line(text, "leases", options.leases());
        line(text, "minutes", String.format(Locale.ROOT, "%.1f", (System.nanoTime() - begin) / 60e9));
        line(text, "faults", new TreeMap<>(nemesis.counts()));
        line(
                text,
                "candidate processes",
                slots.stream().mapToInt(Slot::processCount).sum());
        journal.ask(checker -> {
            line(text, "tenures", checker.tenureCount() + ", undecided " + checker.undecidedTenures());
            line(text, "beliefs asked for and found", checker.asked());
            line(text, "register writes", checker.offers());
            line(text, "of these stale", checker.staleOffers() + ", refused " + checker.refusals());
            line(text, "calm windows", checker.calms());
            line(
                    text,
                    "longest without leader in them",
                    checker.leaderlessLongest().toMillis() + " ms");
            line(text, "widest bound of a clock", checker.widestClockBound().toNanos() / 1000 + " us");
            line(text, "violations", checker.violationCounts().isEmpty() ? "none" : checker.violationCounts());
            return text;
        });
        for (int i = 0; i < violations.size(); i++) {
            text.append(violations.get(i))
                    .append("\n  see ")
                    .append(journal.excerpt(violations.get(i), i + 1))
                    .append('\n');
        }
        line(text, "journal", journal.file());
        return new Verdict(
                text.toString(),
                journal.ask(Checker::tenureCount),
                violations.stream().filter(election::isBrokenBy).toList());
    }

    private static void line(StringBuilder text, String name, Object value) {
        text.append(String.format(Locale.ROOT, "%-32s%s%n", name, value));
    }
}
