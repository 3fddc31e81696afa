package dev.capstan.net.http;

import io.netty.buffer.ByteBuf;
import java.util.Arrays;

/** Bytes that gather up to a limit. Memory is taken for what has come, not for what was announced. */
final class Body {
    private static final byte[] EMPTY = {};

    private final int limit;
    private byte[] bytes = EMPTY;
    private int length;

    Body(int limit) {
        this.limit = limit;
    }

    /** Copies what can be read; false, and nothing is taken, if that would be too much. */
    boolean add(ByteBuf more) {
        int count = more.readableBytes();
        if (!hasRoom(count)) {
            return false;
        }
        more.readBytes(bytes, length, count);
        length += count;
        return true;
    }

    /** As {@link #add(ByteBuf)}. */
    boolean add(byte[] more, int offset, int count) {
        if (!hasRoom(count)) {
            return false;
        }
        System.arraycopy(more, offset, bytes, length, count);
        length += count;
        return true;
    }

    private boolean hasRoom(int count) {
        if (count > limit - length) {
            return false;
        }
        if (count > bytes.length - length) {
            long doubled = Math.min(limit, 2L * bytes.length);
            bytes = Arrays.copyOf(bytes, (int) Math.max(length + count, doubled));
        }
        return true;
    }

    int length() {
        return length;
    }

    /** What has gathered; the next begins empty. */
    byte[] take() {
        byte[] whole = bytes.length == length ? bytes : Arrays.copyOf(bytes, length);
        bytes = EMPTY;
        length = 0;
        return whole;
    }
}
