package io.github.leaderelection;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;

/**
 * As much of DER as it takes to see which algorithm a private key is for, and to put an older form of private key into the
 * one that the JDK reads. Reads the elements of one byte array in turn.
 *
 * @see <a href="https://www.itu.int/rec/T-REC-X.690">X.690</a>
 */
final class Der {

    static final int INTEGER = 0x02;
    static final int OCTET_STRING = 0x04;
    static final int OBJECT_IDENTIFIER = 0x06;
    static final int SEQUENCE = 0x30;
    static final int CONTEXT_0 = 0xA0;

    private final byte[] bytes;
    private int position;

    Der(byte[] bytes) {
        this.bytes = bytes;
    }

    /** Whether another element begins here, and is of the kind {@code tag}. */
    boolean hasNext(int tag) {
        return position < bytes.length && (bytes[position] & 0xFF) == tag;
    }

    /**
     * The contents of the next element.
     *
     * @throws IllegalArgumentException if there is none, it is not of the kind {@code tag}, or it is cut off
     */
    byte[] next(int tag) {
        if (!hasNext(tag)) {
            throw new IllegalArgumentException(
                    "expected an element with the tag 0x" + Integer.toHexString(tag) + " at byte " + position);
        }
        position++;
        int length = length();
        if (length > bytes.length - position) {
            throw new IllegalArgumentException("cut off at byte " + bytes.length);
        }
        position += length;
        return Arrays.copyOfRange(bytes, position - length, position);
    }

    private int length() {
        int first = octet();
        if (first < 0x80) {
            return first;
        }
        int octets = first & 0x7F;
        if (octets == 0 || octets > 3) {
            throw new IllegalArgumentException("impossible length at byte " + position);
        }
        int length = 0;
        for (int octet = 0; octet < octets; octet++) {
            length = length << 8 | octet();
        }
        return length;
    }

    private int octet() {
        if (position == bytes.length) {
            throw new IllegalArgumentException("cut off at byte " + position);
        }
        return bytes[position++] & 0xFF;
    }

    /** One element of the kind {@code tag} around {@code parts}, one after the other. */
    static byte[] element(int tag, byte[]... parts) {
        int length = 0;
        for (byte[] part : parts) {
            length += part.length;
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream(length + 5);
        out.write(tag);
        if (length < 0x80) {
            out.write(length);
        } else {
            int octets = length < 0x100 ? 1 : length < 0x10000 ? 2 : 3;
            out.write(0x80 | octets);
            for (int octet = octets - 1; octet >= 0; octet--) {
                out.write(length >>> (8 * octet));
            }
        }
        for (byte[] part : parts) {
            out.writeBytes(part);
        }
        return out.toByteArray();
    }
}
