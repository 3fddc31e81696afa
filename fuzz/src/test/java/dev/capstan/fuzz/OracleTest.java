package dev.capstan.fuzz;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.capstan.capnp.MessageReader;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Whatever is not documented is noticed. */
class OracleTest {
    private static final byte[] INPUT = new byte[16];

    private final List<byte[]> sink = new ArrayList<>();

    private static void assertNoticed(String reason, Operation.Run run) {
        AssertionError error =
                assertThrows(AssertionError.class, () -> new Oracle().check(new Operation("planted", run), INPUT));
        assertTrue(String.valueOf(error.getMessage()).contains(reason), error.getMessage());
    }

    @Test
    void exceptions_that_nobody_documents_are_noticed() {
        assertNoticed("IndexOutOfBounds", input -> input[input.length]);
        assertNoticed("NegativeArraySize", input -> new byte[-input.length].length);
        assertNoticed(
                "MessageException",
                input -> MessageReader.of(new byte[1], 0, 1, dev.capstan.capnp.Limits.DEFAULT)
                        .root()
                        .targetSizeWords());
        assertNoticed("StackOverflow", OracleTest::deep);
        assertNoticed("OutOfMemory", input -> new long[Integer.MAX_VALUE].length);
    }

    private static long deep(byte[] input) {
        return input.length == 0 ? 0 : 1 + deep(input);
    }

    @Test
    void too_much_memory_is_noticed() {
        assertNoticed("allocated", input -> {
            sink.clear();
            sink.add(new byte[2 << 20]);
            return 1;
        });
    }

    @Test
    void too_much_work_is_noticed() {
        assertNoticed("steps", input -> 1L << 30);
    }

    @Test
    void what_is_within_its_bounds_passes() {
        new Oracle().check(new Operation("sound", input -> input.length), INPUT);
    }
}
