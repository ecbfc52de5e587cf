package io.github.leaderelection.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/** Shows an election to people. */
@Command(
        name = "demo",
        mixinStandardHelpOptions = true,
        description =
                "Runs three candidates over a lock in memory, takes their leaders away in several ways, and shows who"
                        + " leads and how long each takeover took. Ends by itself within half a minute.")
final class DemoCommand implements Callable<Integer> {

    private final Surroundings surroundings;

    DemoCommand(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public Integer call() throws InterruptedException {
        LogOutput.installQuiet(surroundings.err());
        new Demo(surroundings.out()).run();
        return 0;
    }
}
