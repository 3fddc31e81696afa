package dev.capstan.capnp.io;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.capstan.async.BytePipe;
import dev.capstan.async.ByteStream;
import dev.capstan.async.Promise;
import dev.capstan.async.SimLoop;
import dev.capstan.capnp.Data;
import dev.capstan.capnp.Limits;
import dev.capstan.capnp.MessageBuilder;
import dev.capstan.capnp.MessageException;
import dev.capstan.capnp.MessageReader;
import dev.capstan.capnp.Storage;
import dev.capstan.testkit.ByteReceiver;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Messages over a stream of a loop. */
class MessageChannelTest {
    private final SimLoop sim = new SimLoop();
    private final BytePipe pipe = new BytePipe(sim.loop());
    private final CountingStream stream = new CountingStream(pipe.right());
    private final MessageChannel channel = new MessageChannel(sim.loop(), stream, Limits.DEFAULT);

    private static MessageBuilder message(byte[] content, int segmentWords) {
        MessageBuilder message = new MessageBuilder(segmentWords);
        message.root().setAs(Data.TYPE, Data.of(content));
        return message;
    }

    private static MessageBuilder message(int number) {
        return message(new byte[] {(byte) number, 1, 0, 0, 7}, 8);
    }

    private static byte[] content(MessageReader message) {
        return message.root(Data.TYPE).toByteArray();
    }

    private void send(byte[] array) {
        pipe.left().write(array, 0, array.length);
    }

    private MessageReader next() {
        return sim.await(channel.next()).orElseThrow();
    }

    private MessageException refused() {
        return assertThrows(MessageException.class, () -> sim.await(channel.next()));
    }

    private static byte[] random(Random random) {
        byte[] content = new byte[random.nextInt(random.nextInt(8) == 0 ? 300_000 : 300)];
        random.nextBytes(content);
        for (int i = 0; i < content.length; i++) {
            int kind = i / 64 % 3;
            if (kind == 0 || (kind == 1 && random.nextBoolean())) {
                content[i] = 0;
            }
        }
        return content;
    }

    @Test
    void sixteen_messages_that_come_together_cost_one_read() {
        for (int i = 0; i < 16; i++) {
            send(message(i).toByteArray());
        }
        for (int i = 0; i < 16; i++) {
            assertEquals(i, content(next())[0]);
        }
        assertEquals(1, stream.reads);
    }

