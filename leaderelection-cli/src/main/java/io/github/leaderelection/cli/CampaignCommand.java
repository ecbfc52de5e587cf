package io.github.leaderelection.cli;

import io.github.leaderelection.LeaderElectionConfig;
import io.github.leaderelection.LeaderElector;
import io.github.leaderelection.LeaderElectors;
import io.github.leaderelection.ResourceLocks;
import io.github.leaderelection.spi.ResourceLock;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Campaigns until told to close, and prints what happens. */
@Command(
        name = "campaign",
        mixinStandardHelpOptions = true,
        description =
                "Campaigns, and prints a line for each event. Campaigns again after every loss, until it is closed.",
        footerHeading = "%nEvents, one line each on the standard output, flushed at once; all else goes to the standard"
                + " error:%n",
        footer = {
            "  <unix ms> READY id=                         campaigning begins; first",
            "  <unix ms> STARTED id= token=                this candidate leads",
            "  <unix ms> STOPPED id= token= reason=        it leads no more",
            "  <unix ms> NEWLEADER leader=                 another leader is seen",
            "  <unix ms> NOLEADER                          nobody leads",
            "  <unix ms> STATUS id= leading= token= leader=  answers 'status'",
            "  <unix ms> CLOSED id=                        last",
            "White space, control characters and %% in values are written as %%XX, byte by byte in UTF-8.",
            "",
            "The standard input takes a word on each line:",
            "  status    print a STATUS line",
            "  stepdown  lead no more, and let the others go first",
            "  close     end in order, as SIGTERM does. The end of the input ends nothing."
        })
final class CampaignCommand implements Callable<Integer> {

    private static final String DEFAULT = " Default: ${DEFAULT-VALUE}.";

    /** 1 s: ages for a reader that reads, and little beside what a supervisor allows between SIGTERM and SIGKILL. */
    private static final Duration LAST_LINE = Duration.ofSeconds(1);

    private final Surroundings surroundings;

    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli
    private CommandSpec spec;

    @Mixin
    private ElectionOptions election = new ElectionOptions();

    @Option(
            names = "--id",
            paramLabel = "IDENTITY",
            description = "The name of this candidate. Default: the pod's or host's name and a random suffix.")
    private @Nullable String identity;

    @Option(
            names = "--lease-duration",
            paramLabel = "DURATION",
            defaultValue = "15s",
            converter = DurationConverter.class,
            description = "For how long the others trust a record that is not renewed." + DEFAULT)
    private Duration leaseDuration = LeaderElectionConfig.DEFAULT_LEASE_DURATION;

    @Option(
            names = "--renew-deadline",
            paramLabel = "DURATION",
            defaultValue = "10s",
            converter = DurationConverter.class,
            description = "For how long it leads after its last renewal." + DEFAULT)
    private Duration renewDeadline = LeaderElectionConfig.DEFAULT_RENEW_DEADLINE;

    @Option(
            names = "--retry-period",
            paramLabel = "DURATION",
            defaultValue = "2s",
            converter = DurationConverter.class,
            description = "How often the leader renews." + DEFAULT)
    private Duration retryPeriod = LeaderElectionConfig.DEFAULT_RETRY_PERIOD;

    @Option(
            names = "--drain-timeout",
            paramLabel = "DURATION",
            defaultValue = "10s",
            converter = DurationConverter.class,
            description = "How long the end of a tenure may take." + DEFAULT)
    private Duration drainTimeout = LeaderElectionConfig.DEFAULT_DRAIN_TIMEOUT;

    @Option(
            names = "--release-on-cancel",
            description =
                    "Release the record when closing, so that the next leader need not wait for the lease to end.")
    private boolean releaseOnCancel;

    CampaignCommand(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public Integer call() throws InterruptedException {
        LogOutput.install(surroundings.err(), election.verbosity());
        try (ResourceLock lock = open()) {
            EventPrinter events = new EventPrinter(lock.identity(), surroundings.out());
            ElectionListener listener = ElectionListener.ofCandidate(events);
            LeaderElector elector = create(lock, listener);
            return campaign(lock, elector, events, listener);
        }
    }

    private ResourceLock open() {
        try {
            Map<String, String> settings = election.settings(surroundings.environment());
            if (identity != null) {
                settings.put("leaderelection.identity", identity);
            }
            return ResourceLocks.open(settings);
        } catch (IllegalArgumentException bad) {
            throw badInput(bad);
        }
    }

    private LeaderElector create(ResourceLock lock, ElectionListener listener) {
        try {
            return LeaderElectors.create(LeaderElectionConfig.builder()
                    .lock(lock)
                    .leaseDuration(leaseDuration)
                    .renewDeadline(renewDeadline)
                    .retryPeriod(retryPeriod)
                    .drainTimeout(drainTimeout)
                    .releaseOnCancel(releaseOnCancel)
                    .callbacks(listener)
                    .build());
        } catch (IllegalArgumentException bad) {
            throw badInput(bad);
        }
    }

    private ParameterException badInput(IllegalArgumentException bad) {
        return new ParameterException(spec.commandLine(), String.valueOf(bad.getMessage()), bad);
    }

    private int campaign(ResourceLock lock, LeaderElector elector, EventPrinter events, ElectionListener listener)
            throws InterruptedException {
        AtomicBoolean asked = new AtomicBoolean();
        Runnable close = () -> {
            asked.set(true);
            elector.close();
            sayClosed(events); // if the bound of close() was reached before the candidate's own last word
        };
        ShutdownHook hook = ShutdownHook.register(close);
        try {
            events.ready();
            elector.start();
            new CommandInput(surroundings, elector, events, close).listen();
            listener.awaitClosed();
            if (asked.get()) {
                return 0;
            }
            throw listener.failure(lock.identity());
        } finally {
            hook.remove();
            close.run();
        }
    }

    private static void sayClosed(EventPrinter events) {
        try {
            events.closedWithin(LAST_LINE);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt(); // the process ends without that line
        }
    }
}
