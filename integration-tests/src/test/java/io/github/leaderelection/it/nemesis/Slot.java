package io.github.leaderelection.it.nemesis;

import io.github.leaderelection.Leases;
import io.github.leaderelection.cli.EventLine.Event;
import io.github.leaderelection.it.CandidateProcess;
import io.github.leaderelection.it.nemesis.Entry.Callback;
import io.github.leaderelection.it.nemesis.Entry.Cause;
import io.github.leaderelection.testservers.TcpProxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The place of one candidate: a network of its own to each server, and one process after the other. Of the nemesis' thread.
 */
final class Slot implements AutoCloseable {

    private static final int ERRORS_NOTED_CHARS = 4000;

    private final String name;
    private final List<TcpProxy> networks;
    private final Map<String, String> settings;
    private final Journal journal;
    private Optional<CandidateProcess> process = Optional.empty();
    private String processName = "";
    private int processes;
    private boolean paused;
    private long endingSince;
    private boolean networkDisturbed;

    /** {@code leases} says how the candidate holds its records, where the backend leaves the choice; else as by default. */
    Slot(String name, Servers servers, Optional<Leases> leases, Journal journal) {
        this.name = name;
        this.networks = servers.ports().stream().map(TcpProxy::to).toList();
        this.settings = new HashMap<>(
                servers.settings().of(networks.stream().map(TcpProxy::port).toList()));
        servers.leasesKey().ifPresent(key -> leases.ifPresent(chosen -> settings.put(key, chosen.toString())));
        this.journal = journal;
    }

    String name() {
        return name;
    }

    /** The name of the process that is here or was here last. */
    String processName() {
        return processName;
    }

    int processCount() {
        return processes;
    }

    List<TcpProxy> networks() {
        return networks;
    }

    boolean isNetworkDisturbed() {
        return networkDisturbed;
    }

    void networkDisturbed(boolean disturbed) {
        networkDisturbed = disturbed;
    }

    boolean isEmpty() {
        return process.isEmpty();
    }

    boolean isPaused() {
        return paused;
    }

    boolean isEnding() {
        return endingSince != 0;
    }

    /** Starts a process under that identity; {@code more} are the last of its arguments. */
    void start(String election, String identity, List<String> timing, int registerPort, List<String> more) {
        processes++;
        processName = name + "#" + processes;
        journal.note("START " + processName + " as " + identity + " with " + more);
        List<String> arguments =
                new ArrayList<>(List.of(Integer.toString(registerPort), election, identity, processName));
        arguments.addAll(timing);
        arguments.addAll(more);
        process = Optional.of(CandidateProcess.ofProgram(processName, NemesisCandidate.class, arguments, settings));
        paused = false;
        endingSince = 0;
    }

    private CandidateProcess process() {
        return process.orElseThrow(() -> new IllegalStateException("no process in " + name));
    }

    boolean isReady() {
        return process.isPresent() && process().events().stream().anyMatch(line -> line.event() == Event.READY);
    }

    void kill() {
        process().kill();
        ended(Cause.KILLED);
    }

    void terminate() {
        process().terminate();
        endingSince = System.nanoTime();
    }

    /** Does nothing to a process that was asked to end, and has just done so. */
    void pause() {
        try {
            process().pause();
            paused = true;
        } catch (IllegalStateException failed) {
            if (process().isAlive() || !isEnding()) {
                throw failed;
            }
        }
    }

    void resume() {
        if (paused) {
            process().resume();
            paused = false;
        }
    }

    void type(String command) {
        process().type(command);
    }

    /** Takes note if the process has ended, or does not end although it was asked to long ago. */
    void look(Duration endMost) {
        if (process.isEmpty()) {
            return;
        }
        if (!process().isAlive()) {
            ended(isEnding() ? Cause.TERMINATED : Cause.BY_ITSELF);
        } else if (isEnding() && !paused && System.nanoTime() - endingSince > endMost.toNanos()) {
            process().kill();
            ended(Cause.HANGS);
        }
    }

    private void ended(Cause cause) {
        CandidateProcess gone = process();
        int exit = gone.exitCode();
        String errors = gone.errors();
        journal.note("END of " + processName + " with exit code " + exit
                + (isEnding()
                        ? " "
                                + Duration.ofNanos(System.nanoTime() - endingSince)
                                        .toMillis() + " ms after SIGTERM"
                        : "")
                + gone.garbage()
                + "; its errors end with:\n" + errors.substring(Math.max(0, errors.length() - ERRORS_NOTED_CHARS)));
        gone.events().forEach(line -> journal.note(processName + " told: " + line));
        List<Callback> callbacks = gone.events().stream()
                .filter(line -> line.event() == Event.STARTED || line.event() == Event.STOPPED)
                .map(line -> new Callback(line.event() == Event.STARTED, line.token()))
                .toList();
        journal.add(new Entry.Ended(processName, cause, callbacks, System.nanoTime()));
        process = Optional.empty();
        paused = false;
        endingSince = 0;
    }

    /** Ends the process on the spot, and the networks. */
    @Override
    public void close() {
        process.ifPresent(CandidateProcess::close);
        networks.forEach(TcpProxy::close);
    }
}
