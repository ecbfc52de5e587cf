package io.github.leaderelection.testcalls;

import io.github.leaderelection.spi.LockException;
import io.github.leaderelection.spi.LockSnapshot;
import io.github.leaderelection.spi.LockWatcher;
import io.github.leaderelection.spi.MalformedRecordException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;

/** What a watch told, in order: holders, "nothing", "malformed", or the kind of exception that broke it. */
public final class Told implements LockWatcher {

    private final List<String> events = new CopyOnWriteArrayList<>();

    @Override
    public void onRecord(Optional<LockSnapshot> snapshot) {
        events.add(snapshot.map(present -> present.record().holderIdentity()).orElse("nothing"));
    }

    @Override
    public void onMalformed(MalformedRecordException error) {
        events.add("malformed");
    }

    @Override
    public void onBroken(LockException cause) {
        events.add(cause.getClass().getSimpleName());
    }

    public String last() {
        return events.isEmpty() ? "" : events.get(events.size() - 1);
    }

    public void await(String expected) {
        Eventually.isTrue("a watch that told " + events + " tells " + expected, () -> last().equals(expected));
    }

    public List<String> events() {
        return List.copyOf(events);
    }
}
