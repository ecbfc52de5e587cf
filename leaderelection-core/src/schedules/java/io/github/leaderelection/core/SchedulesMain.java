package io.github.leaderelection.core;

import io.github.leaderelection.core.sim.Mutant;
import io.github.leaderelection.core.sim.MutantLoader;
import java.nio.file.Path;
import java.util.List;
import kotlin.Unit;
import org.pastalab.fray.core.TestRunner;
import org.pastalab.fray.core.command.Configuration;
import org.pastalab.fray.core.command.ExecutionInfo;
import org.pastalab.fray.core.command.Executor;
import org.pastalab.fray.core.command.LambdaExecutor;
import org.pastalab.fray.core.command.NetworkDelegateType;
import org.pastalab.fray.core.command.SystemTimeDelegateType;
import org.pastalab.fray.core.randomness.ControlledRandomProvider;
import org.pastalab.fray.core.scheduler.POSScheduler;

/**
 * Plays schedules in many interleavings, so many as the first argument says: each {@link Schedule}, which must hold in all, or, if the
 * second argument is the number of a mutant, the schedule that the mutant names, which must fail in one. Ends with 1 if not. What has
 * failed leaves threads behind that spoil what is played after it, so a mutant needs a process of its own.
 */
public final class SchedulesMain {

    private static final Path MUTANTS = Path.of("src/test/resources/schedules/mutants.txt");
    private static final List<String> APART = List.of("io.github.leaderelection.core.");
    private static final int SECONDS_MOST = 600;

    private SchedulesMain() {}

    public static void main(String[] args) throws Exception {
        int interleavings = Integer.parseInt(args[0]);
        boolean good = args.length > 1 ? mutantIsNoticed(Integer.parseInt(args[1]), interleavings) : allHold(interleavings);
        System.exit(good ? 0 : 1); // the threads of those that hung are still there
    }

    private static boolean allHold(int interleavings) {
        for (Schedule schedule : Schedule.values()) {
            String failure = failure(schedule, interleavings);
            System.err.println(schedule + (failure.isEmpty() ? " holds" : " FAILS: " + failure));
            if (!failure.isEmpty()) {
                return false;
            }
        }
        return true;
    }

    private static boolean mutantIsNoticed(int number, int interleavings) throws Exception {
        Mutant mutant = Mutant.read(MUTANTS).get(number - 1);
        String by = mutant.name().substring(0, mutant.name().indexOf(':'));
        Class<?> schedules = MutantLoader.load(mutant.sources(), APART, Schedule.class.getName());
        Runnable schedule = (Runnable) schedules.getMethod("valueOf", String.class).invoke(null, by);
        String failure = failure(schedule, interleavings);
        System.err.println(mutant.name() + (failure.isEmpty() ? " IS NOT NOTICED" : " is noticed: " + failure));
        return !failure.isEmpty();
    }

    /** What went wrong, or "". */
    private static String failure(Runnable schedule, int interleavings) {
        try {
            Throwable found = new TestRunner(configuration(schedule, interleavings)).run();
            return found == null ? "" : found.toString();
        } catch (Throwable found) {
            return found.toString();
        }
    }

    /** Others may come in between at each access to a field, and not at a volatile one only. */
    private static Configuration configuration(Runnable schedule, int interleavings) {
        Executor once = new LambdaExecutor(() -> {
            schedule.run();
            return Unit.INSTANCE;
        });
        return new Configuration(
                new ExecutionInfo(once, false, true, -1),
                Path.of(System.getProperty("fray.workDir")),
                interleavings,
                SECONDS_MOST,
                new POSScheduler(),
                new ControlledRandomProvider(),
                true,
                false,
                true,
                false,
                false,
                false,
                NetworkDelegateType.PROACTIVE,
                SystemTimeDelegateType.NONE,
                100_000,
                true,
                true,
                true,
                false,
                false,
                false,
                null);
    }
}
