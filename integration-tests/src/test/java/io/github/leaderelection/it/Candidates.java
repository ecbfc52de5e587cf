package io.github.leaderelection.it;

import io.github.leaderelection.cli.EventLine;
import io.github.leaderelection.cli.EventLine.Event;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** The candidates of one test and one election: starts them, finds the leader, ends them all. Of the test's thread. */
final class Candidates implements AutoCloseable {

    /** Starts quickly and takes little of a small machine. */
    private static final List<String> JVM = List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:TieredStopAtLevel=1",
            "-XX:+UseSerialGC",
            "-Xshare:auto",
            "-Xmx64m");

    private final String election;
    private final Timing timing;
    private final List<CandidateProcess> all = new ArrayList<>();

    Candidates(String election, Timing timing) {
        this.election = election;
        this.timing = timing;
    }

    String election() {
        return election;
    }

    /** Starts {@code campaign}. */
    CandidateProcess start(String id, Map<String, String> settings, String... options) {
        List<String> command = new ArrayList<>(JVM);
        command.addAll(List.of("-jar", jar().toString(), "campaign", "--name", election, "--id", id));
        command.addAll(timing.options());
        command.addAll(Arrays.asList(options));
        return start(id, command, settings);
    }

    /** Starts {@code observe}. It is no candidate, but ends with them. */
    CandidateProcess startObserver(Map<String, String> settings) {
        List<String> command = new ArrayList<>(JVM);
        command.addAll(List.of("-jar", jar().toString(), "observe", "--name", election));
        return start("observer", command, settings);
    }

    /** Starts a candidate that writes to a register for as long as it believes to lead. */
    CandidateProcess startWriting(String id, Register register, Map<String, String> settings) {
        String classes = jar() + File.pathSeparator + System.getProperty("leaderelection.testClasses");
        List<String> command = new ArrayList<>(JVM);
        command.addAll(List.of("-cp", classes, RegisterCandidate.class.getName()));
        command.addAll(List.of(Integer.toString(register.port()), election, id));
        command.addAll(List.of(
                timing.lease().toString(),
                timing.renew().toString(),
                timing.retry().toString()));
        return start(id, command, settings);
    }

    /** Settings go through the environment, which no other user of the machine sees. */
    private CandidateProcess start(String id, List<String> command, Map<String, String> settings) {
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().keySet().removeIf(variable -> variable.startsWith("LEADERELECTION_"));
        settings.forEach((key, value) -> builder.environment()
                .put(key.toUpperCase(Locale.ROOT).replace('.', '_').replace('-', '_'), value));
        CandidateProcess candidate = new CandidateProcess(id, builder);
        all.add(candidate);
        return candidate;
    }

    private static Path jar() {
        Path jar = Path.of(System.getProperty("leaderelection.jar", ""));
        if (!Files.isRegularFile(jar)) {
            throw new IllegalStateException(
                    "the system property leaderelection.jar must name leaderelection.jar, but is '" + jar
                            + "': run mvn -pl integration-tests -am verify, which builds it and sets this");
        }
        return jar;
    }

    /** All that were started, also those that have ended. */
    List<CandidateProcess> all() {
        return List.copyOf(all);
    }

    /** Waits until one of them leads: its latest STARTED has no STOPPED after it. */
    CandidateProcess awaitLeader() {
        Waits.until("a leader", this::describe, () -> leader().isPresent());
        return leader().orElseThrow(() -> new AssertionError("the leader was lost at once; " + describe()));
    }

    private Optional<CandidateProcess> leader() {
        return all.stream()
                .filter(CandidateProcess::isAlive)
                .filter(Candidates::leads)
                .findFirst();
    }

    private static boolean leads(CandidateProcess candidate) {
        boolean leads = false;
        for (EventLine line : candidate.events()) {
            if (line.event() == Event.STARTED) {
                leads = true;
            } else if (line.event() == Event.STOPPED) {
                leads = false;
            }
        }
        return leads;
    }

    /** Waits for the tenure of that number, counted from 1 over all candidates. */
    Tenure awaitTenure(int number) {
        Waits.until("tenure number " + number, this::describe, () -> tenures().size() >= number);
        return tenures().get(number - 1);
    }

    /** The tenures so far, in the order in which they began. */
    List<Tenure> tenures() {
        return Tenure.of(all);
    }

    String describe() {
        StringBuilder text = new StringBuilder();
        all.forEach(candidate -> text.append(candidate.describe()));
        return text.toString();
    }

    /** Ends them all on the spot. */
    @Override
    public void close() {
        all.forEach(CandidateProcess::close);
    }
}
