package dev.capstan.capnp;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SegmentAllocator;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Messages in memory of all kinds. */
class StorageTest {
    private static final StructType<Raw.Builder, Raw.Reader> NODE = Raw.type(2, 1);

    /** What a walk over a message found. */
    private record Found(
            long steps, int faults, long sum, @Nullable String refusal) {
        static Found of(MessageReader message) {
            Walk walk = new Walk();
            String refusal = null;
            try {
                walk.pointer(message.root());
            } catch (MessageException e) {
                refusal = e.getMessage();
            }
            return new Found(walk.steps(), walk.faults(), walk.sum, refusal);
        }
    }

    private static MessageReader inMemory(java.lang.foreign.Arena memory, byte[] frame) {
        MemorySegment copy = memory.allocate(frame.length);
        copy.copyFrom(MemorySegment.ofArray(frame));
        return MessageReader.of(copy, Limits.DEFAULT);
    }

    private static void fill(MessageBuilder message, int nodes) {
        Raw.Builder node = message.initRoot(NODE);
        for (int i = 0; i < nodes; i++) {
            node._setInt64(0, i, 0);
            node = node._init(NODE, 0);
        }
    }

    @Test
    void messages_are_built_outside_the_heap_as_on_it() {
        for (int seed = 0; seed < 200; seed++) {
            byte[] frame = Mutations.base(new Random(seed));
            try (java.lang.foreign.Arena memory = java.lang.foreign.Arena.ofConfined()) {
                MessageReader heap = MessageReader.of(frame, 0, frame.length, Limits.DEFAULT);
                MessageReader outside = inMemory(memory, frame);
                byte[] expected = copy(Storage.heap(5), heap.root());
                assertArrayEquals(expected, copy(Storage.of(memory, 5), heap.root()), "heap to memory, seed " + seed);
                assertArrayEquals(
                        expected, copy(Storage.of(memory, 5), outside.root()), "memory to memory, seed " + seed);
                assertArrayEquals(expected, copy(Storage.heap(5), outside.root()), "memory to heap, seed " + seed);
                assertEquals(canonical(heap), canonical(outside), "canonical, seed " + seed);
            }
        }
    }

    /** The canonical form, or why there is none. */
    private static Object canonical(MessageReader message) {
        try {
            return Data.wrap(message.root().canonical());
        } catch (MessageException e) {
            return String.valueOf(e.getMessage());
        }
    }

    private static byte[] copy(Storage storage, AnyPointer.Reader root) {
        MessageBuilder message = new MessageBuilder(storage);
        message.root().set(root);
        byte[] whole = message.toByteArray();
        ByteBuffer pieces = ByteBuffer.allocate(whole.length);
        for (ByteBuffer piece : message.frame()) {
            pieces.put(piece);
        }
        assertArrayEquals(whole, pieces.array());
        return whole;
    }

    @Test
    void malformed_messages_outside_the_heap_are_refused_as_those_on_it() {
        for (int seed = 0; seed < 5_000; seed++) {
            Random random = new Random(seed);
            byte[] frame = Mutations.mutate(Mutations.base(random), random);
            try (java.lang.foreign.Arena memory = java.lang.foreign.Arena.ofConfined()) {
                MessageReader heap;
                try {
                    heap = MessageReader.of(frame, 0, frame.length, Limits.DEFAULT);
                } catch (MessageException e) {
                    assertEquals(
                            e.getMessage(),
                            assertThrows(MessageException.class, () -> inMemory(memory, frame))
                                    .getMessage(),
                            "seed " + seed);
                    continue;
                }
                assertEquals(Found.of(heap), Found.of(inMemory(memory, frame)), "seed " + seed);
            }
        }
    }

    @Test
    void a_first_segment_can_lie_in_an_array_of_the_caller() {
        byte[] scratch = new byte[8 + 8 * 40];
        scratch[20] = 1;
        MessageBuilder message = new MessageBuilder(Storage.heap(scratch));
        fill(message, 10);
        assertEquals(1, message.segments().size());
        assertSame(scratch, message.frame()[0].array());
        MessageBuilder fresh = new MessageBuilder();
        fill(fresh, 10);
        assertArrayEquals(fresh.toByteArray(), message.toByteArray());
        message.reset();
        fill(message, 100);
        assertEquals(4, message.segments().size(), "40, 40, 80 and 160 words");
        assertThrows(IllegalArgumentException.class, () -> Storage.heap(new byte[15]));
    }

