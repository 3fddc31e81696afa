package dev.capstan.capnp;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.capstan.testkit.Parity;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Messages in a stream: the table of segments and what is checked about it before anything is allocated. */
class StreamFrameTest {
    private static final StructType<Raw.Builder, Raw.Reader> NODE = Raw.type(1, 1);

    /** A linked list of structs, each in a segment of its own. */
    private static byte[] frameOf(int segments) {
        byte[] header = new byte[(segments / 2 + 1) * 8];
        ByteArrayOutputStream frame = new ByteArrayOutputStream();
        put(header, 0, segments - 1);
        for (int id = 0; id < segments; id++) {
            put(header, 4 + 4 * id, 3);
        }
        frame.writeBytes(header);
        for (int id = 0; id < segments; id++) {
            long next = id + 1 == segments ? 0 : 2 | (long) (id + 1) << 32;
            frame.writeBytes(Words.bytes(0x0001_0001_0000_0000L, id, next));
        }
        return frame.toByteArray();
    }

    private static void put(byte[] array, int at, int value) {
        ByteBuffer.wrap(array).order(ByteOrder.LITTLE_ENDIAN).putInt(at, value);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 7, 10})
    void a_frame_of_several_segments_is_read_where_it_lies(int segments) {
        byte[] frame = frameOf(segments);
        byte[] padded = new byte[frame.length + 9];
        Arrays.fill(padded, (byte) 0x55);
        System.arraycopy(frame, 0, padded, 5, frame.length);
        assertEquals(frame.length, MessageReader.frameBytes(padded, 5, padded.length - 5, Limits.DEFAULT));
        Raw.Reader node =
                MessageReader.of(padded, 5, padded.length - 5, Limits.DEFAULT).root(NODE);
        for (int id = 0; id < segments; id++) {
            assertEquals(id, node._int64(0, 0));
            node = node._get(NODE, 0);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 7, 10})
    void what_is_written_is_what_is_read(int segments) throws IOException {
        MessageBuilder message = new MessageBuilder(4);
        Raw.Builder node = message.initRoot(NODE);
        for (int i = 0; message.segments().size() < segments; i++) {
            node._setInt64(0, i, 0);
            node = node._init(NODE, 0);
        }
        byte[] frame = message.toByteArray();
        assertEquals(frame.length, message.frameBytes());
        assertEquals(frame.length, MessageReader.frameBytes(frame, 0, frame.length, Limits.DEFAULT));
        ByteArrayOutputStream pieces = new ByteArrayOutputStream();
        for (ByteBuffer piece : message.frame()) {
            byte[] bytes = new byte[piece.remaining()];
            piece.get(bytes);
            pieces.writeBytes(bytes);
        }
        assertArrayEquals(frame, pieces.toByteArray());
        ByteArrayOutputStream stream = new ByteArrayOutputStream();
        message.writeFrame(stream);
        assertArrayEquals(frame, stream.toByteArray());
        MessageBuilder copy = new MessageBuilder();
        copy.setRoot(MessageReader.of(frame, 0, frame.length, Limits.DEFAULT.withNesting(10_000))
                .root(NODE));
        MessageBuilder original = new MessageBuilder();
        original.setRoot(message.asReader().as(NODE));
        assertArrayEquals(original.toByteArray(), copy.toByteArray());
    }

    @Test
    void a_message_of_one_segment_is_framed_without_copying() {
        MessageBuilder message = new MessageBuilder();
        message.initRoot(NODE)._setInt64(0, 3, 0);
        ByteBuffer[] frame = message.frame();
        assertEquals(1, frame.length);
        assertSame(frame[0].array(), message.segments().get(0).array());
        assertArrayEquals(new long[] {0x0000_0003_0000_0000L, 0x0001_0001_0000_0000L, 3, 0}, Words.of(frame[0]));
    }

    @Test
    void memory_outside_the_heap_is_framed_into_a_stream() throws IOException {
        try (java.lang.foreign.Arena memory = java.lang.foreign.Arena.ofConfined()) {
            MessageBuilder message = new MessageBuilder(Storage.of(memory, 100));
            message.root().setAs(Data.TYPE, Data.of(new byte[200_000]));
            ByteArrayOutputStream stream = new ByteArrayOutputStream();
            message.writeFrame(stream);
            assertArrayEquals(message.toByteArray(), stream.toByteArray());
        }
    }

    @Test
    void a_reader_is_used_for_one_message_after_the_other() {
        byte[] memory = new byte[400];
        MessageReader reader = MessageReader.of(frameOf(1), 0, frameOf(1).length, Limits.DEFAULT);
        // The same place with other sizes, then others, then several segments and back.
        int[] places = {8, 8, 8, 16, 0, 8, 8};
        int[] firstSegments = {100, 100, 100, 100, 1, 2, 100};
        for (int i = 0; i < places.length; i++) {
            MessageBuilder message = new MessageBuilder(firstSegments[i]);
            byte[] content = new byte[100 - 10 * i];
            Arrays.fill(content, (byte) i);
            message.root().setAs(Data.TYPE, Data.of(content));
            message.writeFrame(memory, places[i]);
            reader.capTable(new CapTable());
            CapTable before = reader.capTable();
            reader.reset(memory, places[i], (int) message.frameBytes());
            assertArrayEquals(content, reader.root(Data.TYPE).toByteArray(), "message " + i);
            assertNotSame(before, reader.capTable());
        }
    }

    @Test
    void each_message_of_a_reader_has_the_whole_traversal_limit() {
        MessageBuilder message = new MessageBuilder();
        message.root().setAs(Data.TYPE, Data.of(new byte[24]));
        byte[] frame = message.toByteArray();
        MessageReader reader = MessageReader.of(frame, 0, frame.length, Limits.DEFAULT.withTraversalWords(4));
        for (int i = 0; i < 3; i++) {
            reader.root(Data.TYPE);
            assertThrows(MessageException.class, () -> reader.root(Data.TYPE));
            reader.reset(frame, 0, frame.length);
        }
    }

    @Test
    void what_a_reader_is_reset_to_is_checked_as_the_first_message_was() {
        byte[] frame = frameOf(1);
        MessageReader reader = MessageReader.of(frame, 0, frame.length, Limits.DEFAULT);
        for (int length = 0; length < frame.length; length++) {
            int cut = length;
            assertThrows(MessageException.class, () -> reader.reset(frame, 0, cut));
        }
        assertThrows(IndexOutOfBoundsException.class, () -> reader.reset(frame, 1, frame.length));
    }

    @Test
    void the_size_of_a_frame_is_unknown_until_its_table_is_there() {
        byte[] frame = frameOf(7);
        for (int available = 0; available <= frame.length; available++) {
            long expected = available < 32 ? -1 : frame.length;
            assertEquals(expected, MessageReader.frameBytes(frame, 0, available, Limits.DEFAULT), "at " + available);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 7})
    void a_frame_cut_short_anywhere_is_malformed(int segments) {
        byte[] frame = frameOf(segments);
        for (int length = 0; length < frame.length; length++) {
            int cut = length;
            MessageException thrown =
                    assertThrows(MessageException.class, () -> MessageReader.of(frame, 0, cut, Limits.DEFAULT));
            assertEquals(cut, thrown.byteOffset());
        }
    }

    @Test
    @Parity("serialize: large segment counts are rejected -- even UINT_MAX")
    @DisplayName("large segment counts are rejected -- even UINT_MAX")
    void large_segment_counts_are_rejected_even_the_largest() {
        for (int count : new int[] {512, 0x7fff_ffff, 0x8000_0000, 0xffff_fffe, 0xffff_ffff}) {
            byte[] header = new byte[8];
            put(header, 0, count);
            MessageException thrown =
                    assertThrows(MessageException.class, () -> MessageReader.frameBytes(header, 0, 8, Limits.DEFAULT));
            assertTrue(
                    String.valueOf(thrown.getMessage()).startsWith("Message has too many segments."),
                    thrown.getMessage());
            thrown = assertThrows(MessageException.class, () -> MessageReader.of(header, 0, 8, Limits.DEFAULT));
            assertTrue(
                    String.valueOf(thrown.getMessage()).startsWith("Message has too many segments."),
                    thrown.getMessage());
        }
        List<byte[]> many = Collections.nCopies(513, new byte[8]);
        assertThrows(MessageException.class, () -> MessageReader.of(many, Limits.DEFAULT));
    }

    @Test
    void the_segment_limit_is_exact() {
        Limits limits = Limits.DEFAULT.withSegments(3);
        byte[] two = frameOf(2);
        byte[] three = frameOf(3);
        byte[] four = frameOf(4);
        assertEquals(two.length, MessageReader.frameBytes(two, 0, two.length, limits));
        assertEquals(three.length, MessageReader.frameBytes(three, 0, three.length, limits));
        assertThrows(MessageException.class, () -> MessageReader.frameBytes(four, 0, four.length, limits));
    }

    @Test
    void a_frame_larger_than_the_traversal_limit_is_refused_from_its_header_alone() {
        byte[] header = new byte[8];
        Limits limits = Limits.DEFAULT.withTraversalWords(1000);
        for (int words : new int[] {999, 1000}) {
            put(header, 4, words);
            assertEquals(8 + 8L * words, MessageReader.frameBytes(header, 0, 8, limits));
        }
        for (int words : new int[] {1001, 0xffff_ffff}) {
            put(header, 4, words);
            assertThrows(MessageException.class, () -> MessageReader.frameBytes(header, 0, 8, limits));
        }
    }

    @Test
    void sizes_that_overflow_an_int_are_added_as_longs() {
        byte[] header = new byte[16];
        put(header, 0, 1);
        put(header, 4, 0xffff_ffff);
        put(header, 8, 0xffff_ffff);
        Limits limits = Limits.DEFAULT.withTraversalWords(Long.MAX_VALUE);
        assertEquals(16 + 16 * 0xffff_ffffL, MessageReader.frameBytes(header, 0, 16, limits));
        assertThrows(MessageException.class, () -> MessageReader.of(header, 0, 16, limits));
    }

    @Test
    void a_message_without_a_word_has_no_root() {
        byte[] frame = new byte[8];
        MessageReader message = MessageReader.of(frame, 0, 8, Limits.DEFAULT);
        assertThrows(MessageException.class, message::root);
        assertThrows(MessageException.class, MessageReader.of(List.of(), Limits.DEFAULT)::root);
    }

    @Test
    void a_segment_of_a_broken_word_is_refused() {
        assertThrows(MessageException.class, () -> MessageReader.of(List.of(new byte[12]), Limits.DEFAULT));
    }

    @Test
    void a_range_outside_the_array_is_the_callers_fault() {
        assertThrows(IndexOutOfBoundsException.class, () -> MessageReader.of(new byte[16], 8, 16, Limits.DEFAULT));
        assertThrows(IndexOutOfBoundsException.class, () -> new MessageBuilder().writeFrame(new byte[15], 0));
    }

    @Test
    void a_large_frame_with_any_number_of_segments_allowed_costs_no_more_than_its_table(@TempDir Path folder)
            throws IOException {
        try (FileChannel file = FileChannel.open(
                        folder.resolve("large"),
                        StandardOpenOption.CREATE_NEW,
                        StandardOpenOption.READ,
                        StandardOpenOption.WRITE);
                java.lang.foreign.Arena memory = java.lang.foreign.Arena.ofConfined()) {
            MemorySegment large = file.map(FileChannel.MapMode.READ_WRITE, 0, 3L << 30, memory);
            large.set(java.lang.foreign.ValueLayout.JAVA_INT, 4, 1);
            Limits limits = Limits.DEFAULT.withSegments(Integer.MAX_VALUE);
            assertTrue(MessageReader.of(large, limits).root().isNull());
            large.set(java.lang.foreign.ValueLayout.JAVA_INT, 0, 100_000);
            assertTrue(MessageReader.of(large, limits).root().isNull());
            for (int count : new int[] {Integer.MAX_VALUE - 1, -1}) {
                large.set(java.lang.foreign.ValueLayout.JAVA_INT, 0, count);
                assertThrows(MessageException.class, () -> MessageReader.of(large, limits));
            }
        }
    }

    @Test
    void a_peer_of_another_protocol_is_named_as_what_it_is() {
        assertTrue(refusal("HTTP/1.1 400 Bad Request").contains("text \"HTTP\""));
        assertTrue(refusal("HTTP/1.1 400 Bad Request").endsWith("another protocol, HTTP."));
        assertTrue(refusal("SSH-2.0-OpenSSH").endsWith("the text \"SSH-\", so the sender speaks another protocol."));
        assertTrue(refusal("\u0015\u0003\u0003\u0000\u0002").endsWith("the sender wants TLS."));
        assertTrue(refusal("\u0000\u0000\u0012\u0004\u0000").endsWith("is the sender speaking Cap'n Proto?"));
    }

    private static String refusal(String sent) {
        byte[] bytes = sent.getBytes(StandardCharsets.ISO_8859_1);
        MessageException thrown = assertThrows(
                MessageException.class, () -> MessageReader.frameBytes(bytes, 0, bytes.length, Limits.DEFAULT));
        return String.valueOf(thrown.getMessage());
    }
}
