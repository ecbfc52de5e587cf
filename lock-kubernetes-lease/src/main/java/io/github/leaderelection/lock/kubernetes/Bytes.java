package io.github.leaderelection.lock.kubernetes;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;

/** Bytes that come in pieces, up to a limit. Filled by one thread at a time, in order. */
final class Bytes {

    private final ByteArrayOutputStream collected = new ByteArrayOutputStream();
    private final int countMax;

    Bytes(int countMax) {
        this.countMax = countMax;
    }

    /**
     * Adds what came.
     *
     * @throws IOException if that is more than the limit
     */
    void add(List<ByteBuffer> buffers) throws IOException {
        for (ByteBuffer buffer : buffers) {
            if (collected.size() + buffer.remaining() > countMax) {
                throw new IOException("more than " + countMax + " bytes came, which no Lease has");
            }
            byte[] piece = new byte[buffer.remaining()];
            buffer.get(piece);
            collected.write(piece);
        }
    }

    byte[] toByteArray() {
        return collected.toByteArray();
    }
}
