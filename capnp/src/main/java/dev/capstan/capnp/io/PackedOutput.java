package dev.capstan.capnp.io;

import java.io.IOException;
import java.io.OutputStream;
import java.util.Objects;

/** See {@link Packed#output}. */
final class PackedOutput extends OutputStream {
    private final OutputStream packed;
    private final Packer packer = new Packer();

    PackedOutput(OutputStream packed) {
        this.packed = packed;
    }

    /** Refused: a byte is no word. */
    @Override
    public void write(int single) {
        throw new IllegalArgumentException("only whole words can be packed: write multiples of 8 bytes");
    }

    @Override
    public void write(byte[] words, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, words.length);
        int end = offset + length;
        for (int at = offset; at < end; ) {
            at = packer.packSome(words, at, end);
            packed.write(packer.bytes(), 0, packer.size());
            packer.clear();
        }
    }

    @Override
    public void flush() throws IOException {
        packed.flush();
    }

    @Override
    public void close() throws IOException {
        packed.close();
    }
}
