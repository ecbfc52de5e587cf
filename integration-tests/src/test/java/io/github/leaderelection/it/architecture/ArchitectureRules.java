package io.github.leaderelection.it.architecture;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.lang.ArchRule;
import java.util.Arrays;
import java.util.Set;

/**
 * The rules, for the packages below a root: the real one, or that of the code that breaks them.
 *
 * @param root the package of the api
 */
record ArchitectureRules(String root) {

    private static final String[] JDK_AND_ANNOTATIONS = {"java..", "javax..", "com.sun.net.httpserver", "org.jspecify.."
    };

    /**
     * Classes of {@code java.lang}, {@code java.time} and {@code java.util} that tell the time, draw lots, run code elsewhere,
     * or leave the process.
     */
    private static final Set<String> IMPURE_CLASSES = Set.of(
            "java.lang.Thread",
            "java.lang.ThreadLocal",
            "java.lang.ThreadGroup",
            "java.lang.Runtime",
            "java.lang.Process",
            "java.lang.ProcessBuilder",
            "java.lang.ProcessHandle",
            "java.lang.System",
            "java.lang.System$Logger",
            "java.time.Clock",
            "java.time.InstantSource",
            "java.util.Timer",
            "java.util.TimerTask",
            "java.util.Date",
            "java.util.Calendar",
            "java.util.GregorianCalendar",
            "java.util.Random",
            "java.util.SplittableRandom",
            "java.util.random.RandomGeneratorFactory",
            "java.util.Scanner",
            "java.util.ServiceLoader",
            "java.util.UUID");

    private static final Set<String> THREAD_MAKERS = Set.of(
            "java.util.Timer",
            "java.util.concurrent.Executors",
            "java.util.concurrent.ForkJoinPool",
            "java.util.concurrent.ThreadPoolExecutor",
            "java.util.concurrent.ScheduledThreadPoolExecutor");

    private static final Set<String> RANDOM_SOURCES = Set.of(
            "java.lang.Math.random",
            "java.lang.StrictMath.random",
            "java.util.random.RandomGenerator.of",
            "java.util.random.RandomGenerator.getDefault");

    private String in(String suffix) {
        return root + suffix;
    }

    /** The api depends on nothing, so that users get one small jar. */
    ArchRule apiStandsAlone() {
        return classes()
                .that()
                .resideInAnyPackage(root, in(".spi"))
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(with(JDK_AND_ANNOTATIONS, root, in(".spi")))
                .as("the api depends on the JDK and annotations alone");
    }

    /** A lock sees the api only, so that the SPI stays honest. */
    ArchRule locksDoNotSeeTheCore() {
        return noClasses()
                .that()
                .resideInAPackage(in(".lock.."))
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(in(".core.."), in(".cli.."))
                .as("a lock sees the api, never the core");
    }

    /** Deadlines and watches run on the thread that locks share the making of, which reports what a task throws. */
    ArchRule locksMakeNoThreads() {
        return noClasses()
                .that()
                .resideInAPackage(in(".lock.."))
                .and()
                .resideOutsideOfPackage(in(".lock.support.."))
                .should()
                .dependOnClassesThat(DescribedPredicate.describe(
                        "make threads", (JavaClass used) -> THREAD_MAKERS.contains(used.getName())))
                .as("a lock makes no threads but those of lock-support");
    }

    /** The core works with every lock. */
    ArchRule coreDoesNotSeeLocks() {
        return noClasses()
                .that()
                .resideInAPackage(in(".core.."))
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(in(".lock.."), in(".cli.."), in(".conformance.."), in(".testkit.."))
                .as("the core never sees a lock");
    }

    /** The machine is the core's own. */
    ArchRule onlyTheCoreSeesTheMachine() {
        return noClasses()
                .that()
                .resideOutsideOfPackage(in(".core.."))
                .should()
                .dependOnClassesThat()
                .resideInAPackage(in(".core.machine.."))
                .as("nobody but the core sees the machine");
    }

    /** The core is found through ServiceLoader, also by the command line. */
    ArchRule nobodySeesTheCore() {
        return noClasses()
                .that()
                .resideOutsideOfPackage(in(".core.."))
                .should()
                .dependOnClassesThat()
                .resideInAPackage(in(".core.."))
                .as("nobody sees the core");
    }

    /** The conformance suite runs over anybody's lock. */
    ArchRule conformanceSeesTheApiOnly() {
        return noClasses()
                .that()
                .resideInAPackage(in(".conformance.."))
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(in(".core.."), in(".lock.."), in(".cli.."))
                .as("the conformance suite sees the api only");
    }

    /** The kit drives the engine that ships through the doors that users have, and works with any test framework. */
    ArchRule testkitSeesTheApiAndTheInMemoryLockOnly() {
        return classes()
                .that()
                .resideInAPackage(in(".testkit.."))
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(with(JDK_AND_ANNOTATIONS, root, in(".spi"), in(".lock.inmemory"), in(".testkit..")))
                .as("the test kit sees the api and the in-memory lock, and no test framework");
    }

    /** Whole packages that a pure machine has no use for are not among those it may use. */
    ArchRule machineUsesPureLibrariesOnly() {
        return classes()
                .that()
                .resideInAPackage(in(".core.machine.."))
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(
                        "java.lang",
                        "java.lang.annotation",
                        "java.lang.invoke",
                        "java.lang.runtime",
                        "java.time..",
                        "java.util",
                        "java.util.function",
                        "java.util.random",
                        "java.util.stream",
                        "org.jspecify..",
                        root,
                        in(".spi"),
                        in(".core.machine.."))
                .as("the machine knows no concurrency, no I/O, no logging and no library");
    }

    /** Of the packages that it may use, it must not use these classes. */
    ArchRule machineUsesPureClassesOnly() {
        return noClasses()
                .that()
                .resideInAPackage(in(".core.machine.."))
                .should()
                .dependOnClassesThat(DescribedPredicate.describe(
                        "tell the time, draw lots, run code elsewhere or leave the process",
                        (JavaClass used) -> IMPURE_CLASSES.contains(used.getName())
                                || Set.of(in(".spi.ResourceLock"), in(".spi.TimeSource"), in(".LeaderElector"))
                                        .contains(used.getName())))
                .as("the machine has no clock, no thread, no logger and no lock");
    }

    /** {@code Instant} and its like are values, but for their question what time it is. */
    ArchRule machineIsToldTheTime() {
        return noClasses()
                .that()
                .resideInAPackage(in(".core.machine.."))
                .should()
                .accessTargetWhere(DescribedPredicate.describe(
                        "asks java.time what time it is",
                        (JavaAccess<?> access) -> access.getTarget().getName().equals("now")
                                && access.getTargetOwner().getPackageName().startsWith("java.time")))
                .as("the machine is told the time and never asks");
    }

    /** A history is repeated from its seed: a generator is handed in, and none is made or found. */
    ArchRule machineIsGivenItsRandomness() {
        return noClasses()
                .that()
                .resideInAPackage(in(".core.machine.."))
                .should()
                .accessTargetWhere(DescribedPredicate.describe(
                        "draws lots that no seed repeats",
                        (JavaAccess<?> access) -> RANDOM_SOURCES.contains(access.getTargetOwner()
                                        .getName() + "." + access.getTarget().getName())))
                .as("the machine is given its randomness");
    }

    private static String[] with(String[] some, String... more) {
        String[] all = Arrays.copyOf(some, some.length + more.length);
        System.arraycopy(more, 0, all, some.length, more.length);
        return all;
    }
}
