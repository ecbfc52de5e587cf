package io.github.leaderelection;

/** Callbacks for where nobody leads. */
final class SilentCallbacks implements LeaderCallbacks {

    @Override
    public void onStartedLeading(Leadership leadership) {}

    @Override
    public void onStoppedLeading(Leadership ended) {}
}
