package io.github.leaderelection.cli;

import io.github.leaderelection.LeaderElectionConfig;
import io.github.leaderelection.LeaderElectors;
import io.github.leaderelection.LeaderObserver;
import io.github.leaderelection.ResourceLocks;
import io.github.leaderelection.spi.ResourceLock;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicBoolean;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Prints who leads, without campaigning, until the process is ended. */
@Command(
        name = "observe",
        mixinStandardHelpOptions = true,
        description = "Prints who leads, without campaigning, until it is ended with SIGTERM or SIGINT.",
        footerHeading = "%nEvents, one line each on the standard output, flushed at once:%n",
        footer = {
            "  <unix ms> NEWLEADER leader=   another leader is seen",
            "  <unix ms> NOLEADER            nobody leads",
            "White space, control characters and %% in values are written as %%XX, byte by byte in UTF-8."
        })
final class ObserveCommand implements Callable<Integer> {

    private final Surroundings surroundings;

    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli
    private CommandSpec spec;

    @Mixin
    private ElectionOptions election = new ElectionOptions();

    ObserveCommand(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public Integer call() throws InterruptedException {
        LogOutput.install(surroundings.err(), election.verbosity());
        try (ResourceLock lock = open()) {
            ElectionListener listener =
                    ElectionListener.ofObserver(new EventPrinter(lock.identity(), surroundings.out()));
            LeaderElectionConfig config = LeaderElectionConfig.builder()
                    .lock(lock)
                    .callbacks(listener)
                    .build();
            AtomicBoolean asked = new AtomicBoolean();
            LeaderObserver observer = LeaderElectors.observe(config);
            ShutdownHook hook = ShutdownHook.register(() -> {
                asked.set(true);
                observer.close();
            });
            try {
                listener.awaitClosed();
                if (asked.get()) {
                    return 0;
                }
                throw listener.failure("observe");
            } finally {
                hook.remove();
                observer.close();
            }
        }
    }

    private ResourceLock open() {
        try {
            return ResourceLocks.open(election.settings(surroundings.environment()));
        } catch (IllegalArgumentException bad) {
            throw new ParameterException(spec.commandLine(), String.valueOf(bad.getMessage()), bad);
        }
    }
}
