package dev.capstan.capnp;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.capstan.testkit.Parity;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** Pointers between segments. */
class FarPointerTest {
    private static final StructType<Raw.Builder, Raw.Reader> SMALL = Raw.type(1, 1);
    private static final StructType<Raw.Builder, Raw.Reader> LARGE = Raw.type(2, 1);

    @Nested
    class Writing {
        @Test
        void an_object_without_room_beside_its_pointer_goes_behind_a_landing_pad() {
            MessageBuilder message = new MessageBuilder(2);
            message.initRoot(SMALL)._setInt64(0, 42, 0);
            assertArrayEquals(new long[] {0x0000_0001_0000_0002L}, Words.of(message, 0));
            assertArrayEquals(new long[] {0x0001_0001_0000_0000L, 42, 0}, Words.of(message, 1));
            assertEquals(42, message.asReader().as(SMALL)._int64(0, 0));
        }

        @Test
        void a_landing_pad_beside_an_object_that_stays_makes_a_single_far_pointer() {
            MessageBuilder message = new MessageBuilder(5);
            message.initRoot(SMALL)._setText(0, "hello");
            message.getRoot(LARGE);
            // The enlarged struct does not fit segment 0; the pad of its text just does.
            assertArrayEquals(
                    new long[] {0x0000_0001_0000_0002L, 0, 0, 0x6f6c_6c65_68L, 0x0000_0032_ffff_fff9L},
                    Words.of(message, 0));
            assertArrayEquals(new long[] {0x0001_0002_0000_0000L, 0, 0, 0x0000_0000_0000_0022L}, Words.of(message, 1));
            assertEquals("hello", message.asReader().as(LARGE)._text(0));
        }

        @Test
        void a_full_segment_leads_to_a_double_far_pointer() {
            MessageBuilder message = new MessageBuilder(4);
            Raw.Builder root = message.initRoot(SMALL);
            root._setInt64(0, 7, 0);
            root._setText(0, "hello");
            Raw.Builder enlarged = message.getRoot(LARGE);
            enlarged._setInt64(1, 8, 0);
            assertArrayEquals(new long[] {0x0000_0001_0000_0002L, 0, 0, 0x6f6c_6c65_68L}, Words.of(message, 0));
            assertArrayEquals(new long[] {0x0001_0002_0000_0000L, 7, 8, 0x0000_0002_0000_0006L}, Words.of(message, 1));
            assertArrayEquals(new long[] {0x0000_0000_0000_001aL, 0x0000_0032_0000_0001L}, Words.of(message, 2));
            assertEquals("hello", enlarged._text(0));
            assertEquals("hello", message.asReader().as(LARGE)._text(0));
            assertEquals(5, message.asReader().targetSizeWords() + 1);
        }

        @Test
        void what_a_double_far_pointer_led_to_is_zeroed_with_its_pads() {
            MessageBuilder message = new MessageBuilder(4);
            message.initRoot(SMALL)._setText(0, "hello");
            message.getRoot(LARGE)._clear(0);
            assertArrayEquals(new long[] {0x0000_0001_0000_0002L, 0, 0, 0}, Words.of(message, 0));
            assertArrayEquals(new long[] {0x0001_0002_0000_0000L, 0, 0, 0}, Words.of(message, 1));
            assertArrayEquals(new long[] {0, 0}, Words.of(message, 2));
        }

        @Test
        @Parity({"encoding: UpgradeStructInBuilderFarPointers", "encoding: UpgradeStructInBuilderMultiSegment"})
        void a_struct_behind_a_far_pointer_is_enlarged_and_its_pad_zeroed() {
            MessageBuilder message = new MessageBuilder(1);
            Raw.Builder root = message.initRoot(SMALL);
            root._setInt64(0, 9, 0);
            root._setText(0, "x");
            Raw.Builder enlarged = message.getRoot(Raw.type(3, 2));
            assertEquals(9, enlarged._int64(0, 0));
            assertEquals("x", enlarged._text(0));
            assertEquals(0, enlarged._int64(2, 0));
            assertTrue(enlarged._isNull(1));
            assertArrayEquals(new long[] {0, 0, 0}, Words.of(message, 1));
        }

        @Test
        @Parity("encoding: UpgradeStructInBuilderDoubleFarPointers")
        void a_struct_behind_a_double_far_pointer_is_enlarged() {
            MessageBuilder message = new MessageBuilder(5);
            Raw.Builder root = message.initRoot(SMALL);
            Raw.Builder child = root._init(SMALL, 0);
            child._setInt64(0, 77, 0);
            Raw.Builder enlargedRoot = message.getRoot(LARGE);
            long pointer = enlargedRoot.segment.getLong(enlargedRoot.pointerAt(0));
            assertTrue(Pointer.isDoubleFar(pointer));
            Raw.Builder enlargedChild = enlargedRoot._get(LARGE, 0);
            enlargedChild._setInt64(1, 78, 0);
            Raw.Reader reader = message.asReader().as(LARGE)._get(LARGE, 0);
            assertEquals(77, reader._int64(0, 0));
            assertEquals(78, reader._int64(1, 0));
            assertArrayEquals(new long[] {0x0000_0001_0000_0002L, 0, 0, 0, 0}, Words.of(message, 0));
        }

