package io.github.leaderelection.core.sim;

import java.util.HashMap;
import java.util.Map;

/** The simulator's command line; {@code scripts/simulate} says how it is used. */
public final class SimMain {

    static final String HOURS = "50";
    private static final long MUTANT_SEEDS = 4_000;

    private final Map<String, String> options = new HashMap<>();

    private SimMain(String[] arguments) {
        for (int i = 0; i < arguments.length; i++) {
            boolean valued = i + 1 < arguments.length && !arguments[i + 1].startsWith("--");
            options.put(arguments[i], valued ? arguments[++i] : "");
        }
    }

    /** Exits with 1 if anything was violated, or a mutant survived. */
    public static void main(String[] arguments) throws Exception {
        System.exit(new SimMain(arguments).run() ? 0 : 1);
    }

    private long number(String option, long otherwise) {
        return options.containsKey(option) ? Long.parseLong(options.get(option)) : otherwise;
    }

    private boolean run() throws Exception {
        if (options.containsKey("--mutants")) {
            return playMutants();
        }
        Weather.Rates rates = options.containsKey("--beyond") ? Weather.Rates.BEYOND : Weather.Rates.WITHIN;
        SimRun run = new SimRun(Double.parseDouble(options.getOrDefault("--hours", HOURS)), rates);
        return options.containsKey("--seed") ? replay(run, number("--seed", 0)) : playMany(run);
    }

    private boolean replay(SimRun run, long seed) {
        if (options.containsKey("--transcript")) {
            System.out.print(run.transcript(seed));
        }
        System.out.print(run.explain(seed));
        return run.play(seed).violation() == null;
    }

    private boolean playMany(SimRun run) throws InterruptedException {
        long base = number("--base", System.nanoTime() & 0xFFFFFFFFL);
        long seeds = number("--seeds", 1000);
        System.out.println("seeds from " + base);
        Totals totals = Totals.play(run, base, seeds, (int) number("--threads", 2));
        System.out.print(totals);
        for (long seed : totals.failed()) {
            System.out.println(run.explain(seed));
        }
        return totals.failed().isEmpty();
    }

    private static boolean playMutants() throws Exception {
        boolean allKilled = true;
        System.out.printf("%-72s %-13s %6s   %-13s %6s%n", "mutant", "any check", "seeds", "history alone", "seeds");
        for (Mutant mutant : MutantTable.mutants()) {
            MutantTable.Line audited = new MutantTable(true, MUTANT_SEEDS).play(mutant);
            MutantTable.Line unaudited = new MutantTable(false, MUTANT_SEEDS / 4).play(mutant);
            System.out.println(audited + "   " + unaudited.verdict());
            allKilled &= audited.isKilled();
        }
        return allKilled;
    }
}
