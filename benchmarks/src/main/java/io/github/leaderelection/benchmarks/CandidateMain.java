package io.github.leaderelection.benchmarks;

import io.github.leaderelection.benchmarks.electors.Address;
import io.github.leaderelection.benchmarks.electors.ElectorKind;
import io.github.leaderelection.benchmarks.electors.Entrant;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** One candidate in this JVM. Says {@code READY} when it stands by or leads and {@code LEADS} when it leads. */
final class CandidateMain {

    private CandidateMain() {}

    /** Arguments: the kind of the elector, the election, the identity. */
    public static void main(String[] arguments) throws IOException {
        ElectorKind kind = ElectorKind.valueOf(arguments[0]);
        Entrant entrant = kind.connect(Address.ofEnvironment(), kind.crashTiming())
                .enter(arguments[1], arguments[2], () -> System.out.println("LEADS"), () -> {});
        while (!entrant.standsBy()) {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(10));
        }
        System.out.println("READY");
        while (System.in.read() >= 0) {
            continue; // until whoever started this ends
        }
        Runtime.getRuntime().halt(0);
    }
}
