package dev.capstan.capnweb;

import static dev.capstan.capnweb.Scripted.value;
import static dev.capstan.capnweb.TwoPeers.call;
import static dev.capstan.capnweb.TwoPeers.object;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.capstan.async.SimLoop;
import dev.capstan.cap.Cap;
import dev.capstan.cap.Failure;
import dev.capstan.testkit.Parity;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Each table takes as much as its limit says, and one more entry costs the call that would make it, and nothing else. */
final class TableLimitsTest {
    private static final int MOST = 3;

    private static TwoPeers peers(Limits client, Limits server) {
        TwoPeers two = new TwoPeers(new SimLoop(), client, server);
        two.main.on("make", args -> value(two.counted("made").cap()));
        two.main.on(
                "several",
                args -> value(IntStream.range(0, ((Long) args.getFirst()).intValue())
                        .<Object>mapToObj(i -> two.counted("made").cap())
                        .toList()));
        return two;
    }

    private static void close(List<Cap> all) {
        all.forEach(Cap::close);
        all.clear();
    }

    @Test
    void calls_whose_results_the_peer_keeps() {
        try (TwoPeers two = peers(Limits.DEFAULT.withCalls(MOST), Limits.DEFAULT)) {
            List<Cap> kept = new ArrayList<>();
            for (int i = 0; i < MOST; i++) {
                kept.add(object(call(two.api, "make")));
            }
            Failure failure = two.failure(call(two.api, "make"));
            assertEquals(Failure.Kind.OVERLOADED, failure.kind());
            assertTrue(failure.reason().contains("Limits.calls"), failure.reason());
            kept.removeLast().close();
            kept.add(object(call(two.api, "make")));
            close(kept);
        }
    }

    @Test
    @Parity({"PX-015", "PX-016", "PX-017"})
    void objects_and_results_that_the_peer_holds() {
        // The main object is one of them.
        try (TwoPeers two = peers(Limits.DEFAULT, Limits.DEFAULT.withExports(MOST + 1))) {
            List<Cap> kept = new ArrayList<>();
            for (int i = 0; i < MOST; i++) {
                kept.add(object(call(two.api, "make")));
            }
            Failure failure = two.failure(call(two.api, "make"));
            assertEquals(Failure.Kind.OVERLOADED, failure.kind());
            assertTrue(failure.reason().contains("release some"), failure.reason());
            kept.removeLast().close();
            kept.add(object(call(two.api, "make")));
            close(kept);
        }
    }

    @Test
    @Parity({"PX-018", "PX-019", "PX-020"})
    void objects_of_the_peer() {
        // The main object is one of them.
        try (TwoPeers two = peers(Limits.DEFAULT.withImports(MOST + 1), Limits.DEFAULT)) {
            Values.close(Values.owned(two.value(call(two.api, "several", (long) MOST))));
            two.settle();
            assertEquals(MOST, two.released.size());
            JsError error = two.error(call(two.api, "several", MOST + 1L));
            assertTrue(error.message().contains("Limits.imports"), error.message());
            two.settle();
            assertEquals(2 * MOST + 1, two.released.size());
            Values.close(Values.owned(two.value(call(two.api, "several", (long) MOST))));
        }
    }
}
