package dev.capstan.testkit;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.capstan.async.ByteStream;
import dev.capstan.async.Promise;
import dev.capstan.testkit.StreamContract.Pair;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** A reader that pauses, and a writer that is held back. */
abstract class PressureCases {
    private final Ends ends;

    PressureCases(Ends ends) {
        this.ends = ends;
    }

    @Test
    void a_paused_reader_gets_nothing_and_holds_the_writer_back() {
        Pair pair = ends.connect();
        ByteReceiver right = Ends.start(pair.right());
        ends.turns();
        pair.right().pause();
        byte[] noise = Ends.noise(6, 32 * Ends.MEGABYTE);
        ends.turn(() -> Ends.write(pair.left(), noise));
        Promise<Void> drained = pair.left().drained();
        ends.turns();
        assertEquals(0, right.length());
        assertTrue(pair.left().queuedBytes() > 0);
        assertFalse(ends.loop().poll(drained));
        pair.right().resume();
        ends.settled(drained);
        ends.until(() -> right.length() == noise.length);
        assertArrayEquals(noise, right.bytes());
        assertEquals(0, pair.left().queuedBytes());
    }

    @Test
    void a_receiver_may_pause_while_it_is_told() {
        Pair pair = ends.connect();
        byte[] noise = Ends.noise(7, 2 * Ends.MEGABYTE);
        ByteReceiver right = new ByteReceiver();
        right.onDelivery(() -> pair.right().pause());
        pair.right().start(right);
        ends.turn(() -> Ends.write(pair.left(), noise));
        pair.left().end();
        int resumed = 0;
        while (!right.isOver() && resumed < 100_000) {
            int seen = right.deliveries();
            ends.turns();
            assertTrue(right.deliveries() <= seen + 1);
            pair.right().resume();
            resumed++;
        }
        assertTrue(resumed > 1);
        assertArrayEquals(noise, right.bytes());
        assertTrue(right.isEnded());
    }

    @Test
    void pausing_and_resuming_at_random_loses_nothing() {
        Pair pair = ends.connect();
        Random random = Ends.random(8);
        byte[] noise = Ends.noise(9, 4 * Ends.MEGABYTE);
        ByteReceiver right = Ends.start(pair.right());
        int at = 0;
        while (at < noise.length) {
            int from = at;
            int length = Math.min(noise.length - at, 1 + random.nextInt(100_000));
            boolean pause = random.nextBoolean();
            ends.turn(() -> {
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
        ends.until(right::isEnded);
        assertArrayEquals(noise, right.bytes());
    }

    @Test
    void the_end_waits_while_the_reader_is_paused() {
        Pair pair = ends.connect();
        ByteReceiver right = Ends.start(pair.right());
        ends.turns();
        pair.right().pause();
        Ends.write(pair.left(), "last");
        pair.left().end();
        ends.turns();
        assertFalse(right.isOver());
        pair.right().resume();
        ends.until(right::isEnded);
        assertEquals("last", right.text());
    }

    @Test
    void bytes_of_a_peer_that_is_gone_wait_while_the_reader_is_paused() {
        Pair pair = ends.connect();
        ByteReceiver left = Ends.start(pair.left());
        ByteReceiver right = Ends.start(pair.right());
        ends.turns();
        pair.right().pause();
        byte[] noise = Ends.noise(10, 50_000);
        ends.turn(() -> {
            Ends.write(pair.left(), noise);
            pair.left().end();
            pair.right().end();
        });
        ends.until(left::isEnded);
        ends.turns();
        assertEquals(0, right.length());
        assertFalse(right.isOver());
        pair.right().resume();
        ends.until(right::isEnded);
        assertArrayEquals(noise, right.bytes());
    }

    @Test
    void drained_is_settled_when_nothing_is_queued() {
        Pair pair = ends.connect();
        ends.settled(pair.left().drained());
        assertEquals(0, pair.left().queuedBytes());
    }

    @Test
    void drained_settles_when_what_was_queued_has_been_handed_over() {
        Pair pair = ends.connect();
        Ends.start(pair.right());
        byte[] noise = Ends.noise(11, 8 * Ends.MEGABYTE);
        Promise<Void> first = drainedAfter(pair.left(), noise);
        Promise<Void> second = drainedAfter(pair.left(), noise);
        ends.settled(first);
        ends.settled(second);
        assertEquals(0, pair.left().queuedBytes());
    }

    private Promise<Void> drainedAfter(ByteStream stream, byte[] bytes) {
        Ends.write(stream, bytes);
        return stream.drained();
    }

    @Test
    void drained_settles_though_more_is_written_all_the_time() {
        Pair pair = ends.connect();
        Ends.start(pair.right());
        byte[] noise = Ends.noise(12, 4 * Ends.MEGABYTE);
        Ends.write(pair.left(), noise);
        Promise<Void> drained = pair.left().drained();
        for (int i = 0; i < 1000 && !ends.loop().poll(drained); i++) {
            ends.turn(() -> {
                if (pair.left().queuedBytes() < 8 * Ends.MEGABYTE) {
                    Ends.write(pair.left(), Arrays.copyOf(noise, Ends.MEGABYTE));
                }
            });
        }
        assertTrue(ends.loop().poll(drained));
    }

    @Test
    void drained_fails_when_the_stream_breaks() {
        Pair pair = ends.connect();
        Ends.start(pair.right());
        ends.turns();
        pair.right().pause();
        ends.turn(() -> Ends.write(pair.left(), Ends.noise(13, 32 * Ends.MEGABYTE)));
        Promise<Void> drained = pair.left().drained();
        pair.left().abort(Ends.enough());
        RuntimeException thrown = assertThrows(RuntimeException.class, () -> ends.settled(drained));
        assertEquals("enough", String.valueOf(cause(thrown).getMessage()));
        Promise<Void> late = pair.left().drained();
        assertThrows(RuntimeException.class, () -> ends.settled(late));
    }

    private static Throwable cause(Throwable thrown) {
        Throwable cause = thrown.getCause();
        return cause == null ? thrown : cause;
    }
}
