package io.github.leaderelection.benchmarks;

import io.github.leaderelection.benchmarks.electors.Address;
import io.github.leaderelection.benchmarks.electors.ElectorKind;
import java.io.IOException;

/** One candidate in this JVM. Says {@code READY} when it campaigns and {@code LEADS} when it leads. */
final class CandidateMain {

    private CandidateMain() {}

    /** Arguments: the kind of the elector, the election, the identity. */
    public static void main(String[] arguments) throws IOException {
        ElectorKind kind = ElectorKind.valueOf(arguments[0]);
        kind.connect(Address.ofEnvironment(), kind.crashTiming())
                .enter(arguments[1], arguments[2], () -> System.out.println("LEADS"), () -> {});
        System.out.println("READY");
        while (System.in.read() >= 0) {
            continue; // until whoever started this ends
        }
        Runtime.getRuntime().halt(0);
    }
}
