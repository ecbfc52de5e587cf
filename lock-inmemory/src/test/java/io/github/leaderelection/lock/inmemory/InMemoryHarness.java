package io.github.leaderelection.lock.inmemory;

import io.github.leaderelection.Leases;
import io.github.leaderelection.conformance.LockHarness;
import io.github.leaderelection.conformance.ProviderSettings;
import io.github.leaderelection.spi.ResourceLock;
import java.time.Duration;
import java.util.Map;
import java.util.Set;

/** A space in memory, whose locks hold as {@code leases} says. */
final class InMemoryHarness implements LockHarness {

    private final InMemorySpace space = new InMemorySpace();
    private final Leases leases;

    InMemoryHarness(Leases leases) {
        this.leases = leases;
    }

    @Override
    public ResourceLock open(String election, String identity) {
        return space.lock(election, identity, leases);
    }

    @Override
    public void delete(String election) {
        space.delete(election);
    }

    @Override
    public void corrupt(String election) {
        space.corrupt(election);
    }

    @Override
    public ResourceLock openUnavailable(String election, String identity) {
        return openWith(InMemoryFault.refuse(), election, identity + "-unavailable");
    }

    @Override
    public ResourceLock openDenied(String election, String identity) {
        return openWith(InMemoryFault.deny(), election, identity + "-denied");
    }

    @Override
    public ResourceLock openUnanswered(String election, String identity) {
        return openWith(InMemoryFault.loseRequest(), election, identity + "-unanswered");
    }

    @Override
    public ResourceLock openLosingReplies(String election, String identity) {
        return openWith(InMemoryFault.loseReply().onWrites(), election, identity + "-losing-replies");
    }

    /** The faults go by identity, and must not hit the locks of other tests. */
    private ResourceLock openWith(InMemoryFault fault, String election, String identity) {
        space.faults(identity).untilHealed(fault);
        return space.lock(election, identity, leases);
    }

    @Override
    public void cutWatches(ResourceLock lock) {
        space.faults(lock.identity()).cutWatches();
    }

    @Override
    public ResourceLock openOfSameClient(ResourceLock lock, String election) {
        return open(election, lock.identity());
    }

    @Override
    public Duration sessionLease() {
        return Duration.ofMillis(500);
    }

    @Override
    public ProviderSettings providerSettings() {
        return new ProviderSettings("inmemory", Map.of("space", "conformance", "leases", leases.toString()), Set.of());
    }

    @Override
    public void close() {
        // A space is memory alone.
    }
}