    @Test
    void nothing_is_read_before_somebody_asks_and_little_more_than_was_asked_for() {
        byte[] frame = message(new byte[1000], 200).toByteArray();
        int sent = 0;
        while (sent < 10_000_000) {
            send(frame);
            sent += frame.length;
        }
        sim.poll();
        assertEquals(0, stream.reads);
        next();
        sim.poll();
        assertEquals(1, stream.reads);
        assertTrue(pipe.left().queuedBytes() > 9_000_000, () -> pipe.left().queuedBytes() + " bytes wait");
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void messages_arrive_as_they_were_sent_however_they_are_cut(boolean packed) throws IOException {
        Random random = new Random(11);
        ByteArrayOutputStream sent = new ByteArrayOutputStream();
        List<byte[]> contents = new ArrayList<>();
        MessageOutput output = packed ? MessageOutput.packed(sent) : new MessageOutput(sent);
        for (int i = 0; i < 80; i++) {
            byte[] content = random(random);
            contents.add(content);
            output.write(message(content, 1 + random.nextInt(40)));
        }
        MessageChannel in = packed ? MessageChannel.packed(sim.loop(), stream, Limits.DEFAULT) : channel;
        byte[] all = sent.toByteArray();
        int at = 0;
        for (byte[] expected : contents) {
            Promise<Optional<MessageReader>> promise = in.next();
            while (!sim.poll(promise)) {
                assertTrue(at < all.length, "everything was sent and a message has not come");
                int piece = Math.min(all.length - at, 1 + random.nextInt(random.nextBoolean() ? 20 : 5_000));
                pipe.left().write(all, at, piece);
                at += piece;
            }
            assertArrayEquals(expected, content(sim.await(promise).orElseThrow()));
        }
        pipe.left().end();
        assertEquals(Optional.empty(), sim.await(in.next()));
        assertEquals(Optional.empty(), sim.await(in.next()));
    }

    @Test
    void a_message_may_be_larger_than_what_the_stream_delivers_at_once() {
        byte[] content = new byte[20_000_000];
        new Random(3).nextBytes(content);
        send(message(content, 100_000).toByteArray());
        send(message(5).toByteArray());
        assertArrayEquals(content, content(next()));
        assertTrue(stream.reads > 10, () -> stream.reads + " reads");
        assertEquals(5, content(next())[0]);
    }

    @Test
    void a_message_stays_what_it_was_when_the_next_ones_are_read() {
        for (int i = 0; i < 3; i++) {
            send(message(i).toByteArray());
        }
        MessageReader first = next();
        MessageReader second = next();
        send(message(9).toByteArray());
        next();
        next();
        assertEquals(0, content(first)[0]);
        assertEquals(1, content(second)[0]);
    }

    @Test
    void a_read_that_was_cancelled_while_nothing_had_come_loses_nothing() {
        Promise<Optional<MessageReader>> given = channel.next();
        assertFalse(sim.poll(given));
        given.cancel();
        send(message(1).toByteArray());
        send(message(2).toByteArray());
        sim.poll();
        assertEquals(1, content(next())[0]);
        assertEquals(2, content(next())[0]);
    }

    @Test
    void a_read_that_was_cancelled_within_a_message_loses_nothing() {
        byte[] frame = message(1).toByteArray();
        for (int cut = 1; cut < frame.length; cut++) {
            Promise<Optional<MessageReader>> given = channel.next();
            pipe.left().write(frame, 0, cut);
            assertFalse(sim.poll(given));
            given.cancel();
            pipe.left().write(frame, cut, frame.length - cut);
            sim.poll();
            assertArrayEquals(new byte[] {1, 1, 0, 0, 7}, content(next()));
        }
    }

    @Test
    void a_message_that_was_there_already_when_its_read_was_cancelled_is_the_next_ones() {
        send(message(1).toByteArray());
        send(message(2).toByteArray());
        sim.poll();
        assertEquals(1, content(next())[0]);
        // It lies in what was read ahead, so the promise has it at once.
        Promise<Optional<MessageReader>> given = channel.next();
        given.cancel();
        assertEquals(2, content(next())[0]);
        assertEquals(1, stream.reads);
    }

    @Test
    void an_end_that_was_cancelled_is_heard_again() {
        pipe.left().end();
        assertEquals(Optional.empty(), sim.await(channel.next()));
        channel.next().cancel();
        assertEquals(Optional.empty(), sim.await(channel.next()));
    }

    @Test
    void a_second_read_beside_one_that_waits_is_refused_and_harms_nothing() {
        Promise<Optional<MessageReader>> waiting = channel.next();
        assertThrows(IllegalStateException.class, channel::next);
        send(message(1).toByteArray());
        assertEquals(1, content(sim.await(waiting).orElseThrow())[0]);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 4, 7, 8, 9, 23})
    void an_end_within_a_message_is_told_with_its_position_and_stays(int length) {
        byte[] frame = message(1).toByteArray();
        send(frame);
        pipe.left().write(frame, 0, length);
        pipe.left().end();
        assertEquals(1, content(next())[0]);
        MessageException first = refused();
        assertTrue(first.toString().contains("ends prematurely"), first::toString);
        assertEquals(frame.length + length, first.byteOffset());
        assertSame(first, refused());
    }

    @Test
    void packed_bytes_that_end_within_a_word_are_told() {
        MessageChannel packed = MessageChannel.packed(sim.loop(), stream, Limits.DEFAULT);
        byte[] frame = message(1).toByteArray();
        byte[] bytes = Packed.pack(frame, 0, frame.length);
        send(bytes);
        // A tag that promises three bytes, of which one is there.
        send(new byte[] {7, 1});
        pipe.left().end();
        assertEquals(1, content(sim.await(packed.next()).orElseThrow())[0]);
        assertThrows(MessageException.class, () -> sim.await(packed.next()));
    }

    @Test
    void a_message_beyond_the_limits_ends_both_directions() {
        ByteReceiver peer = new ByteReceiver();
        pipe.left().start(peer);
        send(message(1).toByteArray());
        send(new byte[] {-1, -1, -1, -1, 0, 0, 0, 0});
        assertEquals(1, content(next())[0]);
        MessageException failure = refused();
        assertTrue(failure.toString().contains("Message has too many segments."), failure::toString);
        assertSame(failure, refused());
        sim.poll();
        assertInstanceOf(IOException.class, peer.failure());
    }

