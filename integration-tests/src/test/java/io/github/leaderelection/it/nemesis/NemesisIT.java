package io.github.leaderelection.it.nemesis;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A minute of random faults over each backend, all at once. Longer ones: {@link NemesisMain}, which takes the seed. */
@Execution(ExecutionMode.CONCURRENT)
class NemesisIT {

    private static final Duration LENGTH = Duration.ofMinutes(1);
    private static final int CANDIDATES = 3;

    @ParameterizedTest
    @EnumSource
    @Execution(ExecutionMode.CONCURRENT)
    void noPromiseIsBrokenUnderRandomFaults(Servers.Kind kind) {
        NemesisRun.Options options = new NemesisRun.Options(
                kind,
                LENGTH,
                NemesisMain.freshSeed(),
                CANDIDATES,
                Election.Clocks.WITHIN,
                NemesisRun.Mix.BOTH,
                NemesisMain.directory());
        NemesisRun.Verdict verdict = new NemesisRun(options, System.out).run();
        assertEquals(List.of(), verdict.violations(), verdict::summary);
        assertTrue(verdict.tenures() > 1, verdict::summary);
    }
}
