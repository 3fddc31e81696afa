package dev.capstan.capnpc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.capstan.capnp.Data;
import dev.capstan.capnpc.golden.constants.ConstantsConstants;
import dev.capstan.capnpc.golden.constants.Mode;
import dev.capstan.capnpc.golden.constants.Service;
import dev.capstan.capnpc.golden.constants.Settings;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Generated constants hold what the schema says. */
class GeneratedConstantsTest {
    @Test
    void scalars() {
        assertEquals(42, ConstantsConstants.ANSWER);
        assertEquals("18446744073709551615", Long.toUnsignedString(ConstantsConstants.MAX_SIZE));
        assertEquals(0.25F, ConstantsConstants.RATIO);
        assertEquals(Double.POSITIVE_INFINITY, ConstantsConstants.INFINITY);
        assertTrue(Double.isNaN(ConstantsConstants.NAN));
        assertTrue(ConstantsConstants.YES);
        assertEquals(Byte.MIN_VALUE, ConstantsConstants.SMALL);
        assertEquals(65_535, ConstantsConstants.MEDIUM);
        assertEquals(4_294_967_295L, ConstantsConstants.LARGE);
        assertEquals(Long.MIN_VALUE, ConstantsConstants.HUGE);
        assertEquals(Mode.FAST, ConstantsConstants.MODE);
    }

    @Test
    void text_and_data() {
        assertEquals("Grüß \"Gott\",\n7 ✓ 🙂", ConstantsConstants.GREETING);
        assertEquals(Data.of((byte) 0, (byte) 1, (byte) 0x37, (byte) 0xff), ConstantsConstants.BLOB);
    }

    @Test
    void structs_and_lists() {
        assertEquals("all", ConstantsConstants.SETTINGS.getName());
        assertEquals(3, ConstantsConstants.SETTINGS.getLevel());
        assertEquals(List.of(Mode.SLOW, Mode.FAST), ConstantsConstants.SETTINGS.getModes());
        assertEquals("inner", ConstantsConstants.SETTINGS.getNext().getName());
        assertEquals(List.of(2L, 3L, 5L, 7L), ConstantsConstants.PRIMES);
        assertEquals(List.of("a", "b"), ConstantsConstants.NAMES);
        assertEquals("2", ConstantsConstants.ALL.get(1).getName());
    }

    @Test
    void constants_inside_types() {
        assertEquals(9, Settings.DEFAULT_LEVEL);
        assertEquals("standard", Settings.STANDARD.getName());
        assertEquals(9, Settings.STANDARD.getLevel());
        assertEquals(100, Service.LIMIT);
        assertEquals(ConstantsConstants.GREETING, Service.GREETING);
    }
}
