package dev.capstan.testkit;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.capstan.async.Promise;
import dev.capstan.testkit.StreamContract.Pair;
import java.io.IOException;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** How a stream breaks, and who is told. */
abstract class BreakCases {
    private final Ends ends;

    BreakCases(Ends ends) {
        this.ends = ends;
    }

    @Test
    void an_abort_is_told_to_the_own_receiver_with_its_cause() {
        Pair pair = ends.connect();
        ByteReceiver left = Ends.start(pair.left());
        IOException cause = Ends.enough();
        ends.turn(() -> {
            pair.left().abort(cause);
            pair.left().abort(new IOException("again"));
            assertFalse(left.isOver());
        });
        ends.until(left::isOver);
        assertSame(cause, left.failure());
    }

    @Test
    void an_abort_is_heard_by_the_peer() {
        Pair pair = ends.connect();
        ByteReceiver right = Ends.start(pair.right());
        ends.turns();
        pair.left().abort(Ends.enough());
        ends.until(right::isOver);
        assertEquals(ends.abortIsToldApart(), right.failure() != null);
    }

    @Test
    void an_abort_while_writing_leaves_the_peer_with_a_beginning() {
        Pair pair = ends.connect();
        ByteReceiver right = new ByteReceiver();
        right.onDelivery(() -> pair.right().pause());
        pair.right().start(right);
        byte[] noise = Ends.noise(16, 32 * Ends.MEGABYTE);
        ends.turn(() -> Ends.write(pair.left(), noise));
        ends.until(() -> right.length() > 0);
        pair.left().abort(Ends.enough());
        assertEquals(0, pair.left().queuedBytes());
        right.onDelivery(() -> {});
        pair.right().resume();
        ends.until(right::isOver);
        assertEquals(ends.abortIsToldApart(), right.failure() != null);
        assertTrue(right.length() < noise.length);
        assertArrayEquals(Arrays.copyOf(noise, right.length()), right.bytes());
    }

    @Test
    void an_abort_before_start_is_told_after_it() {
        Pair pair = ends.connect();
        IOException cause = Ends.enough();
        pair.left().abort(cause);
        ends.turns();
        ByteReceiver left = Ends.start(pair.left());
        ends.until(left::isOver);
        assertSame(cause, left.failure());
    }

    @Test
    void an_aborted_stream_ignores_everything() {
        Pair pair = ends.connect();
        ByteReceiver left = Ends.start(pair.left());
        ends.turn(() -> {
            pair.left().abort(Ends.enough());
            Ends.write(pair.left(), "x");
            pair.left().pause();
            pair.left().resume();
            pair.left().end();
        });
        ends.until(left::isOver);
        ends.turns();
        assertEquals(0, pair.left().queuedBytes());
        assertEquals(1, left.lastWords());
    }

    @Test
    void an_abort_after_both_sides_have_ended_is_not_told() {
        Pair pair = ends.connect();
        ByteReceiver left = Ends.start(pair.left());
        ByteReceiver right = Ends.start(pair.right());
        ends.turn(() -> {
            pair.left().end();
            pair.right().end();
        });
        ends.until(() -> left.isEnded() && right.isEnded());
        pair.left().abort(Ends.enough());
        ends.turns();
        assertNull(left.failure());
        assertNull(right.failure());
        assertEquals(1, left.lastWords());
        assertEquals(1, right.lastWords());
    }

    @Test
    void a_failed_write_is_told_though_nothing_is_read() {
        Pair pair = ends.connect();
        ByteReceiver left = Ends.start(pair.left());
        ends.turns();
        pair.left().pause();
        pair.right().abort(Ends.enough());
        ends.turns();
        for (int i = 0; i < 1000 && left.failure() == null; i++) {
            ends.turn(() -> Ends.write(pair.left(), "is anybody there?"));
        }
        assertTrue(left.failure() != null);
        assertEquals(1, left.lastWords());
    }

    @Test
    void a_write_that_fails_after_the_peers_end_is_no_second_last_word() {
        Pair pair = ends.connect();
        ByteReceiver left = Ends.start(pair.left());
        ends.turn(() -> {
            Ends.write(pair.right(), "because");
            pair.right().end();
        });
        ends.until(() -> left.length() == 7);
        assertEquals("because", left.text());
        ends.until(left::isEnded);
        pair.right().abort(Ends.enough());
        for (int i = 0; i < 20; i++) {
            ends.turn(() -> Ends.write(pair.left(), "more"));
        }
        assertEquals(1, left.lastWords());
        Promise<Void> drained = pair.left().drained();
        assertThrows(RuntimeException.class, () -> ends.settled(drained));
    }

    @Test
    void what_a_receiver_throws_breaks_the_stream() {
        Pair pair = ends.connect();
        ByteReceiver left = Ends.start(pair.left());
        IllegalStateException thrown = new IllegalStateException("thrown on purpose");
        ByteReceiver right = new ByteReceiver();
        right.onDelivery(() -> {
            throw thrown;
        });
        pair.right().start(right);
        Ends.write(pair.left(), "x");
        ends.until(() -> right.isOver() && left.isOver());
        assertSame(thrown, right.failure());
        assertEquals(1, right.lastWords());
    }
}
