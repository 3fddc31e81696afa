package dev.capstan.testkit;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.capstan.async.ByteStream;
import dev.capstan.async.Loop;
import dev.capstan.async.Promise;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.Random;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;

/**
 * What every {@link ByteStream} keeps, whatever carries it. A transport proves itself by a subclass of four lines.
 *
 * <p>Both ends live on one loop, which the test's own thread drives; so what is done in one turn is known, and nothing waits longer than it
 * has to.
 */
public abstract class StreamContract {
    private static final int MEGABYTE = 1 << 20;

    /** For a subclass without state of its own. */
    protected StreamContract() {}

    /** Two connected ends. */
    public record Pair(ByteStream left, ByteStream right) {}

    /** The loop on which both ends live; nobody else drives it. */
    protected abstract Loop loop();

    /** Two new ends, neither of them started. */
    protected abstract Pair connect();

    /** Whether the peer can tell an abort from an end. Unix sockets cannot. */
    protected boolean abortIsToldApart() {
        return true;
    }

    // ---- tools

    /** Runs {@code step} inside a turn. */
    private void turn(Runnable step) {
        loop().await(loop().pause().map(x -> {
            step.run();
            return true;
        }));
    }

    /** Runs some turns, as many as it takes for what was written to arrive if it is going to. */
    private void turns() {
        for (int i = 0; i < 20; i++) {
            loop().poll();
        }
    }

    private void until(BooleanSupplier condition) {
        long start = loop().timer().nanoTime();
        while (!condition.getAsBoolean()) {
            loop().await(loop().timer().after(Duration.ofMillis(1)));
            if (loop().timer().nanoTime() - start > 60_000_000_000L) {
                throw new AssertionError("waited a minute in vain");
            }
        }
    }