    @Test
    void a_message_too_large_for_an_array_is_refused_before_it_comes() {
        MessageChannel wide = new MessageChannel(sim.loop(), stream, new Limits(1L << 40, 64, 512));
        send(new byte[] {0, 0, 0, 0, 0, 0, 0, 32});
        MessageException failure = assertThrows(MessageException.class, () -> sim.await(wide.next()));
        assertTrue(failure.toString().contains("4294967304 bytes"), failure::toString);
    }

    @Test
    void what_a_few_packed_bytes_stand_for_is_unpacked_only_as_it_is_asked_for() {
        // 60 KiB for eight million empty messages: as objects they would take all memory.
        byte[] zeros = new byte[60 << 10];
        for (int i = 1; i < zeros.length; i += 2) {
            zeros[i] = -1;
        }
        MessageChannel packed = MessageChannel.packed(sim.loop(), stream, Limits.DEFAULT);
        send(zeros);
        for (int i = 0; i < 10_000; i++) {
            assertTrue(sim.await(packed.next()).isPresent());
        }
        assertEquals(1, stream.reads);
    }

    @Test
    void messages_that_came_before_the_stream_broke_are_read_before_its_failure() {
        send(message(1).toByteArray());
        send(message(2).toByteArray());
        assertEquals(1, content(next())[0]);
        IOException broken = new IOException("cut");
        channel.abort(broken);
        sim.poll();
        assertEquals(2, content(next())[0]);
        for (int i = 0; i < 2; i++) {
            Throwable thrown = assertThrows(CompletionException.class, () -> sim.await(channel.next()));
            while (thrown.getCause() != null) {
                thrown = thrown.getCause();
            }
            assertSame(broken, thrown);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void what_is_written_are_the_bytes_of_blocking_output(boolean packed) throws IOException {
        ByteReceiver peer = new ByteReceiver();
        pipe.left().start(peer);
        MessageChannel out = packed ? MessageChannel.packed(sim.loop(), stream, Limits.DEFAULT) : channel;
        ByteArrayOutputStream expected = new ByteArrayOutputStream();
        MessageOutput output = packed ? MessageOutput.packed(expected) : new MessageOutput(expected);
        Random random = new Random(5);
        for (int i = 0; i < 20; i++) {
            MessageBuilder message = message(random(random), 1 + random.nextInt(40));
            output.write(message);
            out.write(message);
            message.reset();
        }
        Promise<Void> drained = out.drained();
        assertTrue(out.queuedBytes() > 0);
        sim.await(drained);
        assertEquals(0, out.queuedBytes());
        out.end();
        sim.poll();
        assertArrayEquals(expected.toByteArray(), peer.bytes());
        assertTrue(peer.isEnded());
    }

    @Test
    void a_message_outside_the_heap_is_written_as_well() {
        byte[] content = new byte[200_000];
        new Random(1).nextBytes(content);
        try (Arena arena = Arena.ofConfined()) {
            MessageBuilder message = new MessageBuilder(Storage.of(arena, 64));
            message.root().setAs(Data.TYPE, Data.of(content));
            new MessageChannel(sim.loop(), pipe.left(), Limits.DEFAULT).write(message);
        }
        assertArrayEquals(content, content(next()));
    }

    /** Counts what a stream delivers. */
    private static final class CountingStream implements ByteStream {
        private final ByteStream inner;
        int reads;

        CountingStream(ByteStream inner) {
            this.inner = inner;
        }

        @Override
        public void start(Receiver receiver) {
            inner.start(new Receiver() {
                @Override
                public void received(byte[] array, int offset, int length) {
                    reads++;
                    byte[] lent = Arrays.copyOfRange(array, offset, offset + length);
                    receiver.received(lent, 0, length);
                    // Lent no longer: whoever still looks at it sees that it is not a message any more.
                    Arrays.fill(lent, (byte) -1);
                }

                @Override
                public void ended() {
                    receiver.ended();
                }

                @Override
                public void failed(Throwable cause) {
                    receiver.failed(cause);
                }
            });
        }

        @Override
        public void pause() {
            inner.pause();
        }

        @Override
        public void resume() {
            inner.resume();
        }

        @Override
        public void write(byte[] array, int offset, int length) {
            inner.write(array, offset, length);
        }

        @Override
        public long queuedBytes() {
            return inner.queuedBytes();
        }

        @Override
        public Promise<Void> drained() {
            return inner.drained();
        }

        @Override
        public void end() {
            inner.end();
        }

        @Override
        public void abort(Throwable cause) {
            inner.abort(cause);
        }
    }
}
