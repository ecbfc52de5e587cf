package io.github.leaderelection.core;

import io.github.leaderelection.core.ErrorReports.Source;
import io.github.leaderelection.core.machine.ElectionAction;
import io.github.leaderelection.core.machine.ElectionMachine;

/** The owner of a loop that listens to what a test overrides, and fails when the machine breaks. */
class QuietOwner implements ElectionLoop.Owner {

    @Override
    public void onStep(ElectionMachine machine) {}

    @Override
    public void onAction(ElectionAction action) {}

    @Override
    public void onTrouble(Source source, Throwable trouble) {}

    @Override
    public void onSuccess(Source source) {}

    @Override
    public void onStepped(ElectionMachine machine) {}

    @Override
    public void onBroken(Throwable bug) {
        throw new AssertionError(bug);
    }
}
