package dev.capstan.capnp.io;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.capstan.capnp.Limits;
import dev.capstan.capnp.MessageBuilder;
import dev.capstan.capnp.MessageException;
import dev.capstan.capnp.MessageReader;
import dev.capstan.capnp.Storage;
import dev.capstan.capnp.testfixture.StandardContent;
import dev.capstan.capnp.testfixture.TestAllTypes;
import dev.capstan.testkit.Parity;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Messages to streams and back, packed or as they are, of one segment, an odd and an even number. */
class RoundTripTest {
    /** What is written. */
    enum Content {
        STANDARD,
        ALL_ZERO,
        HUGE_STRING;

        private static final String HUGE = "x".repeat(5023);

        MessageBuilder message(Segments segments) {
            MessageBuilder message = new MessageBuilder(segments.storage());
            TestAllTypes.Builder root = message.initRoot(TestAllTypes.TYPE);
            switch (this) {
                case STANDARD -> StandardContent.fill(root);
                case ALL_ZERO -> {
                    segments.pad(root);
                }
                case HUGE_STRING -> {
                    root.setTextField(HUGE);
                    segments.pad(root);
                }
            }
            segments.makeParity(message);
            return message;
        }

        void check(MessageReader message) {
            TestAllTypes.Reader root = message.root(TestAllTypes.TYPE);
            switch (this) {
                case STANDARD -> StandardContent.check(root);
                case ALL_ZERO -> assertEquals("", root.getTextField());
                case HUGE_STRING -> assertEquals(HUGE, root.getTextField());
            }
        }
    }

    /** In how many segments. */
    enum Segments {
        ONE,
        ODD,
        EVEN;

        Storage storage() {
            return this == ONE ? Storage.heap(2000) : Storage.heap(50).fixed();
        }

        /** Something that makes more segments. */
        void pad(TestAllTypes.Builder root) {
            if (this != ONE) {
                root.initDataField(800);
            }
        }

        /** One more segment if the number of them is not what is wanted. */
        void makeParity(MessageBuilder message) {
            TestAllTypes.Builder root = message.getRoot(TestAllTypes.TYPE);
            if (this != ONE && (message.segments().size() % 2 == 0) != (this == EVEN)) {
                root.initInt64List(200);
            }
            int count = message.segments().size();
            assertTrue(this == ONE ? count == 1 : count > 1 && (count % 2 == 0) == (this == EVEN), count + " segments");
        }
    }