    @Test
    void segments_of_fixed_size_do_not_grow_unless_an_object_needs_it() {
        MessageBuilder message = new MessageBuilder(Storage.heap(31).fixed());
        fill(message, 100);
        for (ByteBuffer segment : message.segments()) {
            assertTrue(segment.remaining() <= 8 * 31);
        }
        message.root().init(Data.TYPE, 1000);
        assertEquals(1008, message.segments().getLast().remaining(), "a landing pad and the data");
        message.reset();
        assertEquals(1, message.segments().size());
        assertEquals(8, message.sizeWords() * 8);
    }

    @Test
    void memory_of_an_allocator_that_does_not_zero_is_zeroed() {
        long[] used = new long[128];
        java.util.Arrays.fill(used, -1);
        MessageBuilder message =
                new MessageBuilder(Storage.of(SegmentAllocator.slicingAllocator(MemorySegment.ofArray(used)), 10));
        MessageBuilder heap = new MessageBuilder(10);
        fill(message, 12);
        fill(heap, 12);
        assertArrayEquals(heap.toByteArray(), message.toByteArray());
        assertThrows(
                IllegalArgumentException.class,
                () -> Storage.of(SegmentAllocator.slicingAllocator(MemorySegment.ofArray(used)), 0));
    }

    @Test
    void a_mapped_file_of_three_gibibytes_is_written_and_read_in_place(@TempDir Path folder) throws IOException {
        long objectAt = (3L << 30) - 8;
        Path path = folder.resolve("large");
        try (FileChannel file = FileChannel.open(
                        path, StandardOpenOption.CREATE_NEW, StandardOpenOption.READ, StandardOpenOption.WRITE);
                java.lang.foreign.Arena memory = java.lang.foreign.Arena.ofShared()) {
            // One segment of 3 GiB, all of it a hole but for the root pointer and the struct at the end.
            MemorySegment whole = file.map(FileChannel.MapMode.READ_WRITE, 0, 8 + (3L << 30), memory);
            ByteBuffer head = whole.asSlice(0, 16).asByteBuffer().order(ByteOrder.LITTLE_ENDIAN);
            head.putInt(4, 3 << 27);
            head.putLong(8, Pointer.struct((int) (objectAt / 8 - 1), 1, 0));
            whole.asSlice(8 + objectAt, 8)
                    .asByteBuffer()
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .putLong(0, 42);
            assertFalse(file.size() < whole.byteSize());

            assertThrows(MessageException.class, () -> MessageReader.of(whole, Limits.DEFAULT), "the limit is 64 MiB");
            MessageReader message = MessageReader.of(whole, Limits.DEFAULT.withTraversalWords(1L << 30));
            assertEquals(42, message.root(Raw.type(1, 0))._int64(0, 0));
        }
    }

    @Test
    void a_message_of_more_than_two_gibibytes_is_built_in_one_segment(@TempDir Path folder) throws IOException {
        try (FileChannel file = FileChannel.open(
                        folder.resolve("large"),
                        StandardOpenOption.CREATE_NEW,
                        StandardOpenOption.READ,
                        StandardOpenOption.WRITE);
                java.lang.foreign.Arena memory = java.lang.foreign.Arena.ofShared()) {
            MessageBuilder message = new MessageBuilder(Storage.of(new MappedFile(file, memory), 3L << 27));
            int chunk = 500 << 20;
            PointerList.Builder<Data.Builder, Data> chunks = message.root().init(PointerList.type(Data.TYPE), 5);
            for (int i = 0; i < 5; i++) {
                chunks.init(i, chunk).set(chunk - 1, (byte) (i + 1));
            }
            assertTrue(message.frameBytes() > Integer.MAX_VALUE);
            assertThrows(IllegalStateException.class, message::toByteArray);
            assertThrows(IllegalStateException.class, message::segments);
            long sum = 0;
            for (ByteBuffer piece : message.frame()) {
                sum += piece.remaining();
            }
            assertEquals(message.frameBytes(), sum);
            PointerList.Reader<Data> read = message.asReader().as(PointerList.type(Data.TYPE));
            for (int i = 0; i < 5; i++) {
                assertEquals(i + 1, read.get(i).get(chunk - 1));
            }
        }
    }

