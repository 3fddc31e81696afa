package dev.capstan.capnp;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Random;

/** Valid messages, and what can be done to them so that something is wrong. The same seed gives the same bytes. */
public final class Mutations {
    static final StructType<Raw.Builder, Raw.Reader> NODE = Raw.type(2, 4);

    private Mutations() {}

    /** A frame with a tree of structs, lists and texts, sound, in one segment or several. */
    public static byte[] base(Random random) {
        MessageBuilder message = new MessageBuilder(1 + random.nextInt(40));
        Raw.Builder root = message.initRoot(NODE);
        fill(root, random, 4);
        return message.toByteArray();
    }

    static void fill(Raw.Builder node, Random random, int depth) {
        node._setInt64(0, random.nextLong(), 0);
        node._setInt32(2, random.nextInt(), 0);
        for (int i = 0; i < 4; i++) {
            switch (random.nextInt(depth > 0 ? 13 : 9)) {
                case 0 -> node._setText(i, "text".repeat(random.nextInt(5)));
                case 1 -> node._setText(i, "\u00fcber");
                case 2 -> node._init(VoidList.TYPE, i, random.nextInt(9));
                case 3 -> node._init(Int16List.TYPE, i, 1 + random.nextInt(5)).set(0, (short) random.nextInt());
                case 4 -> node._init(Int32List.TYPE, i, random.nextInt(5));
                case 5 -> node._init(Float64List.TYPE, i, random.nextInt(5));
                case 6 -> node._setCap(i, new TestCap());
                case 7 -> node._init(Raw.type(0, 0), i);
                case 8 -> node._clear(i);
                case 9 -> fill(node._init(NODE, i), random, depth - 1);
                case 10, 11 -> {
                    for (Raw.Builder each : node._init(StructList.type(NODE), i, 1 + random.nextInt(2))) {
                        fill(each, random, depth - 2);
                    }
                }
                default -> {
                    var lists = node._init(PointerList.type(PointerList.type(Text.TYPE)), i, 2);
                    lists.init(1, 2).setCopy(0, "nested");
                }
            }
        }
    }

    /** {@code frame}, or a shorter copy of it, with one thing changed. */
    public static byte[] mutate(byte[] frame, Random random) {
        if (frame.length < 16) {
            return frame;
        }
        ByteBuffer words = ByteBuffer.wrap(frame).order(ByteOrder.LITTLE_ENDIAN);
        int word = 8 * random.nextInt(frame.length / 8);
        switch (random.nextInt(8)) {
            case 0 -> frame[random.nextInt(frame.length)] ^= (byte) (1 << random.nextInt(8));
            case 1 -> frame[random.nextInt(frame.length)] = (byte) random.nextInt();
            case 2 -> words.putLong(word, random.nextLong());
            case 3 -> words.putLong(word, words.getLong(8 * random.nextInt(frame.length / 8)));
            case 4 -> words.putLong(word, pointer(random));
            case 5 -> words.putInt(word + 4 * random.nextInt(2), INTERESTING[random.nextInt(INTERESTING.length)]);
            case 6 -> words.putInt(word, words.getInt(word) + 4 * (random.nextInt(9) - 4));
            default -> {
                if (random.nextInt(4) == 0) {
                    return Arrays.copyOf(frame, random.nextInt(frame.length));
                }
                words.putInt(word + 4, words.getInt(word + 4) + (random.nextInt(5) - 2));
            }
        }
        return frame;
    }

    private static final int[] INTERESTING = {0, -1, 1, -4, 7, 0x7fff_ffff, 0x8000_0000, 0xffff, 0x1_0000, 0xffff_fff8};

    /** A pointer of any kind to somewhere near. */
    private static long pointer(Random random) {
        int offset = random.nextInt(40) - 20;
        int count = random.nextInt(4) == 0 ? random.nextInt(1 << 29) : random.nextInt(20);
        return switch (random.nextInt(5)) {
            case 0 -> Pointer.struct(offset, random.nextInt(6), random.nextInt(6));
            case 1 -> Pointer.list(offset, random.nextInt(8), count);
            case 2 -> Pointer.far(random.nextBoolean(), 8L * random.nextInt(30), random.nextInt(4));
            case 3 -> Pointer.capability(random.nextInt(4));
            default -> Pointer.struct(random.nextInt(1 << 29), random.nextInt(3), random.nextInt(3));
        };
    }
}
