package dev.capstan.testkit;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.capstan.async.ByteStream;
import dev.capstan.testkit.StreamContract.Pair;
import org.junit.jupiter.api.Test;

/** How one side of a stream ends, and what the other may still say. */
abstract class EndCases {
    private final Ends ends;

    EndCases(Ends ends) {
        this.ends = ends;
    }

    @Test
    void the_right_may_go_on_sending_when_the_left_has_ended() {
        Pair pair = ends.connect();
        halfClose(pair.left(), pair.right());
    }

    @Test
    void the_left_may_go_on_sending_when_the_right_has_ended() {
        Pair pair = ends.connect();
        halfClose(pair.right(), pair.left());
    }

    private void halfClose(ByteStream leaves, ByteStream goesOn) {
        ByteReceiver first = Ends.start(leaves);
        ByteReceiver second = Ends.start(goesOn);
        Ends.write(leaves, "bye");
        leaves.end();
        ends.until(second::isEnded);
        assertEquals("bye", second.text());
        assertFalse(first.isOver());
        byte[] noise = Ends.noise(14, 3 * Ends.MEGABYTE);
        ends.turn(() -> Ends.write(goesOn, noise));
        ends.until(() -> first.length() == noise.length);
        ends.turns();
        assertFalse(first.isOver());
        Ends.write(goesOn, "really");
        goesOn.end();
        ends.until(first::isEnded);
        assertEquals(noise.length + 6, first.length());
    }

    @Test
    void all_that_is_queued_is_sent_before_the_end() {
        Pair pair = ends.connect();
        ByteReceiver right = Ends.start(pair.right());
        byte[] noise = Ends.noise(15, 8 * Ends.MEGABYTE);
        ends.turn(() -> {
            Ends.write(pair.left(), noise);
            pair.left().end();
        });
        ends.until(right::isEnded);
        assertArrayEquals(noise, right.bytes());
    }

    @Test
    void writing_after_the_end_is_ignored() {
        Pair pair = ends.connect();
        ByteReceiver right = Ends.start(pair.right());
        ends.turn(() -> {
            Ends.write(pair.left(), "a");
            pair.left().end();
            Ends.write(pair.left(), "b");
            pair.left().end();
        });
        ends.until(right::isEnded);
        Ends.write(pair.left(), "c");
        ends.turns();
        assertEquals("a", right.text());
    }

    @Test
    void an_end_without_a_byte_is_told() {
        Pair pair = ends.connect();
        ByteReceiver right = Ends.start(pair.right());
        pair.left().end();
        ends.until(right::isEnded);
        assertEquals(0, right.length());
    }
}
