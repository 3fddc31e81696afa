package dev.capstan.capnp.io;

import dev.capstan.capnp.MessageException;
import java.io.IOException;
import java.io.InputStream;
import java.util.Objects;

/** See {@link Packed#input}. */
final class PackedInput extends InputStream {
    private static final int LARGEST_BUFFER = 8192;

    private final InputStream packed;
    private final Unpacker unpacker = new Unpacker();
    /** Grows as long as reads fill it, so that a small message needs little. */
    private byte[] buffer = new byte[512];

    private final byte[] single = new byte[1];
    private int at;
    private int end;
    private long before;

    PackedInput(InputStream packed) {
        this.packed = packed;
    }

    @Override
    public int read() throws IOException {
        return read(single, 0, 1) < 0 ? -1 : single[0] & 0xff;
    }

    @Override
    public int read(byte[] room, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, room.length);
        if (length == 0) {
            return 0;
        }
        while (true) {
            at = unpacker.unpack(buffer, at, end, room, offset, offset + length);
            int count = unpacker.written() - offset;
            if (count > 0) {
                return count;
            }
            before += end;
            at = 0;
            if (end == buffer.length && end < LARGEST_BUFFER) {
                buffer = new byte[4 * end];
            }
            end = Math.max(0, packed.read(buffer, 0, buffer.length));
            if (end == 0) {
                if (unpacker.isBetweenWords()) {
                    return -1;
                }
                throw MessageException.inFrame("The packed bytes end prematurely, within a word", before);
            }
        }
    }

    @Override
    public void close() throws IOException {
        packed.close();
    }
}
