package dev.capstan.capnweb;

import static dev.capstan.capnweb.Scripted.value;
import static dev.capstan.capnweb.TwoPeers.call;
import static dev.capstan.capnweb.TwoPeers.object;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.capstan.async.Completer;
import dev.capstan.async.MessageStream;
import dev.capstan.async.SimLoop;
import dev.capstan.cap.Cap;
import dev.capstan.cap.Failure;
import dev.capstan.testkit.Parity;
import dev.capstan.testkit.SimNetwork;
import dev.capstan.testkit.SimStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
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
            Values.close(Values.owned(two.value(call(two.api, "several", MOST - 1L))));
            two.settle();
            assertEquals(MOST - 1, two.released.size());
            two.released.clear();
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

    /** Lines of a peer that releases nothing: each push is one entry more. */
    @Test
    void pushes_are_refused_beyond_the_limit_and_end_the_session_beyond_twice_that() {
        for (int pushes = MOST; pushes <= 2 * MOST + 2; pushes++) {
            try (RawPeer peer = new RawPeer(Limits.DEFAULT.withExports(MOST + 1))) {
                for (int i = 1; i <= pushes; i++) {
                    peer.say("['push'," + i + "]");
                }
                peer.say("['pull'," + pushes + "]");
                String last = peer.heard.getLast();
                if (pushes <= MOST) {
                    assertEquals("[\"resolve\"," + pushes + "," + pushes + "]", last);
                } else if (pushes <= 2 * MOST + 1) {
                    assertTrue(last.startsWith("[\"reject\"," + pushes + ",") && last.contains("Limits.exports"), last);
                } else {
                    assertEquals("end", last);
                    assertTrue(peer.heard.getFirst().startsWith("[\"abort\""), peer.heard::toString);
                }
            }
        }
    }

    @Test
    void calls_that_run_are_refused_beyond_the_limit_also_if_they_were_given_up() {
        for (int running = MOST - 1; running <= MOST + 1; running++) {
            try (RawPeer peer = new RawPeer(Limits.DEFAULT.withExports(MOST))) {
                for (int i = 1; i <= running; i++) {
                    peer.say("['push',['pipeline',0,['never'],[]]]", "['release'," + i + ",1]");
                }
                assertEquals(Math.min(running, MOST), peer.begun);
            }
        }
    }

    @Test
    void a_peer_that_does_not_read_is_not_read_once_more_bytes_wait_than_may() {
        String call = "['push',['pipeline',0,['echo'],['%s']]]".formatted("x".repeat(100));
        int bytes = ("[\"resolve\",1,\"" + "x".repeat(100) + "\"]").length();
        for (int limit = bytes - 1; limit <= bytes + 1; limit++) {
            try (RawPeer peer = new RawPeer(Limits.DEFAULT.withQueuedBytes(limit))) {
                peer.stream.pause();
                peer.say(call, "['pull',1]");
                peer.say("['push',['pipeline',0,['never'],[]]]");
                assertEquals(limit < bytes ? 0 : 1, peer.begun, "limit " + limit + " of " + bytes);
                assertEquals(List.of(), peer.heard);
                peer.stream.resume();
                peer.sim.poll();
                assertEquals(1, peer.begun, "held back, not lost");
                assertEquals(1, peer.heard.size());
                peer.say("['release',1,1]", "['release',2,1]");
                assertEquals(new WebPeer.Tables(0, 1, 1), peer.session().tables());
            }
        }
    }

    /** A server, and a peer of it that says lines in which {@code '} stands for a quotation mark. */
    private static final class RawPeer implements AutoCloseable {
        final SimLoop sim = new SimLoop();
        final List<String> heard = new ArrayList<>();
        final SimStream stream;
        int begun;
        private @Nullable WebPeer session;

        RawPeer(Limits limits) {
            SimNetwork network = new SimNetwork(sim, 1);
            Scripted main = new Scripted(sim.loop())
                    .on("echo", args -> value(args.getFirst()))
                    .on("never", args -> {
                        begun++;
                        return new Completer<Scripted.Answered>(sim.loop()).promise();
                    });
            network.host("server")
                    .onAccept(accepted -> session =
                            WebPeer.over(sim.loop(), accepted, main.cap(), Options.DEFAULT.withLimits(limits)));
            stream = network.host("client").connect("server");
            stream.start(new MessageStream.Receiver() {
                @Override
                public void received(byte[] array, int offset, int length, boolean lent) {
                    heard.add(new String(array, offset, length, StandardCharsets.UTF_8));
                }

                @Override
                public void ended() {
                    heard.add("end");
                }

                @Override
                public void failed(Throwable cause) {
                    heard.add("failed: " + cause);
                }
            });
        }

        WebPeer session() {
            return Objects.requireNonNull(session);
        }

        void say(String... lines) {
            for (String line : lines) {
                stream.send(ByteBuffer.wrap(line.replace('\'', '"').getBytes(StandardCharsets.UTF_8)));
                sim.poll();
            }
        }

        @Override
        public void close() {
            stream.end();
            sim.poll();
            assertEquals(new WebPeer.Tables(0, 0, 0), session().tables());
        }
    }
}
