package dev.capstan.capnp;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.capstan.testkit.Parity;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** One struct with everything behind it, built in segments of all sizes: how many words go where, and that it reads back. */
class LayoutParityTest {
    private static final StructType<Raw.Builder, Raw.Reader> ROOT = Raw.type(2, 4);
    private static final StructType<Raw.Builder, Raw.Reader> SUB = Raw.type(1, 0);
    private static final StructType<Raw.Builder, Raw.Reader> ELEMENT = Raw.type(1, 1);
    private static final PointerType<
                    PointerList.Builder<UInt16List.Builder, UInt16List.Reader>, PointerList.Reader<UInt16List.Reader>>
            LISTS = PointerList.type(UInt16List.TYPE);
    private static final boolean[] BITS = {false, false, true, false, true, true, true, false};

    private static MessageBuilder built(Storage storage) {
        MessageBuilder message = new MessageBuilder(storage);
        Raw.Builder root = message.initRoot(ROOT);
        root._setInt64(0, 0x1011121314151617L, 0);
        root._setInt32(2, 0x20212223, 0);
        root._setInt16(6, (short) 0x3031, (short) 0);
        root._setInt8(14, (byte) 0x40, (byte) 0);
        for (int i = 0; i < 8; i++) {
            root._setBool(120 + i, BITS[i], false);
        }
        root._init(SUB, 0)._setInt32(0, 123, 0);
        Int32List.Builder numbers = root._init(Int32List.TYPE, 1, 3);
        for (int i = 0; i < 3; i++) {
            numbers.set(i, 200 + i);
        }
        StructList.Builder<Raw.Builder> structs = root._initStructs(ELEMENT, 2, 4);
        for (int i = 0; i < 4; i++) {
            structs.get(i)._setInt32(0, 300 + i, 0);
            structs.get(i)._init(SUB, 0)._setInt32(0, 400 + i, 0);
        }
        PointerList.Builder<UInt16List.Builder, UInt16List.Reader> lists = root._init(LISTS, 3, 5);
        for (int i = 0; i < 5; i++) {
            UInt16List.Builder list = lists.init(i, i + 1);
            for (int j = 0; j <= i; j++) {
                list.set(j, 500 + j);
            }
        }
        return message;
    }

    private static void check(Raw.Reader root) {
        assertEquals(0x1011121314151617L, root._int64(0, 0));
        assertEquals(0x20212223, root._int32(2, 0));
        assertEquals(0x3031, root._uint16(6, 0));
        assertEquals(0x40, root._uint8(14, 0));
        for (int i = 0; i < 8; i++) {
            assertEquals(BITS[i], root._bool(120 + i, false));
        }
        assertEquals(123, root._get(SUB, 0)._int32(0, 0));
        assertEquals(List.of(200, 201, 202), root._get(Int32List.TYPE, 1));
        StructList.Reader<Raw.Reader> structs = root._structs(ELEMENT, 2);
        assertEquals(4, structs.size());
        for (int i = 0; i < 4; i++) {
            assertEquals(300 + i, structs.get(i)._int32(0, 0));
            assertEquals(400 + i, structs.get(i)._get(SUB, 0)._int32(0, 0));
        }
        assertEquals(
                List.of(
                        List.of(500),
                        List.of(500, 501),
                        List.of(500, 501, 502),
                        List.of(500, 501, 502, 503),
                        List.of(500, 501, 502, 503, 504)),
                root._get(LISTS, 3));
    }

    private static void assertWords(Storage storage, Integer... words) {
        MessageBuilder message = built(storage);
        assertEquals(
                List.of(words),
                message.segments().stream().map(each -> each.remaining() / 8).toList());
        check(message.asReader().as(ROOT));
        check(ROOT.asReader(message.getRoot(ROOT)));
        byte[] frame = message.toByteArray();
        check(MessageReader.of(frame, 0, frame.length, Limits.DEFAULT).root(ROOT));
    }

    @Test
    @Parity("layout: StructRoundTrip_OneSegment")
    @DisplayName("StructRoundTrip_OneSegment")
    void in_one_segment_nothing_but_the_objects_takes_room() {
        // Root pointer 1, root 6, struct 1, numbers 2, structs 1 + 4 x 2 + 4, lists 5 + 6.
        assertWords(Storage.heap(1000), 34);
    }

    @Test
    @Parity("layout: StructRoundTrip_OneSegmentPerAllocation")
    @DisplayName("StructRoundTrip_OneSegmentPerAllocation")
    void in_segments_of_their_own_objects_have_a_landing_pad_each() {
        assertWords(Storage.heap(1).fixed(), 1, 7, 2, 3, 10, 2, 2, 2, 2, 6, 2, 2, 2, 2, 3);
    }

    @Test
    @Parity("layout: StructRoundTrip_MultipleSegmentsWithMultipleAllocations")
    @DisplayName("StructRoundTrip_MultipleSegmentsWithMultipleAllocations")
    void in_segments_of_eight_words_objects_lie_beside_their_pointers_where_there_is_room() {
        assertWords(Storage.heap(8).fixed(), 8, 3, 10, 8, 8, 7);
    }
}
