package io.github.leaderelection.it;

import io.github.leaderelection.cli.EventLine;
import io.github.leaderelection.cli.EventLine.Event;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The candidates of one test and one election: starts them, finds the leader, ends them all. Of the test's thread. */
final class Candidates implements AutoCloseable {

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
        List<String> arguments = new ArrayList<>(List.of("campaign", "--name", election, "--id", id));
        arguments.addAll(timing.options());
        arguments.addAll(Arrays.asList(options));
        return added(CandidateProcess.ofCommandLine(id, arguments, settings));
    }

    /** Starts {@code observe}. It is no candidate, but ends with them. */
    CandidateProcess startObserver(Map<String, String> settings) {
        return added(CandidateProcess.ofCommandLine("observer", List.of("observe", "--name", election), settings));
    }

    /** Starts a candidate that writes to a register for as long as it believes to lead. */
    CandidateProcess startWriting(String id, Register register, Map<String, String> settings) {
        List<String> arguments = List.of(
                Integer.toString(register.port()),
                election,
                id,
                timing.lease().toString(),
                timing.renew().toString(),
                timing.retry().toString());
        return added(CandidateProcess.ofProgram(id, RegisterCandidate.class, arguments, settings));
    }

    private CandidateProcess added(CandidateProcess candidate) {
        all.add(candidate);
        return candidate;
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
