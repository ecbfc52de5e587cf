package io.github.leaderelection.core;

import io.github.leaderelection.LeaderElectionConfig;
import io.github.leaderelection.LeaderElectionException;
import io.github.leaderelection.core.machine.ElectionAction.Trouble;
import org.jspecify.annotations.Nullable;

/** What users read of what the machine reports. */
final class TroubleText {

    private TroubleText() {}

    static LeaderElectionException of(Trouble trouble, LeaderElectionConfig config, @Nullable Tenure tenure) {
        String lock = config.lock().describe();
        return new LeaderElectionException(
                switch (trouble) {
                    case WORK_NOT_QUIET ->
                        "the work of " + tenure + " has not ended within the drain timeout of " + config.drainTimeout()
                                + "; its lease is left to lapse: make onStartedLeading obey its interrupt and"
                                + " onStoppedLeading return";
                    case NOT_RELEASED -> "the record of " + lock + " could not be released; its lease is left to lapse";
                    case ORDER_WENT_BACK ->
                        "the order of " + lock + " went back: its data was lost or restored, and fencing tokens start"
                                + " over; a resource that has seen greater ones must be told";
                    case WATCH_SILENT ->
                        "the watch of " + lock + " did not show what it had to in time, and is opened anew";
                    case DENIED_FOR_GOOD -> lock + " refuses " + config.lock().identity() + " for good";
                });
    }
}
