package dev.capstan.grpc.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.capstan.testkit.Parity;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TimeoutsTest {
    @Test
    @Parity("GRPC-G3.4")
    void each_unit_is_understood() {
        assertEquals(7, Timeouts.nanos("7n"));
        assertEquals(7_000, Timeouts.nanos("7u"));
        assertEquals(7_000_000, Timeouts.nanos("7m"));
        assertEquals(7_000_000_000L, Timeouts.nanos("7S"));
        assertEquals(420_000_000_000L, Timeouts.nanos("7M"));
        assertEquals(25_200_000_000_000L, Timeouts.nanos("7H"));
        assertEquals(0, Timeouts.nanos("00000000S"));
        assertEquals(Long.MAX_VALUE, Timeouts.nanos("99999999H"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "S", "5", "5s", "5h", "123456789n", "-1S", "+1S", "1.5S", "1 S", " 1S", "1SS", "\u0661S"})
    @Parity("GRPC-G3.5")
    void what_is_no_time_is_an_invalid_argument(String header) {
        StatusRuntimeException refused =
                assertThrows(StatusRuntimeException.class, () -> Timeouts.nanos(header), header);
        assertEquals(Status.INVALID_ARGUMENT.getCode(), refused.getStatus().getCode());
    }
}
