package io.github.leaderelection.lock.kubernetes;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.function.Consumer;

/** Cuts bytes that come in pieces into lines. Filled by one thread at a time, in order. */
final class LineSplitter {

    private final int lineBytesMax;
    private ByteArrayOutputStream line = new ByteArrayOutputStream();

    LineSplitter(int lineBytesMax) {
        this.lineBytesMax = lineBytesMax;
    }

    /**
     * Adds what came, and hands on each line that is complete.
     *
     * @throws IOException if a line is longer than the limit
     */
    void add(List<ByteBuffer> buffers, Consumer<byte[]> onLine) throws IOException {
        for (ByteBuffer buffer : buffers) {
            while (buffer.hasRemaining()) {
                byte next = buffer.get();
                if (next == '\n') {
                    byte[] complete = line.toByteArray();
                    line = new ByteArrayOutputStream();
                    onLine.accept(complete);
                } else if (line.size() == lineBytesMax) {
                    throw new IOException("a line of more than " + lineBytesMax + " bytes came, which no Lease has");
                } else {
                    line.write(next);
                }
            }
        }
    }
}
