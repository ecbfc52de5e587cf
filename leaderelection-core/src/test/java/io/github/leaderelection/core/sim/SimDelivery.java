package io.github.leaderelection.core.sim;

import io.github.leaderelection.core.machine.ElectionEvent;
import org.jspecify.annotations.Nullable;

/** An event for a machine, with what only the simulator knows: the state that it shows, the write that it answers. */
record SimDelivery(
        ElectionEvent event,
        SimStore.@Nullable State state,
        @Nullable SimWrite write) {

    static SimDelivery of(ElectionEvent event) {
        return new SimDelivery(event, null, null);
    }
}
