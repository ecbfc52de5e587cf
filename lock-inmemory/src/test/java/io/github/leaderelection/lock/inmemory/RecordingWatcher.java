package io.github.leaderelection.lock.inmemory;

import io.github.leaderelection.spi.LockException;
import io.github.leaderelection.spi.LockSnapshot;
import io.github.leaderelection.spi.LockWatcher;
import io.github.leaderelection.spi.MalformedRecordException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;

/** Writes down what a watch tells: the holder's name, or {@code none}, {@code malformed}, {@code broken}. */
class RecordingWatcher implements LockWatcher {

    final List<String> told = new CopyOnWriteArrayList<>();

    @Override
    public void onRecord(Optional<LockSnapshot> snapshot) {
        told.add(snapshot.map(present -> present.record().holderIdentity()).orElse("none"));
    }

    @Override
    public void onMalformed(MalformedRecordException error) {
        told.add("malformed");
    }

    @Override
    public void onBroken(LockException cause) {
        told.add("broken " + cause.getClass().getSimpleName());
    }
}