        @Test
        void everything_reads_back_from_a_message_of_many_tiny_segments() {
            MessageBuilder message = new MessageBuilder(1);
            Raw.Builder at = message.initRoot(Raw.type(1, 4));
            for (int i = 0; i < 40; i++) {
                at._setInt64(0, i, 0);
                at._setText(0, "text " + i);
                at._init(Int32List.TYPE, 1, 3).set(2, i);
                var structs = at._init(StructList.type(SMALL), 2, 2);
                structs.get(1)._setText(0, "element " + i);
                at = at._init(Raw.type(1, 4), 3);
            }
            assertTrue(message.segments().size() > 4);
            byte[] frame = message.toByteArray();
            Raw.Reader read =
                    MessageReader.of(frame, 0, frame.length, Limits.DEFAULT).root(Raw.type(1, 4));
            for (int i = 0; i < 40; i++) {
                assertEquals(i, read._int64(0, 0));
                assertEquals("text " + i, read._text(0));
                assertEquals(i, read._get(Int32List.TYPE, 1).at(2));
                assertEquals(
                        "element " + i,
                        read._get(StructList.type(SMALL), 2).get(1)._text(0));
                read = read._get(Raw.type(1, 4), 3);
            }
        }
    }

    @Nested
    class Reading {
        @Test
        void a_far_pointer_leads_to_a_pad_in_another_segment() {
            AnyPointer.Reader root =
                    Words.root(new long[][] {{0x0000_0001_0000_000aL}, {0, 0x0000_0001_0000_0000L, 11}});
            assertEquals(11, root.as(SMALL)._int64(0, 0));
            assertEquals(AnyPointer.Kind.STRUCT, root.kind());
        }

        @Test
        void a_double_far_pointer_names_the_object_and_its_type_apart() {
            AnyPointer.Reader root = Words.root(
                    new long[][] {{0x0000_0001_0000_0006L}, {0x0000_0002_0000_000aL, 0x0000_0001_0000_0000L}, {0, 12}});
            assertEquals(12, root.as(SMALL)._int64(0, 0));
            assertEquals(1, root.targetSizeWords());
        }

        @Test
        void lists_and_text_and_data_lie_behind_far_pointers_too() {
            long[] pad = {0, 0x0000_0012_0000_0001L, 0x41};
            AnyPointer.Reader root = Words.root(new long[][] {{0x0000_0001_0000_000aL}, pad});
            assertEquals("A", root.as(Text.TYPE));
            assertEquals(Data.of((byte) 0x41, (byte) 0), root.as(Data.TYPE));
            assertEquals(0x41, root.as(Int8List.TYPE).at(0));
        }

        @Test
        void a_far_pointer_to_a_missing_segment_is_malformed() {
            MessageException thrown = assertThrows(
                    MessageException.class,
                    () -> Words.root(0x0000_0001_0000_0002L).as(SMALL));
            assertEquals(
                    "Message contains a far pointer to an unknown segment (segment 0, byte 0)", thrown.getMessage());
            assertEquals(0, thrown.segmentId());
            assertEquals(0, thrown.byteOffset());
            assertThrows(
                    MessageException.class,
                    () -> Words.root(0xffff_ffff_0000_0002L).as(Text.TYPE));
        }

        @Test
        void a_far_pointer_beyond_its_segment_is_malformed() {
            for (long offset : new long[] {1, 2, (1 << 29) - 1}) {
                long[][] segments = {{0x0000_0001_0000_0002L | offset << 3}, {0}};
                assertThrows(MessageException.class, () -> Words.root(segments).as(SMALL));
            }
        }

        @Test
        void a_far_pointer_to_itself_is_malformed() {
            assertThrows(MessageException.class, () -> Words.root(2).as(SMALL));
            assertThrows(MessageException.class, () -> Words.root(2).kind());
            assertThrows(MessageException.class, () -> Words.root(2).targetSizeWords());
            assertThrows(MessageException.class, () -> Words.root(6, 0).as(SMALL));
        }

        @Test
        void far_pointers_do_not_chain() {
            long[][] toFar = {{0x0000_0001_0000_0002L}, {0x0000_0000_0000_0002L}};
            assertThrows(MessageException.class, () -> Words.root(toFar).as(Data.TYPE));
            long[][] doubleToDouble = {{0x0000_0001_0000_0006L}, {0x0000_0001_0000_0006L, 0}};
            assertThrows(
                    MessageException.class, () -> Words.root(doubleToDouble).as(SMALL));
            long[][] tagIsFar = {{0x0000_0001_0000_0006L}, {0x0000_0001_0000_0002L, 0x0000_0001_0000_0002L}};
            assertThrows(MessageException.class, () -> Words.root(tagIsFar).as(SMALL));
        }

        @Test
        void the_pad_of_a_double_far_pointer_must_fit_and_begin_with_a_far_pointer() {
            long[][] cutShort = {{0x0000_0001_0000_0006L}, {0x0000_0001_0000_0002L}};
            assertThrows(MessageException.class, () -> Words.root(cutShort).as(SMALL));
            long[][] noFar = {{0x0000_0001_0000_0006L}, {0, 0x0000_0001_0000_0000L}};
            assertThrows(MessageException.class, () -> Words.root(noFar).as(SMALL));
            long[][] missing = {{0x0000_0001_0000_0006L}, {0x0000_0009_0000_0002L, 0x0000_0001_0000_0000L}};
            assertThrows(MessageException.class, () -> Words.root(missing).as(SMALL));
        }

        @Test
        void the_object_of_a_double_far_pointer_must_lie_in_its_segment() {
            long[][] beyond = {{0x0000_0001_0000_0006L}, {0x0000_0001_0000_0012L, 0x0000_0001_0000_0000L}};
            assertThrows(MessageException.class, () -> Words.root(beyond).as(SMALL));
            long[][] farBeyond = {{0x0000_0001_0000_0006L}, {0x0000_0001_ffff_fffaL, 0x0000_0001_0000_0000L}};
            assertThrows(MessageException.class, () -> Words.root(farBeyond).as(SMALL));
        }
    }
}
