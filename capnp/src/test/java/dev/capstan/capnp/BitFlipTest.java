package dev.capstan.capnp;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.capstan.capnp.testfixture.StandardContent;
import dev.capstan.capnp.testfixture.TestAllTypes;
import dev.capstan.testkit.Parity;
import java.util.Arrays;
import java.util.function.ToLongFunction;
import org.junit.jupiter.api.Test;

/** Every pair of bits of a pointer changed in every way: cases under the names of {@code fuzz-test.c++}. */
class BitFlipTest {
    /** A quick run takes every fifth bit first, with all that follow it. */
    private static final int STEP = Boolean.getBoolean("capstan.quick") ? 5 : 1;

    private int read;
    private int refused;
    private long sum;

    @Test
    @Parity("fuzz: fuzz-test struct pointer")
    void struct_pointers() {
        MessageBuilder message = new MessageBuilder();
        message.initRoot(TestAllTypes.TYPE).setTextField("foo");
        flip(message, 64, 192, BitFlipTest::structLength);
    }

    @Test
    @Parity("fuzz: fuzz-test list pointer")
    void list_pointers() {
        MessageBuilder message = new MessageBuilder();
        message.root().init(Int32List.TYPE, 2).set(1, 67890);
        flip(
                message,
                64,
                192,
                root -> root.as(Int32List.TYPE).stream().mapToInt(each -> each).sum());
    }

    @Test
    @Parity("fuzz: fuzz-test struct list pointer")
    void pointers_to_lists_of_structs() {
        MessageBuilder message = new MessageBuilder();
        StructList.Builder<TestAllTypes.Builder> list = message.root().init(StructList.type(TestAllTypes.TYPE), 2);
        list.get(0).setTextField("foo");
        list.get(1).setTextField("bar");
        flip(
                message,
                64,
                192,
                root -> root.as(StructList.type(TestAllTypes.TYPE)).stream()
                        .mapToLong(each -> each.getTextField().length())
                        .sum());
    }

    @Test
    @Parity("fuzz: fuzz-test text pointer")
    void text_pointers() {
        MessageBuilder message = new MessageBuilder();
        message.root().setAs(Text.TYPE, "foo");
        flip(message, 64, 192, BitFlipTest::textLength);
    }

    @Test
    @Parity("fuzz: fuzz-test far pointer")
    void far_pointers_and_their_landing_pads() {
        MessageBuilder message = new MessageBuilder(Storage.heap(1).fixed());
        StandardContent.fill(message.initRoot(TestAllTypes.TYPE));
        int table = 64 * (message.segments().size() / 2 + 1);
        flip(message, table, table + 128, BitFlipTest::structLength);
    }

    @Test
    @Parity("fuzz: fuzz-test double-far pointer")
    void double_far_pointers_and_their_landing_pads() {
        // The text lies in a segment without room for a pad, so that the pad lies in a third one.
        long[][] segments = {
            {Pointer.far(true, 0, 2)},
            {'f' | 'o' << 8 | 'o' << 16},
            {Pointer.far(false, 0, 1), Pointer.list(0, ElementSize.BYTE, 4)}
        };
        byte[] frame = Words.bytes(
                0x0000_0001_0000_0002L,
                0x0000_0002_0000_0001L,
                segments[0][0],
                segments[1][0],
                segments[2][0],
                segments[2][1]);
        assertEquals(3, textLength(root(frame)));
        flip(frame, 128, 192, BitFlipTest::textLength);
        flip(frame, 256, 384, BitFlipTest::textLength);
        assertMixed();
    }

    private void flip(MessageBuilder message, int fromBit, int toBit, ToLongFunction<AnyPointer.Reader> reader) {
        byte[] frame = message.toByteArray();
        assertTrue(reader.applyAsLong(root(frame)) > 0);
        flip(frame, fromBit, toBit, reader);
        assertMixed();
    }

    private static long structLength(AnyPointer.Reader root) {
        return root.as(TestAllTypes.TYPE).getTextField().length();
    }

    private static long textLength(AnyPointer.Reader root) {
        return root.as(Text.TYPE).length();
    }

    private void assertMixed() {
        assertTrue(sum != 0 && read > 100 && refused > 100, read + " read, " + refused + " refused");
    }

    private void flip(byte[] valid, int fromBit, int toBit, ToLongFunction<AnyPointer.Reader> reader) {
        byte[] frame = valid.clone();
        for (int first = fromBit; first < toBit; first += STEP) {
            for (int firstWay = 0; firstWay < 3; firstWay++) {
                byte before = frame[first / 8];
                change(frame, first, firstWay);
                for (int second = first + 1; second < toBit; second++) {
                    for (int way = 0; way < 3; way++) {
                        byte untouched = frame[second / 8];
                        change(frame, second, way);
                        use(frame, reader);
                        frame[second / 8] = untouched;
                    }
                }
                frame[first / 8] = before;
            }
        }
        assertArrayEquals(valid, frame);
    }

    /** Sets a bit, clears it, or sets it and clears those beside it. */
    private static void change(byte[] frame, int bit, int way) {
        byte mask = (byte) (1 << (bit % 8));
        switch (way) {
            case 0 -> frame[bit / 8] |= mask;
            case 1 -> frame[bit / 8] &= (byte) ~mask;
            default -> frame[bit / 8] = mask;
        }
    }

    private static AnyPointer.Reader root(byte[] frame) {
        // A message that was changed may stand for very many elements without content, as far as the limit lets it.
        return MessageReader.of(frame, 0, frame.length, Limits.DEFAULT.withTraversalWords(8L * frame.length))
                .root();
    }

    private void use(byte[] frame, ToLongFunction<AnyPointer.Reader> reader) {
        try {
            sum += reader.applyAsLong(root(frame));
            read++;
        } catch (MessageException e) {
            refused++;
        }
        try {
            new Walk().pointer(root(frame));
        } catch (MessageException e) {
            // Too many faults, or too much to visit.
        }
        MessageBuilder copy = new MessageBuilder();
        try {
            long size = root(frame).targetSizeWords();
            copy.root().set(root(frame));
            assertEquals(size, copy.asReader().targetSizeWords(), () -> Arrays.toString(frame));
        } catch (MessageException e) {
            // What was copied until then is sound.
        }
        copy.asReader().targetSizeWords();
    }
}