    @Test
    void a_segment_is_no_larger_than_its_pointers_reach() {
        long most = (1 << 29) - 1;
        List<Long> asked = new ArrayList<>();
        SegmentAllocator memory = (bytes, alignment) -> {
            asked.add(bytes);
            return MemorySegment.ofArray(new long[(int) Math.min(bytes, 64) / 8]);
        };
        assertThrows(IllegalArgumentException.class, () -> Storage.of(memory, most + 1));
        Storage.of(memory, most).fixed();
        MessageBuilder message = new MessageBuilder(Storage.of(memory, 4));
        IllegalArgumentException refused = assertThrows(
                IllegalArgumentException.class, () -> message.root().init(Int64List.TYPE, (int) most));
        assertTrue(String.valueOf(refused.getMessage()).contains("several"), refused.getMessage());
        assertEquals(List.of(40L), asked, "no memory is asked for in vain");
        message.root().setAs(Data.TYPE, Data.of((byte) 1));
        assertEquals(1, message.root().as(Data.TYPE).size());
    }

    @Test
    void memory_larger_than_asked_for_is_not_used_as_part_of_the_segment() {
        MessageBuilder message =
                new MessageBuilder(Storage.of((bytes, alignment) -> MemorySegment.ofArray(new byte[800]), 2)
                        .fixed());
        message.root().init(Int64List.TYPE, 1);
        message.root().init(Int64List.TYPE, 1);
        assertEquals(2, message.segments().size());
    }

    @Test
    void a_list_of_structs_does_not_grow_beyond_what_its_pointer_counts() {
        MessageBuilder message = new MessageBuilder();
        var type = StructList.type(Raw.type(1000, 0));
        try (var orphan = message.newOrphan(type, 1)) {
            orphan.get().get(0)._setInt64(0, 5, 0);
            assertThrows(IllegalArgumentException.class, () -> orphan.resize(600_000));
            assertEquals(1, orphan.asReader().size());
            assertEquals(5, orphan.asReader().get(0)._int64(0, 0));
        }
    }

    /** An arena whose memory is a file with holes, so that a large message costs only the pages that are written to. */
    record MappedFile(FileChannel file, java.lang.foreign.Arena owner) implements java.lang.foreign.Arena {
        @Override
        public MemorySegment allocate(long bytes, long alignment) {
            try {
                return file.map(FileChannel.MapMode.READ_WRITE, 0, bytes, owner);
            } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
        }

        @Override
        public MemorySegment.Scope scope() {
            return owner.scope();
        }

        @Override
        public void close() {
            owner.close();
        }
    }

    /** Bytes that cannot be read any more. */
    private static Data closed(int size) {
        try (java.lang.foreign.Arena memory = java.lang.foreign.Arena.ofConfined()) {
            MessageBuilder message = new MessageBuilder();
            message.root().setAs(Data.TYPE, Data.of(new byte[size]));
            return inMemory(memory, message.toByteArray()).root().as(Data.TYPE);
        }
    }

    @Test
    void what_bytes_were_to_replace_is_not_sent_when_they_cannot_be_copied() {
        MessageBuilder message = new MessageBuilder();
        Raw.Builder root = message.initRoot(Raw.type(0, 2));
        root._setUtf8(0, Data.of("old secret".getBytes(StandardCharsets.US_ASCII)));
        root._setData(1, Data.of("old secret".getBytes(StandardCharsets.US_ASCII)));
        Data gone = closed(3);
        assertThrows(IllegalStateException.class, () -> root._setUtf8(0, gone));
        assertThrows(IllegalStateException.class, () -> root._setData(1, gone));
        assertFalse(new String(message.toByteArray(), StandardCharsets.ISO_8859_1).contains("secret"));
    }

    @Test
    void bytes_that_are_too_many_change_nothing() {
        MessageBuilder message = new MessageBuilder();
        Raw.Builder root = message.initRoot(Raw.type(0, 2));
        root._setUtf8(0, Data.of((byte) 'a'));
        root._setData(1, Data.of((byte) 'b'));
        byte[] before = message.toByteArray();
        assertThrows(
                IllegalArgumentException.class, () -> root._setUtf8(0, new Data(HeapSegment.NULL, 0, Lists.MAX_COUNT)));
        assertThrows(
                IllegalArgumentException.class,
                () -> root._setData(1, new Data(HeapSegment.NULL, 0, Lists.MAX_COUNT + 1)));
        assertArrayEquals(before, message.toByteArray());
    }
}
