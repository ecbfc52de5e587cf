package io.github.leaderelection.core.sim;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.function.LongFunction;

/** Plays every mutant until the simulator notices, and says how many seeds that took. */
final class MutantTable {

    /** A mutant, the check that noticed it, if one did, and how many seeds were played. */
    record Line(String mutant, String killedBy, long seeds) {
        boolean isKilled() {
            return !killedBy.isEmpty();
        }

        @Override
        public String toString() {
            return String.format("%-72s %s", mutant, verdict());
        }

        String verdict() {
            return String.format("%-13s %6d", isKilled() ? killedBy : "SURVIVES", seeds);
        }
    }

    private static final Path TABLE = Path.of("src/test/resources/sim/mutants.txt");

    private final boolean audited;
    private final long seedsMost;

    /** Plays each mutant for so many seeds at most; {@code audited} as in {@link SimRun}. */
    MutantTable(boolean audited, long seedsMost) {
        this.audited = audited;
        this.seedsMost = seedsMost;
    }

    static List<Mutant> mutants() throws IOException {
        return Mutant.read(TABLE);
    }

    Line play(Mutant mutant) throws IOException, ReflectiveOperationException {
        LongFunction<String> probe = MutantLoader.load(mutant.sources(), audited);
        for (long seed = 1; seed <= seedsMost; seed++) {
            String check = probe.apply(seed);
            if (!check.isEmpty()) {
                return new Line(mutant.name(), check, seed);
            }
        }
        return new Line(mutant.name(), "", seedsMost);
    }
}
