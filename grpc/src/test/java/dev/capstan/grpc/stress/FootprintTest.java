package dev.capstan.grpc.stress;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.capstan.grpc.OwnProcess;
import dev.capstan.grpc.ServerKind;
import dev.capstan.testkit.LongRun;
import dev.capstan.testkit.Parity;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What load leaves behind in a process of its own: memory, sockets, buffers. */
@LongRun
class FootprintTest {
    private static final int MAX_GROWTH_KIB = 64 << 10;

    private static OwnProcess run(List<String> more, String... arguments) throws Exception {
        // The heap is there from the beginning, so that what the process grows by is what grows outside of it; the heap
        // is looked at by itself.
        List<String> options =
                new ArrayList<>(List.of("-Xms192m", "-Xmx192m", "-XX:+AlwaysPreTouch", "-XX:+UseSerialGC"));
        options.addAll(more);
        OwnProcess done = OwnProcess.run(StressProgram.class, entry -> true, options, arguments);
        assertEquals(0, done.exit(), done::output);
        assertEquals(1, done.number("DONE"));
        return done;
    }

    @ParameterizedTest
    @EnumSource
    @Parity({"GRPC-P3.6", "GRPC-F7.4"})
    void memory_and_sockets_return_to_what_they_were(ServerKind kind) throws Exception {
        OwnProcess done = run(List.of(), kind.name(), "3");
        assertTrue(done.number("RSS_GROWTH_KIB") < MAX_GROWTH_KIB, done::output);
        assertTrue(done.number("HEAP_GROWTH_KIB") < MAX_GROWTH_KIB, done::output);
    }

    private static final List<String> PARANOID =
            List.of("-Dio.netty.leakDetection.level=paranoid", "-Dio.netty.leakDetection.targetRecords=8");

    @ParameterizedTest
    @EnumSource
    @Parity("GRPC-F7.4")
    void no_buffer_is_lost(ServerKind kind) throws Exception {
        OwnProcess done = run(PARANOID, kind.name(), "1");
        assertFalse(done.output().contains("LEAK"), done::output);
    }

    @Test
    @Parity("GRPC-F7.4")
    void a_buffer_that_is_lost_is_reported() throws Exception {
        OwnProcess done = run(PARANOID, ServerKind.OURS.name(), "0", "leak");
        assertTrue(done.output().contains("LEAK: ByteBuf.release() was not called"), done::output);
    }
}
