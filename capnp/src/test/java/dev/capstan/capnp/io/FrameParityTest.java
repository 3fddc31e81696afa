package dev.capstan.capnp.io;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.capstan.async.BytePipe;
import dev.capstan.async.MessageStream;
import dev.capstan.async.SimLoop;
import dev.capstan.capnp.Limits;
import dev.capstan.capnp.MessageBuilder;
import dev.capstan.capnp.MessageReader;
import dev.capstan.capnp.testfixture.TestAllTypes;
import dev.capstan.testkit.Parity;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** The behaviours that {@code serialize-async-test.c++} asserts of messages over a stream, under its names. */
class FrameParityTest {
    private final SimLoop sim = new SimLoop();
    private final BytePipe pipe = new BytePipe(sim.loop());
    private final FrameStream stream = new FrameStream(pipe.right(), Limits.DEFAULT);
    private final List<byte[]> received = new ArrayList<>();
    private final List<Boolean> lent = new ArrayList<>();
    private boolean ended;
    private @Nullable Throwable failure;

    FrameParityTest() {
        stream.start(new MessageStream.Receiver() {
            @Override
            public void received(byte[] array, int offset, int length, boolean isLent) {
                received.add(Arrays.copyOfRange(array, offset, offset + length));
                lent.add(isLent);
            }

            @Override
            public void ended() {
                ended = true;
            }

            @Override
            public void failed(Throwable cause) {
                failure = cause;
            }
        });
    }

    /** A message of about so many segments, each one text long. */
    private static byte[] message(int segments) {
        MessageBuilder builder = new MessageBuilder(1);
        TestAllTypes.Builder root = builder.initRoot(TestAllTypes.TYPE);
        root.setTextField("foo");
        var texts = root.initTextList(Math.max(1, segments));
        for (int i = 0; i < segments; i++) {
            texts.setCopy(i, "x".repeat(8_000 * (i + 1)));
        }
        return builder.toByteArray();
    }

    private static int segments(byte[] frame) {
        return frame[0] + 1;
    }

    private static byte[] withSegments(boolean odd) {
        for (int i = 1; i < 40; i++) {
            byte[] frame = message(i);
            if (segments(frame) > 2 && segments(frame) % 2 == (odd ? 1 : 0)) {
                return frame;
            }
        }
        throw new AssertionError("no message with such a number of segments");
    }

    private static void check(byte[] frame) {
        assertEquals(
                "foo",
                MessageReader.of(frame, 0, frame.length, Limits.DEFAULT)
                        .root(TestAllTypes.TYPE)
                        .getTextField());
    }

    private void arrivesInPieces(byte[] frame, int piece) {
        for (int at = 0; at < frame.length; at += piece) {
            assertEquals(List.of(), received, "ready only at the end");
            pipe.left().write(frame, at, Math.min(piece, frame.length - at));
            sim.poll();
        }
        assertEquals(1, received.size());
        assertTrue(Arrays.equals(frame, received.getFirst()));
        check(received.getFirst());
    }

    @Test
    @Parity("A01")
    @DisplayName("ParseAsync")
    void a_fragmented_message_is_put_together() {
        arrivesInPieces(message(0), 3);
    }

    @Test
    @Parity("A02")
    @DisplayName("ParseAsyncOddSegmentCount")
    void an_odd_number_of_segments_is_put_together() {
        arrivesInPieces(withSegments(true), 101);
    }

    @Test
    @Parity("A03")
    @DisplayName("ParseAsyncEvenSegmentCount")
    void an_even_number_of_segments_is_put_together() {
        arrivesInPieces(withSegments(false), 101);
    }

    private void goesOut(byte[] frame) {
        MessageBuilder builder = new MessageBuilder(1);
        builder.setRoot(MessageReader.of(frame, 0, frame.length, Limits.DEFAULT).root(TestAllTypes.TYPE));
        FrameStream out = new FrameStream(pipe.left(), Limits.DEFAULT);
        out.send(builder.frame());
        sim.poll();
        assertEquals(1, received.size());
        assertTrue(Arrays.equals(builder.toByteArray(), received.getFirst()));
        check(received.getFirst());
    }

    @Test
    @Parity("A04")
    @DisplayName("WriteAsync")
    void a_message_goes_out() {
        goesOut(message(0));
    }

    @Test
    @Parity("A05")
    @DisplayName("WriteAsyncOddSegmentCount")
    void a_message_of_an_odd_number_of_segments_goes_out() {
        goesOut(withSegments(true));
    }

