package dev.capstan.async;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What is particular to the pipe; what holds for every stream is in testkit's StreamContract. */
final class BytePipeTest {
    private final SimLoop sim = new SimLoop(new Limits(1000, Duration.ofSeconds(1), 10));
    private final BytePipe pipe = new BytePipe(sim.loop());
    private final ByteStream left = pipe.left();
    private final ByteStream right = pipe.right();
    private final List<String> log = new ArrayList<>();

    private ByteStream.Receiver receiver(String name) {
        return new ByteStream.Receiver() {
            @Override
            public void received(byte[] array, int offset, int length) {
                log.add(name + " " + new String(array, offset, length, StandardCharsets.UTF_8));
            }

            @Override
            public void ended() {
                log.add(name + " ended");
            }

            @Override
            public void failed(Throwable cause) {
                log.add(name + " failed: " + cause.getMessage());
            }
        };
    }

    private static void write(ByteStream stream, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        stream.write(bytes, 0, bytes.length);
    }

    @Test
    void what_is_written_in_one_turn_arrives_in_one_piece_in_the_next() {
        right.start(receiver("r"));
        write(left, "ab");
        write(left, "cd");
        assertEquals(4, left.queuedBytes());
        assertTrue(log.isEmpty());
        sim.poll();
        assertEquals(List.of("r abcd"), log);
        assertEquals(0, left.queuedBytes());
    }

    @Test
    void more_than_the_pipe_holds_arrives_in_several_pieces_in_order() {
        right.start(receiver("r"));
        write(left, "0123456789abcdefghijABC");
        sim.poll();
        assertEquals(List.of("r 0123456789", "r abcdefghij", "r ABC"), log);
    }

    @Test
    void a_paused_reader_holds_the_writer_back() {
        right.start(receiver("r"));
        right.pause();
        write(left, "0123456789abc");
        Promise<Void> drained = left.drained();
        sim.poll();
        assertTrue(log.isEmpty());
        assertEquals(3, left.queuedBytes());
        assertFalse(sim.poll(drained));
        right.resume();
        sim.await(drained);
        assertEquals(0, left.queuedBytes());
        sim.poll();
        assertEquals(List.of("r 0123456789", "r abc"), log);
    }

    @Test
    void bytes_written_before_start_wait_for_it() {
        write(left, "x");
        left.end();
        sim.poll();
        right.start(receiver("r"));
        sim.poll();
        assertEquals(List.of("r x", "r ended"), log);
        assertThrows(IllegalStateException.class, () -> right.start(receiver("again")));
    }

    @Test
    void each_direction_ends_by_itself() {
        left.start(receiver("l"));
        right.start(receiver("r"));
        left.end();
        write(left, "ignored");
        sim.poll();
        assertEquals(List.of("r ended"), log);
        write(right, "still");
        right.end();
        sim.poll();
        assertEquals(List.of("r ended", "l still", "l ended"), log);
    }

    @Test
    void the_end_comes_after_what_is_queued_and_waits_for_resume() {
        right.start(receiver("r"));
        right.pause();
        write(left, "0123456789abc");
        left.end();
        sim.poll();
        assertTrue(log.isEmpty());
        right.resume();
        sim.poll();
        assertEquals(List.of("r 0123456789", "r abc", "r ended"), log);
    }

    @Test
    void abort_tells_both_ends_and_fails_who_waits_to_drain() {
        left.start(receiver("l"));
        right.start(receiver("r"));
        right.pause();
        write(left, "0123456789abc");
        Promise<Void> drained = left.drained();
        sim.poll();
        left.abort(new IOException("enough"));
        left.abort(new IOException("again"));
        sim.poll();
        assertEquals(List.of("l failed: enough", "r failed: the other end of the pipe was aborted"), log);
        assertThrows(RuntimeException.class, () -> sim.await(drained));
        Promise<Void> late = left.drained();
        assertThrows(RuntimeException.class, () -> sim.await(late));
        write(left, "ignored");
        right.end();
        sim.poll();
        assertEquals(2, log.size());
    }

    @Test
    void abort_after_both_ends_have_ended_takes_nothing_from_the_peer() {
        left.start(receiver("l"));
        right.start(receiver("r"));
        right.end();
        sim.poll();
        right.pause();
        write(left, "last");
        left.end();
        sim.poll();
        left.abort(new IOException("too late"));
        right.resume();
        sim.poll();
        assertEquals(List.of("l ended", "r last", "r ended"), log);
    }

    @Test
    void a_receiver_that_throws_breaks_the_stream() {
        ByteStream.Receiver inner = receiver("r");
        left.start(receiver("l"));
        right.start(new ByteStream.Receiver() {
            @Override
            public void received(byte[] array, int offset, int length) {
                throw new IllegalStateException("thrown");
            }

            @Override
            public void ended() {
                inner.ended();
            }

            @Override
            public void failed(Throwable cause) {
                inner.failed(cause);
            }
        });
        write(left, "x");
        sim.poll();
        assertEquals(List.of("r failed: thrown", "l failed: the other end of the pipe was aborted"), log);
    }

    @Test
    void the_array_may_be_reused_after_write() {
        right.start(receiver("r"));
        byte[] array = {'a'};
        left.write(array, 0, 1);
        array[0] = 'b';
        left.write(array, 0, 1);
        sim.poll();
        assertEquals(List.of("r ab"), log);
    }
}
