package dev.capstan.grpc.stress;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.capstan.grpc.ServerKind;
import dev.capstan.testkit.LongRun;
import dev.capstan.testkit.Parity;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Many calls, slow readers and ends in the middle, with our client and both servers. Counted, never timed. */
class StressTest {
    /** A window of 1 MiB, and what readiness allows beyond it. */
    private static final long OUR_WINDOW = (1 << 20) + (128 << 10);

    /** grpc-java's windows grow up to this as it measures the connection. */
    private static final long GROWN_WINDOW = (8 << 20) + (128 << 10);

    @ParameterizedTest
    @EnumSource
    @Parity({"GRPC-G9.1", "GRPC-F7.3"})
    void a_thousand_calls_and_a_hundred_streams_on_one_connection_are_all_answered(ServerKind kind) throws Exception {
        try (Load load = new Load(kind)) {
            load.mixed();
        }
    }

    static Stream<Arguments> storms() {
        return Stream.of(ServerKind.values())
                .flatMap(kind -> Stream.of(1L, 2L, 3L).map(seed -> Arguments.of(kind, seed)));
    }

    @ParameterizedTest
    @MethodSource("storms")
    @Parity("GRPC-G9.2")
    void a_thousand_streams_that_are_given_up_leave_nothing_and_the_connection_works(ServerKind kind, long seed)
            throws Exception {
        try (Load load = new Load(kind)) {
            load.storm(seed);
        }
    }

    @LongRun
    @ParameterizedTest
    @EnumSource
    @Parity("GRPC-G8.1")
    void a_server_that_reads_slowly_holds_the_client_back(ServerKind kind) throws Exception {
        try (Load load = new Load(kind)) {
            long most = load.slowServer(4_096);
            assertTrue(most <= (kind == ServerKind.OURS ? OUR_WINDOW : GROWN_WINDOW), () -> most + " bytes");
        }
    }

    @LongRun
    @ParameterizedTest
    @EnumSource
    @Parity("GRPC-G8.2")
    void a_client_that_reads_slowly_holds_the_server_back(ServerKind kind) throws Exception {
        try (Load load = new Load(kind)) {
            long most = load.slowClient(4_096);
            assertTrue(most <= GROWN_WINDOW, () -> most + " bytes");
        }
    }

    @ParameterizedTest
    @EnumSource
    @Parity("GRPC-G10.1")
    void a_server_that_is_drained_under_load_loses_no_call(ServerKind kind) throws Exception {
        try (Load load = new Load(kind)) {
            assertEquals(List.of(), load.drain(2_000));
        }
    }
}
