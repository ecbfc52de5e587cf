package io.github.leaderelection.core.sim;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** The simulator can fail: it notices each fault that is put into the machine, and nothing where there is none. */
final class SimMutantTests {

    private static final long SEEDS_MOST = 10_000;

    @Test
    void everyMutantIsNoticed() throws Exception {
        List<Mutant> mutants = MutantTable.mutants();
        MutantTable table = new MutantTable(true, SEEDS_MOST);
        List<Executable> verdicts = new ArrayList<>();
        for (Mutant mutant : mutants) {
            MutantTable.Line line = table.play(mutant);
            System.out.println(line);
            verdicts.add(() -> assertTrue(line.isKilled(), line.toString()));
        }
        assertTrue(mutants.size() >= 24, "only " + mutants.size() + " mutants");
        assertAll(verdicts);
    }

    @Test
    void aMachineThatIsCompiledAnewButUnchangedIsFoundFaultless() throws Exception {
        Mutant none = new Mutant(
                "none",
                List.of(new Mutant.Edit("CallSlot.java", "private long lastNumber;", "private long lastNumber;")));
        MutantTable.Line line = new MutantTable(true, 300).play(none);
        assertEquals("", line.killedBy(), line.toString());
    }

    @Test
    void aMutantThatNoLongerFitsTheSourcesIsRefused() {
        Mutant stale = new Mutant("stale", List.of(new Mutant.Edit("CallSlot.java", "no such text", "")));
        assertThrows(IllegalStateException.class, () -> new MutantTable(true, 1).play(stale));
    }
}
