package io.github.leaderelection.core.sim;

import io.github.leaderelection.LeaderElectionRecord;
import io.github.leaderelection.core.machine.ElectionAction;
import io.github.leaderelection.core.machine.ElectionEvent;
import io.github.leaderelection.core.machine.Seen;

/** How a transcript words things. */
final class SimText {

    private SimText() {}

    static String of(LeaderElectionRecord record) {
        return (record.hasHolder() ? record.holderIdentity() : "nobody") + " lease="
                + record.leaseDuration().toMillis() + "ms transitions=" + record.leaderTransitions() + " renewed="
                + record.renewTime().map(Object::toString).orElse("-")
                + record.session().map(session -> " session=" + session).orElse("");
    }

    static String of(Seen seen) {
        return seen instanceof Seen.Present present
                ? present.snapshot().version() + " " + of(present.snapshot().record())
                : seen instanceof Seen.Absent ? "nothing" : "no record";
    }

    static String of(ElectionEvent event) {
        if (event instanceof ElectionEvent.ReadAnswered read) {
            return "read#" + read.call() + " answered " + of(read.seen());
        }
        if (event instanceof ElectionEvent.Watched watched) {
            return "watch#" + watched.watch() + " shows " + of(watched.seen());
        }
        return event.toString();
    }

    static String of(ElectionAction action) {
        if (action instanceof ElectionAction.Create create) {
            return "create#" + create.call() + " " + of(create.record());
        }
        if (action instanceof ElectionAction.Update update) {
            return "update#" + update.call() + " " + of(update.record()) + " if " + update.expected();
        }
        return action.toString();
    }
}
