package io.github.leaderelection.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The program: {@code java -jar leaderelection.jar campaign|observe|demo}. */
@Command(
        name = "leaderelection",
        mixinStandardHelpOptions = true,
        versionProvider = LeaderElectionCli.Version.class,
        synopsisSubcommandLabel = "COMMAND",
        description = "Takes part in leader elections, or watches them.",
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:it ended in order",
            "1:it failed, for example because the backend refuses this candidate for good",
            "2:the options or settings make no sense",
            "143:SIGTERM ended it; what it held was closed in order before"
        })
public final class LeaderElectionCli implements Runnable {

    /** What the program is to the people who read its messages. */
    private static final String NAME = "leaderelection: ";

    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli
    private CommandSpec spec;

    private LeaderElectionCli() {}

    /** Runs the command that {@code arguments} name and ends the process with its exit code. */
    public static void main(String[] arguments) {
        // By its name and before anything else: any class that has a logger would bring up the JDK's own manager.
        System.setProperty("java.util.logging.manager", LogOutput.KeptOpen.class.getName());
        System.exit(run(Surroundings.ofProcess(), arguments));
    }

    /** Runs a command and returns its exit code. */
    static int run(Surroundings surroundings, String... arguments) {
        CommandLine program = new CommandLine(new LeaderElectionCli());
        program.addSubcommand(new CampaignCommand(surroundings));
        program.addSubcommand(new ObserveCommand(surroundings));
        program.addSubcommand(new DemoCommand(surroundings));
        program.setOut(new java.io.PrintWriter(surroundings.out(), true));
        program.setErr(new java.io.PrintWriter(surroundings.err(), true));
        program.setParameterExceptionHandler(LeaderElectionCli::onBadInput);
        program.setExecutionExceptionHandler((failure, command, parsed) -> onFailure(failure, command));
        return program.execute(arguments);
    }

    private static int onBadInput(ParameterException bad, String[] arguments) {
        CommandLine command = bad.getCommandLine();
        command.getErr().println(NAME + bad.getMessage());
        command.getErr().println("See: " + command.getCommandSpec().qualifiedName() + " --help");
        return CommandLine.ExitCode.USAGE;
    }

    private static int onFailure(Exception failure, CommandLine command) {
        String message = failure.getMessage();
        command.getErr().println(NAME + (message == null ? failure.toString() : message));
        return CommandLine.ExitCode.SOFTWARE;
    }

    /** No command was named. */
    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "no command given: expected campaign, observe or demo");
    }

    /** Reads the version from the jar. */
    static final class Version implements IVersionProvider {
        @Override
        public String[] getVersion() {
            String version = LeaderElectionCli.class.getPackage().getImplementationVersion();
            return new String[] {"leaderelection " + (version == null ? "(built from sources)" : version)};
        }
    }
}