    private static byte[] packed(MessageBuilder... messages) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (MessageOutput out = MessageOutput.packed(bytes)) {
            for (MessageBuilder message : messages) {
                out.write(message);
            }
        }
        return bytes.toByteArray();
    }

    private static MessageReader only(MessageInput in) throws IOException {
        try (in) {
            MessageReader message = Objects.requireNonNull(in.next());
            assertNull(in.next());
            return message;
        }
    }

    @ParameterizedTest
    @EnumSource
    @Parity({
        "packed: RoundTrip",
        "packed: RoundTripOddSegmentCount",
        "packed: RoundTripEvenSegmentCount",
        "packed: RoundTripAllZero",
        "packed: RoundTripAllZeroOddSegmentCount",
        "packed: RoundTripAllZeroEvenSegmentCount",
        "packed: RoundTripHugeString",
        "packed: RoundTripHugeStringOddSegmentCount",
        "packed: RoundTripHugeStringEvenSegmentCount",
        "packed: RoundTripScratchSpace",
        "packed: RoundTripAllZeroScratchSpace",
        "packed: RoundTripHugeStringScratchSpace"
    })
    void a_packed_message_comes_back(Content content) throws IOException {
        for (Segments segments : Segments.values()) {
            MessageBuilder message = content.message(segments);
            byte[] packed = packed(message);
            assertTrue(packed.length < message.frameBytes());
            content.check(only(MessageInput.packed(new ByteArrayInputStream(packed), Limits.DEFAULT)));
        }
    }

    @ParameterizedTest
    @EnumSource
    @Parity({
        "packed: RoundTripLazy",
        "packed: RoundTripOddSegmentCountLazy",
        "packed: RoundTripEvenSegmentCountLazy",
        "packed: RoundTripAllZeroLazy",
        "packed: RoundTripAllZeroOddSegmentCountLazy",
        "packed: RoundTripAllZeroEvenSegmentCountLazy",
        "packed: RoundTripHugeStringLazy",
        "packed: RoundTripHugeStringOddSegmentCountLazy",
        "packed: RoundTripHugeStringEvenSegmentCountLazy"
    })
    void a_packed_message_comes_back_from_a_stream_that_gives_one_byte_at_a_time(Content content) throws IOException {
        for (Segments segments : Segments.values()) {
            byte[] packed = packed(content.message(segments));
            content.check(only(MessageInput.packed(new Dribble(packed), Limits.DEFAULT)));
        }
    }

    @Test
    @Parity("packed: RoundTripTwoMessages")
    void two_packed_messages_come_back_one_after_the_other() throws IOException {
        MessageBuilder first = Content.STANDARD.message(Segments.ONE);
        MessageBuilder second = new MessageBuilder();
        second.initRoot(TestAllTypes.TYPE).initTextList(2).set(1, "second");
        try (MessageInput in = MessageInput.packed(new ByteArrayInputStream(packed(first, second)), Limits.DEFAULT)) {
            StandardContent.check(assertNext(in).root(TestAllTypes.TYPE));
            assertEquals(
                    List.of("", "second"),
                    assertNext(in).root(TestAllTypes.TYPE).getTextList());
            assertNull(in.next());
        }
    }

    private static MessageReader assertNext(MessageInput in) throws IOException {
        MessageReader next = in.next();
        assertNotNull(next);
        return Objects.requireNonNull(next);
    }

    @ParameterizedTest
    @EnumSource
    @Parity({
        "serialize: InputStream",
        "serialize: InputStreamScratchSpace",
        "serialize: InputStreamOddSegmentCount",
        "serialize: InputStreamEvenSegmentCount",
        "serialize: InputStreamLazy",
        "serialize: InputStreamOddSegmentCountLazy",
        "serialize: InputStreamEvenSegmentCountLazy",
        "serialize: WriteMessage",
        "serialize: WriteMessageOddSegmentCount",
        "serialize: WriteMessageEvenSegmentCount"
    })
    void a_message_comes_back_from_a_stream(Segments segments) throws IOException {
        MessageBuilder message = Content.STANDARD.message(segments);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (MessageOutput out = new MessageOutput(bytes)) {
            out.write(message);
            out.flush();
        }
        assertArrayEquals(message.toByteArray(), bytes.toByteArray());
        Content.STANDARD.check(only(new MessageInput(new ByteArrayInputStream(bytes.toByteArray()), Limits.DEFAULT)));
        Content.STANDARD.check(only(new MessageInput(new Dribble(bytes.toByteArray()), Limits.DEFAULT)));
    }

    @ParameterizedTest
    @EnumSource
    @Parity({
        "serialize: FlatArray",
        "serialize: FlatArrayOddSegmentCount",
        "serialize: FlatArrayEvenSegmentCount",
        "serialize: FlatArrayMessageReader from aligned byte array",
        "serialize: FlatArrayMessageReader from unaligned byte array"
    })
    void a_message_is_read_in_place_from_any_offset_and_tells_where_it_ends(Segments segments) {
        byte[] frame = Content.STANDARD.message(segments).toByteArray();
        for (int offset = 0; offset < 9; offset++) {
            byte[] array = new byte[frame.length + 20];
            System.arraycopy(frame, 0, array, offset, frame.length);
            assertEquals(frame.length, MessageReader.frameBytes(array, offset, array.length - offset, Limits.DEFAULT));
            Content.STANDARD.check(MessageReader.of(array, offset, array.length - offset, Limits.DEFAULT));
        }
    }

    @Test
    @Parity("serialize: InputStreamToBuilder")
    void a_message_from_a_stream_is_copied_and_changed() throws IOException {
        byte[] frame = Content.STANDARD.message(Segments.ODD).toByteArray();
        MessageReader read = only(new MessageInput(new ByteArrayInputStream(frame), Limits.DEFAULT));
        MessageBuilder copy = new MessageBuilder();
        copy.setRoot(read.root(TestAllTypes.TYPE));
        StandardContent.check(copy.asReader().as(TestAllTypes.TYPE));
        copy.getRoot(TestAllTypes.TYPE).setTextField("changed");
        assertEquals("changed", copy.asReader().as(TestAllTypes.TYPE).getTextField());
    }

    @Test
    @Parity("serialize: FileDescriptors")
    void messages_follow_each_other_in_a_file(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("messages");
        MessageBuilder second = new MessageBuilder();
        second.initRoot(TestAllTypes.TYPE).setTextField("second message in file");
        try (MessageOutput out = new MessageOutput(Files.newOutputStream(file))) {
            out.write(Content.STANDARD.message(Segments.EVEN));
            out.write(second);
        }
        try (MessageInput in = new MessageInput(Files.newInputStream(file), Limits.DEFAULT)) {
            StandardContent.check(assertNext(in).root(TestAllTypes.TYPE));
            assertEquals(
                    "second message in file",
                    assertNext(in).root(TestAllTypes.TYPE).getTextField());
            assertNull(in.next());
        }
    }

    @Test
    @Parity("serialize: RejectTooManySegments")
    void more_segments_than_allowed_are_refused_before_their_sizes_are_read() {
        byte[] frame = new byte[8192];
        frame[1] = 2;
        for (InputStream in : List.of(new ByteArrayInputStream(frame), new Dribble(frame))) {
            MessageException error =
                    assertThrows(MessageException.class, () -> new MessageInput(in, Limits.DEFAULT).next());
            assertTrue(
                    String.valueOf(error.getMessage()).startsWith("Message has too many segments."), () -> "" + error);
        }
    }

    @Test
    @Parity("serialize: RejectHugeMessage")
    void a_message_larger_than_allowed_is_refused_before_its_content_comes() {
        byte[] header = {1, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0};
        MessageException error = assertThrows(
                MessageException.class,
                () -> new MessageInput(new ByteArrayInputStream(header), Limits.DEFAULT).next());
        assertTrue(String.valueOf(error.getMessage()).startsWith("Message is too large"), () -> "" + error);
    }

    @Test
    @Parity("serialize: SegmentsTable")
    void the_pieces_of_a_frame_are_the_segment_table_and_the_segments() {
        MessageBuilder message = Content.STANDARD.message(Segments.ODD);
        List<ByteBuffer> segments = message.segments();
        ByteBuffer[] pieces = message.frame();
        assertEquals(segments.size() + 1, pieces.length);
        assertEquals(4 * (segments.size() + 1), pieces[0].remaining());
        List<ByteBuffer> content = new ArrayList<>(List.of(pieces));
        content.removeFirst();
        assertEquals(segments, content);
    }

    /** A stream that gives one byte at a time. */
    private static final class Dribble extends InputStream {
        private final ByteArrayInputStream bytes;

        Dribble(byte[] bytes) {
            this.bytes = new ByteArrayInputStream(bytes);
        }

        @Override
        public int read() {
            return bytes.read();
        }

        @Override
        public int read(byte[] room, int offset, int length) {
            return bytes.read(room, offset, Math.min(length, 1));
        }
    }
}
