package io.github.leaderelection.core;

import java.lang.instrument.Instrumentation;
import java.util.List;
import org.pastalab.fray.instrumentation.base.ApplicationCodeTransformer;

/** Fray's own agent, but for accesses to all fields, not to volatile ones only. */
public final class SchedulesAgent {

    private SchedulesAgent() {}

    public static void premain(String arguments, Instrumentation instrumentation) {
        instrumentation.addTransformer(new ApplicationCodeTransformer(true, List.of()));
    }
}
