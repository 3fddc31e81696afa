package dev.capstan.capnweb;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.capstan.async.MessageStream;
import dev.capstan.async.Promise;
import dev.capstan.async.SimLoop;
import dev.capstan.cap.Cap;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Sessions in memory, and what carries them. */
class PairTest {
    private final SimLoop sim = new SimLoop();

    private static final class Heard implements MessageStream.Receiver {
        private final List<String> all = new ArrayList<>();

        @Override
        public void received(byte[] array, int offset, int length, boolean lent) {
            all.add(length + " bytes");
        }

        @Override
        public void ended() {
            all.add("ended");
        }

        @Override
        public void failed(Throwable cause) {
            all.add("failed: " + cause.getMessage());
        }
    }

    @Test
    void two_peers_in_memory_call_one_another_and_leave_nothing_in_their_tables() {
        WebPeer.Pair pair = WebPeer.pair(
                sim.loop(),
                new GoldenApi(sim.loop()).main().cap(),
                new GoldenApi(sim.loop()).main().cap(),
                Options.DEFAULT);
        for (WebPeer peer : List.of(pair.left(), pair.right())) {
            try (Cap main = peer.main()) {
                Cap function = new Scripted(sim.loop())
                        .function(args -> Scripted.value(args.getFirst()))
                        .cap();
                assertEquals("{got=5}", sim.await(WebScene.call(main, "callMe", function, 5L)));
            }
        }
        sim.poll();
        assertEquals(new WebPeer.Tables(0, 1, 1), pair.left().tables());
        assertEquals(new WebPeer.Tables(0, 1, 1), pair.right().tables());
        pair.left().close();
        sim.poll();
        assertTrue(sim.poll(pair.right().onDisconnect()));
        assertEquals(new WebPeer.Tables(0, 0, 0), pair.right().tables());
    }

    @Test
    void a_reader_that_is_paused_holds_messages_with_their_sender() {
        MessagePipe pipe = new MessagePipe(sim.loop());
        Heard heard = new Heard();
        pipe.right().start(heard);
        pipe.right().pause();
        pipe.left().send(ByteBuffer.wrap(new byte[3]), ByteBuffer.wrap(new byte[4]));
        Promise<Void> drained = pipe.left().drained();
        sim.poll();
        assertEquals(7, pipe.left().queuedBytes());
        pipe.right().resume();
        pipe.left().end();
        sim.await(drained);
        sim.poll();
        assertEquals(0, pipe.left().queuedBytes());
        assertEquals(List.of("7 bytes", "ended"), heard.all);
    }

    @Test
    void an_abort_is_heard_at_both_ends() {
        MessagePipe pipe = new MessagePipe(sim.loop());
        Heard left = new Heard();
        Heard right = new Heard();
        pipe.left().start(left);
        pipe.right().start(right);
        pipe.left().send(ByteBuffer.wrap(new byte[1]));
        pipe.left().abort(new IOException("enough"));
        sim.poll();
        assertEquals(List.of("failed: enough"), left.all);
        assertEquals(List.of("failed: the other end of the pipe was aborted"), right.all);
    }
}