    @Test
    @Parity("A06")
    @DisplayName("WriteAsyncEvenSegmentCount")
    void a_message_of_an_even_number_of_segments_goes_out() {
        goesOut(withSegments(false));
    }

    @Test
    @Parity("A07")
    @DisplayName("WriteMultipleMessagesAsync")
    void several_messages_of_one_turn_arrive_in_order() {
        FrameStream out = new FrameStream(pipe.left(), Limits.DEFAULT);
        List<byte[]> sent = new ArrayList<>();
        for (int i = 1; i <= 5; i++) {
            byte[] frame = message(i);
            sent.add(frame);
            out.send(java.nio.ByteBuffer.wrap(frame));
        }
        sim.poll();
        assertEquals(5, received.size());
        for (int i = 0; i < 5; i++) {
            assertTrue(Arrays.equals(sent.get(i), received.get(i)));
        }
    }

    @Test
    @Parity("A08")
    @DisplayName("BufferedMessageStream basics")
    void whole_messages_are_lent_where_they_lie_and_cut_ones_are_kept() {
        byte[] small = message(0);
        pipe.left().write(small, 0, small.length);
        sim.poll();
        assertEquals(List.of(true), lent);
        pipe.left().write(small, 0, 30);
        sim.poll();
        pipe.left().write(small, 30, small.length - 30);
        sim.poll();
        assertEquals(List.of(true, false), lent);
        pipe.left().end();
        sim.poll();
        assertTrue(ended);
        assertNull(failure);
    }

    @Test
    @Parity("A09")
    @DisplayName("BufferedMessageStream fragmented reads")
    void a_message_is_ready_only_with_its_last_byte() {
        byte[] frame = message(0);
        int at = 0;
        for (int piece : new int[] {5, 4, 10, frame.length - 20, 1}) {
            assertEquals(0, received.size());
            pipe.left().write(frame, at, piece);
            at += piece;
            sim.poll();
        }
        assertEquals(1, received.size());
        check(received.getFirst());
    }

    @Test
    @Parity("A10")
    @DisplayName("BufferedMessageStream many small messages")
    void many_small_messages_cross_the_pieces_they_arrive_in_and_garbage_at_the_end_is_an_error() {
        byte[] frame = message(0);
        byte[] all = new byte[frame.length * 16 + 3];
        for (int i = 0; i < 16; i++) {
            System.arraycopy(frame, 0, all, i * frame.length, frame.length);
        }
        for (int at = 0; at < all.length; at += 100) {
            pipe.left().write(all, at, Math.min(100, all.length - at));
            sim.poll();
        }
        assertEquals(16, received.size());
        received.forEach(FrameParityTest::check);
        pipe.left().end();
        sim.poll();
        assertTrue(failure != null && String.valueOf(failure.getMessage()).contains("Premature EOF"));
    }

    @Test
    @Parity("A11")
    @DisplayName("large segment counts are rejected -- even UINT_MAX")
    void a_segment_count_of_uint_max_is_refused() {
        pipe.left().write(new byte[] {-1, -1, -1, -1, 0, 0, 0, 0}, 0, 8);
        sim.poll();
        assertTrue(failure != null && String.valueOf(failure.getMessage()).contains("Message has too many segments."));
    }

    @Test
    void a_message_that_is_announced_and_never_comes_takes_no_memory() {
        // One segment of 8 Mi words less one, of which the first word is there: 64 MiB each, in all far beyond the
        // heap.
        byte[] announced = {0, 0, 0, 0, (byte) 0xff, (byte) 0xff, 0x7f, 0, 0, 0, 0, 0, 0, 0, 0, 0};
        List<BytePipe> pipes = new ArrayList<>();
        for (int i = 0; i < 500; i++) {
            BytePipe each = new BytePipe(sim.loop());
            new FrameStream(each.right(), Limits.DEFAULT).start(new MessageStream.Receiver() {
                @Override
                public void received(byte[] array, int offset, int length, boolean isLent) {}

                @Override
                public void ended() {}

                @Override
                public void failed(Throwable cause) {
                    failure = cause;
                }
            });
            each.left().write(announced, 0, announced.length);
            pipes.add(each);
        }
        sim.poll();
        assertNull(failure);
        assertEquals(500, pipes.size());
    }

    @Test
    void a_large_message_in_small_pieces_arrives_whole() {
        byte[] message = message(20);
        for (int at = 0; at < message.length; at += 999) {
            pipe.left().write(message, at, Math.min(999, message.length - at));
            sim.poll();
        }
        assertEquals(1, received.size());
        assertTrue(Arrays.equals(message, received.getFirst()));
    }
}
