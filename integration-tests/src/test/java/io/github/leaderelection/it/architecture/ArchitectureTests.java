package io.github.leaderelection.it.architecture;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.EvaluationResult;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Each rule holds for the project, and was seen to bite: code beside this test breaks it. */
class ArchitectureTests {

    private static final String ROOT = "io.github.leaderelection";
    private static final String BROKEN_ROOT = ROOT + ".it.architecture.broken";

    private static final JavaClasses PROJECT = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages(ROOT);
    private static final JavaClasses BROKEN = new ClassFileImporter().importPackages(BROKEN_ROOT);

    /** A rule, and what of the broken code it must find. */
    private record Case(String name, Function<ArchitectureRules, ArchRule> rule, List<String> found) {
        @Override
        public String toString() {
            return name;
        }
    }

    static List<Case> cases() {
        return List.of(
                new Case("apiStandsAlone", ArchitectureRules::apiStandsAlone, List.of("Gson", "broken.core.Engine")),
                new Case(
                        "locksDoNotSeeTheCore", ArchitectureRules::locksDoNotSeeTheCore, List.of("broken.core.Engine")),
                new Case(
                        "locksMakeNoThreads",
                        ArchitectureRules::locksMakeNoThreads,
                        List.of("java.util.concurrent.ScheduledThreadPoolExecutor")),
                new Case(
                        "coreDoesNotSeeLocks", ArchitectureRules::coreDoesNotSeeLocks, List.of("broken.lock.NosyLock")),
                new Case(
                        "onlyTheCoreSeesTheMachine",
                        ArchitectureRules::onlyTheCoreSeesTheMachine,
                        List.of("broken.core.machine.Machine")),
                new Case("nobodySeesTheCore", ArchitectureRules::nobodySeesTheCore, List.of("broken.core.Engine")),
                new Case(
                        "conformanceSeesTheApiOnly",
                        ArchitectureRules::conformanceSeesTheApiOnly,
                        List.of("broken.lock.NosyLock")),
                new Case(
                        "testkitSeesTheApiAndTheInMemoryLockOnly",
                        ArchitectureRules::testkitSeesTheApiAndTheInMemoryLockOnly,
                        List.of("broken.core.Engine", "org.junit.jupiter.api.Assertions")),
                new Case(
                        "machineUsesPureLibrariesOnly",
                        ArchitectureRules::machineUsesPureLibrariesOnly,
                        List.of(
                                "java.util.concurrent.CompletableFuture",
                                "java.util.concurrent.locks.ReentrantLock",
                                "java.util.logging.Logger",
                                "java.io.File",
                                "java.nio.file.Files",
                                "java.net.Socket",
                                "com.google.gson.Gson")),
                new Case(
                        "machineUsesPureClassesOnly",
                        ArchitectureRules::machineUsesPureClassesOnly,
                        List.of(
                                "java.lang.System.nanoTime()",
                                "java.lang.System.currentTimeMillis()",
                                "java.lang.System$Logger",
                                "java.lang.Thread",
                                "java.time.Clock",
                                "java.util.Date",
                                "java.util.Calendar",
                                "java.util.SplittableRandom",
                                "broken.spi.ResourceLock")),
                new Case(
                        "machineIsToldTheTime",
                        ArchitectureRules::machineIsToldTheTime,
                        List.of("java.time.Instant.now()", "java.time.LocalDateTime.now()")),
                new Case(
                        "machineIsGivenItsRandomness",
                        ArchitectureRules::machineIsGivenItsRandomness,
                        List.of("java.lang.Math.random()", "java.util.random.RandomGenerator.getDefault()")));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void theProjectKeepsTheRule(Case rule) {
        rule.rule().apply(new ArchitectureRules(ROOT)).check(PROJECT);
    }

    @ParameterizedTest
    @MethodSource("cases")
    void theRuleBites(Case rule) {
        EvaluationResult result =
                rule.rule().apply(new ArchitectureRules(BROKEN_ROOT)).evaluate(BROKEN);
        String report = result.getFailureReport().toString();

        assertTrue(result.hasViolation());
        for (String part : rule.found()) {
            assertTrue(report.contains(part), () -> part + " was not found: " + report);
        }
    }

    /** Rules that look at nothing hold always. */
    @Test
    void allModulesAreLookedAt() {
        List<String> expected = List.of(
                ROOT,
                ROOT + ".cli",
                ROOT + ".conformance",
                ROOT + ".core",
                ROOT + ".core.machine",
                ROOT + ".lock.etcd",
                ROOT + ".lock.inmemory",
                ROOT + ".lock.kubernetes",
                ROOT + ".lock.support",
                ROOT + ".lock.zookeeper",
                ROOT + ".spi",
                ROOT + ".testkit");
        List<String> seen = PROJECT.stream()
                .map(JavaClass::getPackageName)
                .filter(expected::contains)
                .distinct()
                .sorted()
                .toList();

        assertEquals(expected, seen);
    }
}
