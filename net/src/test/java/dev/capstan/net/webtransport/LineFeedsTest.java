package dev.capstan.net.webtransport;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Random;
import org.junit.jupiter.api.Test;

/** The search for line feeds against one that looks at each byte. */
final class LineFeedsTest {
    private static int plainly(byte[] array, int start, int end) {
        for (int i = start; i < end; i++) {
            if (array[i] == '\n') {
                return i;
            }
        }
        return -1;
    }

    @Test
    void each_byte_value_is_told_from_a_line_feed_in_each_place() {
        for (int length = 0; length <= 20; length++) {
            for (int at = 0; at < length; at++) {
                for (int value = 0; value < 256; value++) {
                    byte[] array = new byte[length];
                    array[at] = (byte) value;
                    assertEquals(value == '\n' ? at : -1, LineFeeds.next(array, 0, length));
                }
            }
        }
    }

    @Test
    void random_bytes_near_a_line_feed_are_searched_as_one_by_one() {
        Random random = new Random(1);
        for (int i = 0; i < 100_000; i++) {
            byte[] array = new byte[random.nextInt(40)];
            for (int j = 0; j < array.length; j++) {
                int kind = random.nextInt(12);
                array[j] = (byte) (kind == 0 ? '\n' : kind < 6 ? '\n' - 2 + random.nextInt(5) : random.nextInt());
            }
            int start = array.length == 0 ? 0 : random.nextInt(array.length);
            int end = start + random.nextInt(array.length - start + 1);
            assertEquals(plainly(array, start, end), LineFeeds.next(array, start, end));
        }
    }
}
