package dev.capstan.fuzz;

import dev.capstan.capnp.Limits;
import dev.capstan.capnp.MessageException;
import dev.capstan.capnp.io.MessageInput;
import dev.capstan.capnp.io.Packed;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Operations of {@link Target#PACKED}. Two packed bytes may stand for 2 KiB, so each says how much it takes. */
final class Packing {
    static final List<Operation> OPERATIONS = List.of(
            new Operation("unpack at once", Packing::atOnce),
            new Operation("unpack in pieces", Packing::inPieces),
            new Operation("messages in a packed stream", Packing::messages),
            new Operation("pack and unpack", Packing::there));

    private Packing() {}

    private static int most(byte[] input) {
        return 4 * input.length + 64;
    }

    /** Null if it is refused. */
    private static byte @Nullable [] unpack(byte[] input) {
        try {
            byte[] words = Packed.unpack(input, 0, input.length, most(input));
            if (words.length > most(input) || words.length % 8 != 0) {
                throw new AssertionError("unpacked to " + words.length + " bytes, " + most(input) + " allowed");
            }
            return words;
        } catch (MessageException e) {
            return null;
        }
    }

    private static long atOnce(byte[] input) {
        byte[] words = unpack(input);
        if (words == null) {
            return 1;
        }
        // What is packed anew may be shorter, but means the same.
        byte[] packed = Packed.pack(words, 0, words.length);
        if (!Arrays.equals(words, Packed.unpack(packed, 0, packed.length, words.length))) {
            throw new AssertionError("packed anew, it is something else");
        }
        return words.length;
    }

    /** A stream hands on what came before it found something wrong, and then the same thing is wrong. */
    private static long inPieces(byte[] input) throws IOException {
        byte[] whole = unpack(input);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        boolean refused = false;
        int room = 1 + input.length % 23;
        byte[] piece = new byte[room];
        try (InputStream in = Packed.input(new Trickle(input))) {
            while (out.size() <= most(input)) {
                int count = in.read(piece);
                if (count < 0) {
                    break;
                }
                if (count == 0) {
                    throw new AssertionError("a read of " + room + " bytes gave none");
                }
                out.write(piece, 0, count);
            }
        } catch (MessageException e) {
            refused = true;
        }
        boolean tooLarge = out.size() > most(input);
        if ((refused || tooLarge) != (whole == null)) {
            throw new AssertionError("in pieces it is " + (refused ? "refused" : "accepted") + ", at once it is not");
        }
        if (whole != null && !Arrays.equals(whole, out.toByteArray())) {
            throw new AssertionError("in pieces it is something else");
        }
        return out.size();
    }

    private static long messages(byte[] input) throws IOException {
        Limits limits = Limits.DEFAULT.withTraversalWords(most(input) / 8);
        long bytes = 0;
        try (MessageInput in = MessageInput.packed(new ByteArrayInputStream(input), limits)) {
            // An empty message takes two words, and very many of them no more than a few bytes when they are packed.
            while (bytes <= most(input) && in.next() != null) {
                bytes += 8;
            }
        } catch (MessageException e) {
            // Cut short or malformed, as documented.
        }
        return bytes;
    }

    private static long there(byte[] input) {
        byte[] words = Arrays.copyOf(input, input.length & ~7);
        byte[] packed = Packed.pack(words, 0, words.length);
        if (packed.length > words.length + words.length / 8 + 2 * (words.length / 2048 + 1)) {
            throw new AssertionError(words.length + " bytes are packed into " + packed.length);
        }
        if (!Arrays.equals(words, Packed.unpack(packed, 0, packed.length, words.length))) {
            throw new AssertionError("unpacked again, it is something else");
        }
        return words.length;
    }

    /** Gives a few bytes at a time. */
    private static final class Trickle extends InputStream {
        private final byte[] bytes;
        private int at;

        Trickle(byte[] bytes) {
            this.bytes = bytes;
        }

        @Override
        public int read() {
            return at < bytes.length ? bytes[at++] & 0xff : -1;
        }

        @Override
        public int read(byte[] room, int offset, int length) {
            if (at == bytes.length) {
                return -1;
            }
            int count = Math.min(Math.min(length, bytes.length - at), 1 + at % 5);
            System.arraycopy(bytes, at, room, offset, count);
            at += count;
            return count;
        }
    }
}
