package io.github.leaderelection.lock.kubernetes;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;
import io.github.leaderelection.fuzz.Refusal;
import io.github.leaderelection.spi.MalformedRecordException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Whatever comes as the body of an answer, or in pieces as the lines of a watch. */
class KubernetesDocumentsFuzzTests {

    private final LeaseDocuments documents =
            new LeaseDocuments(new LeasePaths("b", "a"), "Lease a in namespace b", Map.of("x", "y"), Map.of());
    private final KubernetesLeaseErrors errors = new KubernetesLeaseErrors("Lease a in namespace b", "b");

    @FuzzTest
    void answersAndLinesAreReadOrRefused(FuzzedDataProvider data) {
        int code = data.consumeInt(0, 999);
        int piece = data.consumeInt(1, 50);
        int lineMax = data.consumeInt(1, 500);
        byte[] bytes = data.consumeRemainingAsBytes();
        Reply reply = new Reply(code, bytes);
        Refusal.checkText("x" + reply.message());
        for (Verb verb : Verb.values()) {
            Refusal.checkText(String.valueOf(errors.ofReply(verb, reply).getMessage()));
        }
        snapshot(bytes);
        reply.json()
                .flatMap(LeaseDocuments.Listed::of)
                .flatMap(LeaseDocuments.Listed::lease)
                .ifPresent(this::snapshot);
        List<byte[]> lines = new ArrayList<>();
        LineSplitter splitter = new LineSplitter(lineMax);
        try {
            for (int begin = 0; begin < bytes.length; begin += piece) {
                splitter.add(List.of(ByteBuffer.wrap(bytes, begin, Math.min(piece, bytes.length - begin))), lines::add);
            }
        } catch (IOException tooLong) {
            Refusal.checkText(String.valueOf(tooLong.getMessage()));
        }
        for (byte[] line : lines) {
            if (line.length > lineMax) {
                throw new AssertionError("a line of " + line.length + " bytes");
            }
            new Reply(200, line).json();
        }
    }

    private void snapshot(byte[] bytes) {
        Refusal.orRead(MalformedRecordException.class, () -> documents.snapshot(bytes))
                .filter(read -> read.record().leaseDuration().toSeconds() > 0)
                .ifPresent(read -> documents.update(read.record(), (KubernetesLeaseVersion) read.version()));
    }
}