    private void settled(Promise<?> promise) {
        loop().await(loop().timer().timeout(Duration.ofMinutes(1), promise));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static void write(ByteStream stream, String text) {
        write(stream, bytes(text));
    }

    private static void write(ByteStream stream, byte[] bytes) {
        stream.write(bytes, 0, bytes.length);
    }

    private static byte[] noise(long seed, int length) {
        byte[] noise = new byte[length];
        new Random(seed).nextBytes(noise);
        return noise;
    }

    private static IOException enough() {
        return new IOException("enough");
    }

    private ByteReceiver start(ByteStream stream) {
        ByteReceiver receiver = new ByteReceiver();
        stream.start(receiver);
        return receiver;
    }

    // ---- bytes

    /** Bytes. */
    @Test
    public void bytes_arrive_as_they_were_written() {
        Pair pair = connect();
        ByteReceiver right = start(pair.right());
        write(pair.left(), "hello");
        until(() -> right.length() == 5);
        assertEquals("hello", right.text());
    }

    /** Both ways. */
    @Test
    public void bytes_travel_both_ways() {
        Pair pair = connect();
        ByteReceiver left = start(pair.left());
        ByteReceiver right = start(pair.right());
        turn(() -> {
            write(pair.left(), "ping");
            write(pair.right(), "pong");
        });
        until(() -> right.length() == 4 && left.length() == 4);
        assertEquals("pong", left.text());
        assertEquals("ping", right.text());
    }

    /** One turn, one delivery. */
    @Test
    public void many_small_writes_of_one_turn_arrive_in_one_delivery() {
        Pair pair = connect();
        ByteReceiver right = start(pair.right());
        turns();
        turn(() -> {
            for (int i = 0; i < 1000; i++) {
                write(pair.left(), i % 10 + "");
            }
            assertEquals(1000, pair.left().queuedBytes());
        });
        until(() -> right.length() == 1000);
        assertEquals("0123456789".repeat(100), right.text());
        assertEquals(1, right.deliveries());
        assertEquals(0, pair.left().queuedBytes());
    }

    /** Ownership of arrays. */
    @Test
    public void the_array_belongs_to_the_writer_after_write() {
        Pair pair = connect();
        ByteReceiver right = start(pair.right());
        byte[] array = bytes("a");
        turn(() -> {
            pair.left().write(array, 0, 1);
            array[0] = 'b';
            pair.left().write(array, 0, 1);
            array[0] = 'c';
        });
        until(() -> right.length() == 2);
        assertEquals("ab", right.text());
    }

    /** Ranges. */
    @Test
    public void only_the_given_range_is_written() {
        Pair pair = connect();
        ByteReceiver right = start(pair.right());
        byte[] array = bytes("0123456789");
        turn(() -> {
            pair.left().write(array, 3, 4);
            pair.left().write(array, 5, 0);
        });
        until(() -> right.length() == 4);
        turns();
        assertEquals("3456", right.text());
    }

    /** Order. */
    @Test
    public void order_is_kept_across_many_turns() {
        Pair pair = connect();
        ByteReceiver right = start(pair.right());
        StringBuilder expected = new StringBuilder();
        for (int i = 0; i < 500; i++) {
            String piece = i + ",";
            expected.append(piece);
            turn(() -> write(pair.left(), piece));
        }
        until(() -> right.length() == expected.length());
        assertEquals(expected.toString(), right.text());
    }

    /** Before start. */
    @Test
    public void bytes_that_come_before_start_wait_for_it() {
        Pair pair = connect();
        write(pair.left(), "early");
        turns();
        ByteReceiver right = start(pair.right());
        until(() -> right.length() == 5);
        assertEquals("early", right.text());
    }

    /** Start twice. */
    @Test
    public void starting_twice_is_refused() {
        Pair pair = connect();
        start(pair.right());
        assertThrows(IllegalStateException.class, () -> pair.right().start(new ByteReceiver()));
    }

    /** No re-entrance. */
    @Test
    public void nothing_is_delivered_inside_the_callers_frame() {
        Pair pair = connect();
        write(pair.left(), "x");
        pair.left().end();
        turns();
        ByteReceiver right = new ByteReceiver();
        turn(() -> {
            pair.right().start(right);
            pair.right().pause();
            pair.right().resume();
            assertEquals(0, right.deliveries());
            assertFalse(right.isOver());
        });
        until(right::isEnded);
        turn(() -> {
            pair.right().abort(enough());
            assertNull(right.failure());
        });
    }

    // ---- size

    /** Large. */
    @Test
    public void a_large_transfer_arrives_whole() {
        Pair pair = connect();
        ByteReceiver right = start(pair.right());
        byte[] noise = noise(1, 8 * MEGABYTE);
        turn(() -> write(pair.left(), noise));
        settled(pair.left().drained());
        until(() -> right.length() == noise.length);
        assertArrayEquals(noise, right.bytes());
    }

    /** Large, both ways. */
    @Test
    public void large_transfers_go_both_ways_at_once() {
        Pair pair = connect();
        ByteReceiver left = start(pair.left());
        ByteReceiver right = start(pair.right());
        byte[] there = noise(2, 5 * MEGABYTE + 1);
        byte[] back = noise(3, 6 * MEGABYTE + 7);
        turn(() -> {
            write(pair.left(), there);
            write(pair.right(), back);
            pair.left().end();
            pair.right().end();
        });
        until(() -> left.isEnded() && right.isEnded());
        assertArrayEquals(there, right.bytes());
        assertArrayEquals(back, left.bytes());
    }

    /** Mixed sizes. */
    @Test
    public void writes_of_all_sizes_keep_their_bytes_and_order() {
        Pair pair = connect();
        ByteReceiver right = start(pair.right());
        Random random = new Random(4);
        byte[] noise = noise(5, 3 * MEGABYTE);
        int at = 0;
        while (at < noise.length) {
            int from = at;
            int length = Math.min(noise.length - at, 1 + random.nextInt(1 << random.nextInt(19)));
            turn(() -> pair.left().write(noise, from, length));
            at += length;
        }
        pair.left().end();
        until(right::isEnded);
        assertArrayEquals(noise, right.bytes());
    }

    // ---- back-pressure

    /** Pause. */
    @Test
    public void a_paused_reader_gets_nothing_and_holds_the_writer_back() {
        Pair pair = connect();
        ByteReceiver right = start(pair.right());
        turns();
        pair.right().pause();
        byte[] noise = noise(6, 32 * MEGABYTE);
        turn(() -> write(pair.left(), noise));
        Promise<Void> drained = pair.left().drained();
        turns();
        assertEquals(0, right.length());
        assertTrue(pair.left().queuedBytes() > 0);
        assertFalse(loop().poll(drained));
        pair.right().resume();
        settled(drained);
        until(() -> right.length() == noise.length);
        assertArrayEquals(noise, right.bytes());
        assertEquals(0, pair.left().queuedBytes());
    }

    /** Pause from the receiver. */
    @Test
    public void a_receiver_may_pause_while_it_is_told() {
        Pair pair = connect();
        byte[] noise = noise(7, 2 * MEGABYTE);
        ByteReceiver right = new ByteReceiver();
        right.onDelivery(() -> pair.right().pause());
        pair.right().start(right);
        turn(() -> write(pair.left(), noise));
        pair.left().end();
        int resumed = 0;
        while (!right.isOver() && resumed < 100_000) {
            int seen = right.deliveries();
            turns();
            assertTrue(right.deliveries() <= seen + 1);
            pair.right().resume();
            resumed++;
        }
        assertTrue(resumed > 1);
        assertArrayEquals(noise, right.bytes());
        assertTrue(right.isEnded());
    }

    /** Pauses at random. */
    @Test
    public void pausing_and_resuming_at_random_loses_nothing() {
        Pair pair = connect();
        Random random = new Random(8);
        byte[] noise = noise(9, 4 * MEGABYTE);
        ByteReceiver right = start(pair.right());
        int at = 0;
        while (at < noise.length) {
            int from = at;
            int length = Math.min(noise.length - at, 1 + random.nextInt(100_000));
            boolean pause = random.nextBoolean();
            turn(() -> {
                if (pause) {
                    pair.right().pause();
                } else {
                    pair.right().resume();
                }
                pair.left().write(noise, from, length);
            });
            at += length;
        }
        pair.left().end();
        pair.right().resume();
        until(right::isEnded);
        assertArrayEquals(noise, right.bytes());
    }

    /** End while paused. */
    @Test
    public void the_end_waits_while_the_reader_is_paused() {
        Pair pair = connect();
        ByteReceiver right = start(pair.right());
        turns();
        pair.right().pause();
        write(pair.left(), "last");
        pair.left().end();
        turns();
        assertFalse(right.isOver());
        pair.right().resume();
        until(right::isEnded);
        assertEquals("last", right.text());
    }

    /** End of both while paused. */
    @Test
    public void bytes_of_a_peer_that_is_gone_wait_while_the_reader_is_paused() {
        Pair pair = connect();
        ByteReceiver left = start(pair.left());
        ByteReceiver right = start(pair.right());
        turns();
        pair.right().pause();
        byte[] noise = noise(10, 50_000);
        turn(() -> {
            write(pair.left(), noise);
            pair.left().end();
            pair.right().end();
        });
        until(left::isEnded);
        turns();
        assertEquals(0, right.length());
        assertFalse(right.isOver());
        pair.right().resume();
        until(right::isEnded);
        assertArrayEquals(noise, right.bytes());
    }

    // ---- drained

    /** Nothing queued. */
    @Test
    public void drained_is_settled_when_nothing_is_queued() {
        Pair pair = connect();
        settled(pair.left().drained());
        assertEquals(0, pair.left().queuedBytes());
    }

    /** Queued. */
    @Test
    public void drained_settles_when_what_was_queued_has_been_handed_over() {
        Pair pair = connect();
        start(pair.right());
        byte[] noise = noise(11, 8 * MEGABYTE);
        Promise<Void> first = drainedAfter(pair.left(), noise);
        Promise<Void> second = drainedAfter(pair.left(), noise);
        settled(first);
        settled(second);
        assertEquals(0, pair.left().queuedBytes());
    }

    private Promise<Void> drainedAfter(ByteStream stream, byte[] bytes) {
        write(stream, bytes);
        return stream.drained();
    }

    /** Not for ever. */
    @Test
    public void drained_settles_though_more_is_written_all_the_time() {
        Pair pair = connect();
        start(pair.right());
        byte[] noise = noise(12, 4 * MEGABYTE);
        write(pair.left(), noise);
        Promise<Void> drained = pair.left().drained();
        for (int i = 0; i < 1000 && !loop().poll(drained); i++) {
            turn(() -> {
                if (pair.left().queuedBytes() < 8 * MEGABYTE) {
                    write(pair.left(), Arrays.copyOf(noise, MEGABYTE));
                }
            });
        }
        assertTrue(loop().poll(drained));
    }

    /** Failed. */
    @Test
    public void drained_fails_when_the_stream_breaks() {
        Pair pair = connect();
        start(pair.right());
        turns();
        pair.right().pause();
        turn(() -> write(pair.left(), noise(13, 32 * MEGABYTE)));
        Promise<Void> drained = pair.left().drained();
        pair.left().abort(enough());
        RuntimeException thrown = assertThrows(RuntimeException.class, () -> settled(drained));
        assertEquals("enough", String.valueOf(cause(thrown).getMessage()));
        Promise<Void> late = pair.left().drained();
        assertThrows(RuntimeException.class, () -> settled(late));
    }

    private static Throwable cause(Throwable thrown) {
        Throwable cause = thrown.getCause();
        return cause == null ? thrown : cause;
    }

    // ---- half-close

    /** Half-close. */
    @Test
    public void the_right_may_go_on_sending_when_the_left_has_ended() {
        Pair pair = connect();
        halfClose(pair.left(), pair.right());
    }

    /** Half-close, the other way round. */
    @Test
    public void the_left_may_go_on_sending_when_the_right_has_ended() {
        Pair pair = connect();
        halfClose(pair.right(), pair.left());
    }

    private void halfClose(ByteStream ends, ByteStream goesOn) {
        ByteReceiver first = start(ends);
        ByteReceiver second = start(goesOn);
        write(ends, "bye");
        ends.end();
        until(second::isEnded);
        assertEquals("bye", second.text());
        assertFalse(first.isOver());
        byte[] noise = noise(14, 3 * MEGABYTE);
        turn(() -> write(goesOn, noise));
        until(() -> first.length() == noise.length);
        turns();
        assertFalse(first.isOver());
        write(goesOn, "really");
        goesOn.end();
        until(first::isEnded);
        assertEquals(noise.length + 6, first.length());
    }

    /** Draining end. */
    @Test
    public void all_that_is_queued_is_sent_before_the_end() {
        Pair pair = connect();
        ByteReceiver right = start(pair.right());
        byte[] noise = noise(15, 8 * MEGABYTE);
        turn(() -> {
            write(pair.left(), noise);
            pair.left().end();
        });
        until(right::isEnded);
        assertArrayEquals(noise, right.bytes());
    }

    /** After the end. */
    @Test
    public void writing_after_the_end_is_ignored() {
        Pair pair = connect();
        ByteReceiver right = start(pair.right());
        turn(() -> {
            write(pair.left(), "a");
            pair.left().end();
            write(pair.left(), "b");
            pair.left().end();
        });
        until(right::isEnded);
        write(pair.left(), "c");
        turns();
        assertEquals("a", right.text());
    }

    /** An end that is nothing but an end. */
    @Test
    public void an_end_without_a_byte_is_told() {
        Pair pair = connect();
        ByteReceiver right = start(pair.right());
        pair.left().end();
        until(right::isEnded);
        assertEquals(0, right.length());
    }

    // ---- breaking

    /** Abort, own side. */
    @Test
    public void an_abort_is_told_to_the_own_receiver_with_its_cause() {
        Pair pair = connect();
        ByteReceiver left = start(pair.left());
        IOException cause = enough();
        turn(() -> {
            pair.left().abort(cause);
            pair.left().abort(new IOException("again"));
            assertFalse(left.isOver());
        });
        until(left::isOver);
        assertSame(cause, left.failure());
    }

    /** Abort, other side. */
    @Test
    public void an_abort_is_heard_by_the_peer() {
        Pair pair = connect();
        ByteReceiver right = start(pair.right());
        turns();
        pair.left().abort(enough());
        until(right::isOver);
        assertEquals(abortIsToldApart(), right.failure() != null);
    }

    /** Abort with much queued. */
    @Test
    public void an_abort_while_writing_leaves_the_peer_with_a_beginning() {
        Pair pair = connect();
        ByteReceiver right = new ByteReceiver();
        right.onDelivery(() -> pair.right().pause());
        pair.right().start(right);
        byte[] noise = noise(16, 32 * MEGABYTE);
        turn(() -> write(pair.left(), noise));
        until(() -> right.length() > 0);
        pair.left().abort(enough());
        assertEquals(0, pair.left().queuedBytes());
        right.onDelivery(() -> {});
        pair.right().resume();
        until(right::isOver);
        assertEquals(abortIsToldApart(), right.failure() != null);
        assertTrue(right.length() < noise.length);
        assertArrayEquals(Arrays.copyOf(noise, right.length()), right.bytes());
    }

    /** Abort before anything was started. */
    @Test
    public void an_abort_before_start_is_told_after_it() {
        Pair pair = connect();
        IOException cause = enough();
        pair.left().abort(cause);
        turns();
        ByteReceiver left = start(pair.left());
        until(left::isOver);
        assertSame(cause, left.failure());
    }

    /** After an abort. */
    @Test
    public void an_aborted_stream_ignores_everything() {
        Pair pair = connect();
        ByteReceiver left = start(pair.left());
        turn(() -> {
            pair.left().abort(enough());
            write(pair.left(), "x");
            pair.left().pause();
            pair.left().resume();
            pair.left().end();
        });
        until(left::isOver);
        turns();
        assertEquals(0, pair.left().queuedBytes());
        assertEquals(1, left.lastWords());
    }

    /** Both ended. */
    @Test
    public void an_abort_after_both_sides_have_ended_is_not_told() {
        Pair pair = connect();
        ByteReceiver left = start(pair.left());
        ByteReceiver right = start(pair.right());
        turn(() -> {
            pair.left().end();
            pair.right().end();
        });
        until(() -> left.isEnded() && right.isEnded());
        pair.left().abort(enough());
        turns();
        assertNull(left.failure());
        assertNull(right.failure());
        assertEquals(1, left.lastWords());
        assertEquals(1, right.lastWords());
    }

    /** A silent read side. */
    @Test
    public void a_failed_write_is_told_though_nothing_is_read() {
        Pair pair = connect();
        ByteReceiver left = start(pair.left());
        turns();
        pair.left().pause();
        pair.right().abort(enough());
        turns();
        for (int i = 0; i < 1000 && left.failure() == null; i++) {
            turn(() -> write(pair.left(), "is anybody there?"));
        }
        assertTrue(left.failure() != null);
        assertEquals(1, left.lastWords());
    }

    /** One last word. */
    @Test
    public void a_write_that_fails_after_the_peers_end_is_no_second_last_word() {
        Pair pair = connect();
        ByteReceiver left = start(pair.left());
        turn(() -> {
            write(pair.right(), "because");
            pair.right().end();
        });
        until(() -> left.length() == 7);
        assertEquals("because", left.text());
        until(left::isEnded);
        pair.right().abort(enough());
        for (int i = 0; i < 20; i++) {
            turn(() -> write(pair.left(), "more"));
        }
        assertEquals(1, left.lastWords());
        Promise<Void> drained = pair.left().drained();
        assertThrows(RuntimeException.class, () -> settled(drained));
    }

    /** A receiver that throws. */
    @Test
    public void what_a_receiver_throws_breaks_the_stream() {
        Pair pair = connect();
        ByteReceiver left = start(pair.left());
        IllegalStateException thrown = new IllegalStateException("thrown on purpose");
        ByteReceiver right = new ByteReceiver();
        right.onDelivery(() -> {
            throw thrown;
        });
        pair.right().start(right);
        write(pair.left(), "x");
        until(() -> right.isOver() && left.isOver());
        assertSame(thrown, right.failure());
        assertEquals(1, right.lastWords());
    }
}
