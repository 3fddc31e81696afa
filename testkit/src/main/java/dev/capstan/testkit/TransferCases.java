package dev.capstan.testkit;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.capstan.testkit.StreamContract.Pair;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Bytes of a stream: whole, in order, whatever their number. */
abstract class TransferCases {
    private final Ends ends;

    TransferCases(Ends ends) {
        this.ends = ends;
    }

    @Test
    void bytes_arrive_as_they_were_written() {
        Pair pair = ends.connect();
        ByteReceiver right = Ends.start(pair.right());
        Ends.write(pair.left(), "hello");
        ends.until(() -> right.length() == 5);
        assertEquals("hello", right.text());
    }

    @Test
    void bytes_travel_both_ways() {
        Pair pair = ends.connect();
        ByteReceiver left = Ends.start(pair.left());
        ByteReceiver right = Ends.start(pair.right());
        ends.turn(() -> {
            Ends.write(pair.left(), "ping");
            Ends.write(pair.right(), "pong");
        });
        ends.until(() -> right.length() == 4 && left.length() == 4);
        assertEquals("pong", left.text());
        assertEquals("ping", right.text());
    }

    @Test
    void many_small_writes_of_one_turn_arrive_in_one_delivery() {
        Pair pair = ends.connect();
        ByteReceiver right = Ends.start(pair.right());
        ends.turns();
        ends.turn(() -> {
            for (int i = 0; i < 1000; i++) {
                Ends.write(pair.left(), i % 10 + "");
            }
            assertEquals(1000, pair.left().queuedBytes());
        });
        ends.until(() -> right.length() == 1000);
        assertEquals("0123456789".repeat(100), right.text());
        assertEquals(1, right.deliveries());
        assertEquals(0, pair.left().queuedBytes());
    }

    @Test
    void the_array_belongs_to_the_writer_after_write() {
        Pair pair = ends.connect();
        ByteReceiver right = Ends.start(pair.right());
        byte[] array = Ends.bytes("a");
        ends.turn(() -> {
            pair.left().write(array, 0, 1);
            array[0] = 'b';
            pair.left().write(array, 0, 1);
            array[0] = 'c';
        });
        ends.until(() -> right.length() == 2);
        assertEquals("ab", right.text());
    }

    @Test
    void only_the_given_range_is_written() {
        Pair pair = ends.connect();
        ByteReceiver right = Ends.start(pair.right());
        byte[] array = Ends.bytes("0123456789");
        ends.turn(() -> {
            pair.left().write(array, 3, 4);
            pair.left().write(array, 5, 0);
        });
        ends.until(() -> right.length() == 4);
        ends.turns();
        assertEquals("3456", right.text());
    }

    @Test
    void order_is_kept_across_many_turns() {
        Pair pair = ends.connect();
        ByteReceiver right = Ends.start(pair.right());
        StringBuilder expected = new StringBuilder();
        for (int i = 0; i < 500; i++) {
            String piece = i + ",";
            expected.append(piece);
            ends.turn(() -> Ends.write(pair.left(), piece));
        }
        ends.until(() -> right.length() == expected.length());
        assertEquals(expected.toString(), right.text());
    }

    @Test
    void bytes_that_come_before_start_wait_for_it() {
        Pair pair = ends.connect();
        Ends.write(pair.left(), "early");
        ends.turns();
        ByteReceiver right = Ends.start(pair.right());
        ends.until(() -> right.length() == 5);
        assertEquals("early", right.text());
    }

    @Test
    void starting_twice_is_refused() {
        Pair pair = ends.connect();
        Ends.start(pair.right());
        assertThrows(IllegalStateException.class, () -> pair.right().start(new ByteReceiver()));
    }

    @Test
    void nothing_is_delivered_inside_the_callers_frame() {
        Pair pair = ends.connect();
        Ends.write(pair.left(), "x");
        pair.left().end();
        ends.turns();
        ByteReceiver right = new ByteReceiver();
        ends.turn(() -> {
            pair.right().start(right);
            pair.right().pause();
            pair.right().resume();
            assertEquals(0, right.deliveries());
            assertFalse(right.isOver());
        });
        ends.until(right::isEnded);
        ends.turn(() -> {
            pair.right().abort(Ends.enough());
            assertNull(right.failure());
        });
    }

    @Test
    void a_large_transfer_arrives_whole() {
        Pair pair = ends.connect();
        ByteReceiver right = Ends.start(pair.right());
        byte[] noise = Ends.noise(1, 8 * Ends.MEGABYTE);
        ends.turn(() -> Ends.write(pair.left(), noise));
        ends.settled(pair.left().drained());
        ends.until(() -> right.length() == noise.length);
        assertArrayEquals(noise, right.bytes());
    }

    @Test
    void large_transfers_go_both_ways_at_once() {
        Pair pair = ends.connect();
        ByteReceiver left = Ends.start(pair.left());
        ByteReceiver right = Ends.start(pair.right());
        byte[] there = Ends.noise(2, 5 * Ends.MEGABYTE + 1);
        byte[] back = Ends.noise(3, 6 * Ends.MEGABYTE + 7);
        ends.turn(() -> {
            Ends.write(pair.left(), there);
            Ends.write(pair.right(), back);
            pair.left().end();
            pair.right().end();
        });
        ends.until(() -> left.isEnded() && right.isEnded());
        assertArrayEquals(there, right.bytes());
        assertArrayEquals(back, left.bytes());
    }

    @Test
    void writes_of_all_sizes_keep_their_bytes_and_order() {
        Pair pair = ends.connect();
        ByteReceiver right = Ends.start(pair.right());
        Random random = Ends.random(4);
        byte[] noise = Ends.noise(5, 3 * Ends.MEGABYTE);
        int at = 0;
        while (at < noise.length) {
            int from = at;
            int length = Math.min(noise.length - at, 1 + random.nextInt(1 << random.nextInt(19)));
            ends.turn(() -> pair.left().write(noise, from, length));
            at += length;
        }
        pair.left().end();
        ends.until(right::isEnded);
        assertArrayEquals(noise, right.bytes());
    }
}
