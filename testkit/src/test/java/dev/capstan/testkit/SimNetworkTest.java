package dev.capstan.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.capstan.async.MessageStream;
import dev.capstan.async.SimLoop;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;

/** The simulated network by itself: order, holding back, loss and what is counted. */
class SimNetworkTest {
    private final SimLoop sim = new SimLoop();
    private final SimNetwork net = new SimNetwork(sim, 1);

    /** Writes down what arrives and when. */
    private final class Log implements MessageStream.Receiver {
        final List<String> heard = new ArrayList<>();
        final List<Long> millis = new ArrayList<>();

        @Override
        public void received(byte[] array, int offset, int length, boolean lent) {
            note(new String(array, offset, length, StandardCharsets.UTF_8));
        }

        @Override
        public void ended() {
            note("END");
        }

        @Override
        public void failed(Throwable cause) {
            note("FAILED " + cause.getMessage());
        }

        private void note(String what) {
            heard.add(what);
            millis.add(sim.now().toMillis());
        }
    }

    private final Log bobs = new Log();
    private final Log alices = new Log();

    private SimStream connected() {
        net.host("bob").onAccept(stream -> stream.start(bobs));
        SimStream alice = net.host("alice").connect("bob");
        alice.start(alices);
        return alice;
    }

    private static void send(MessageStream stream, String... messages) {
        for (String message : messages) {
            stream.send(ByteBuffer.wrap(message.getBytes(StandardCharsets.UTF_8)));
        }
    }

    @Test
    void messages_arrive_in_order_and_never_in_the_frame_that_sends_them() {
        SimStream alice = connected();
        send(alice, "1", "2", "3");
        assertEquals(List.of(), bobs.heard);
        sim.poll();
        assertEquals(List.of("1", "2", "3"), bobs.heard);
        assertEquals(3, net.host("alice").sent());
        assertEquals(3, net.host("bob").received());
        assertEquals(0, net.host("alice").received());
    }

    @Test
    void a_message_in_pieces_arrives_as_one() {
        SimStream alice = connected();
        alice.send(ByteBuffer.wrap("he".getBytes(StandardCharsets.UTF_8)), ByteBuffer.wrap(new byte[] {'l', 'l', 'o'}));
        sim.poll();
        assertEquals(List.of("hello"), bobs.heard);
    }

    @Test
    void two_hosts_share_one_connection_whoever_connects() {
        SimStream alice = connected();
        assertSame(alice, net.host("alice").connect("bob"));
        SimStream bob = net.host("bob").connect("alice");
        assertSame(alice.outgoing(), bob.incoming());
        assertNotSame(alice, net.host("alice").connectAnew("bob"));
        assertSame(alice, net.host("alice").connect("bob"));
    }

    @Test
    void a_connection_that_is_over_is_replaced() {
        SimStream alice = connected();
        alice.disconnect(new IOException("lost"));
        assertNull(net.host("alice").connected("bob"));
        assertNull(net.host("bob").connected("alice"));
        assertNotSame(alice, net.host("alice").connect("bob"));
    }

    @Test
    void a_host_that_accepts_nobody_says_so() {
        net.host("bob");
        var refused = assertThrows(
                IllegalStateException.class, () -> net.host("alice").connect("bob"));
        assertTrue(String.valueOf(refused.getMessage()).contains("bob accepts nobody"), refused.getMessage());
    }

    @Test
    void a_blocked_lane_keeps_messages_and_the_other_direction_goes_on() {
        SimStream alice = connected();
        net.lane("alice", "bob").block();
        send(alice, "1", "2");
        send(net.host("bob").connect("alice"), "back");
        sim.poll();
        assertEquals(List.of(), bobs.heard);
        assertEquals(List.of("back"), alices.heard);
        assertEquals(2, net.lane("alice", "bob").size());
        net.lane("alice", "bob").pass(1);
        sim.poll();
        assertEquals(List.of("1"), bobs.heard);
        net.lane("alice", "bob").unblock();
        sim.poll();
        assertEquals(List.of("1", "2"), bobs.heard);
        assertFalse(net.lane("alice", "bob").isBusy());
    }

    @Test
    void a_lane_blocks_itself_after_a_certain_message() {
        SimStream alice = connected();
        SimLane lane = net.lane("alice", "bob");
        lane.block();
        send(alice, "1", "stop", "2", "stop", "3");
        lane.blockAfter(frame -> frame.length > 1);
        sim.poll();
        assertEquals(List.of("1", "stop"), bobs.heard);
        lane.blockAfter(frame -> frame.length > 1);
        sim.poll();
        assertEquals(List.of("1", "stop", "2", "stop"), bobs.heard);
        lane.unblock();
        sim.poll();
        assertEquals("3", bobs.heard.getLast());
    }

    @Test
    void latencies_differ_and_the_order_stays() {
        SimStream alice = connected();
        net.latency(Duration.ofMillis(1), Duration.ofMillis(50));
        List<String> all = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            all.add("m" + i);
            send(alice, "m" + i);
        }
        sim.poll();
        assertEquals(List.of(), bobs.heard);
        sim.advance(Duration.ofMillis(50));
        assertEquals(all, bobs.heard);
        assertTrue(bobs.millis.stream().distinct().count() > 1, () -> bobs.millis.toString());
        assertEquals(0, sim.loop().timer().pending());
    }

    @Test
    void one_seed_gives_one_history() {
        assertEquals(arrivals(7), arrivals(7));
        assertFalse(arrivals(7).equals(arrivals(8)));
    }

    private static List<Long> arrivals(long seed) {
        SimNetworkTest test = new SimNetworkTest();
        SimNetwork seeded = new SimNetwork(test.sim, seed);
        seeded.latency(Duration.ZERO, Duration.ofSeconds(9));
        seeded.host("bob").onAccept(stream -> stream.start(test.bobs));
        SimStream alice = seeded.host("alice").connect("bob");
        send(alice, "1", "2", "3", "4");
        test.sim.advance(Duration.ofSeconds(10));
        assertEquals(4, test.bobs.heard.size());
        return test.bobs.millis;
    }

    @Test
    void a_hook_sees_frames_and_can_refuse_them() {
        SimStream alice = connected();
        net.host("alice").onSend(frame -> {
            if (frame.length == 4) {
                throw new IllegalArgumentException("refused");
            }
        });
        send(alice, "1");
        assertThrows(IllegalArgumentException.class, () -> send(alice, "four"));
        send(alice, "2");
        sim.poll();
        assertEquals(List.of("1", "2"), bobs.heard);
        assertEquals(2, net.host("alice").sent());
        assertEquals(2, alice.outgoing().sent().size());
    }

    @Test
    void an_end_comes_after_what_was_queued_and_both_ends_make_it_over() {
        SimStream alice = connected();
        send(alice, "1");
        alice.end();
        send(alice, "too late");
        sim.poll();
        assertEquals(List.of("1", "END"), bobs.heard);
        assertTrue(alice.isOpen());
        SimStream bob = net.host("bob").connect("alice");
        send(bob, "2");
        bob.end();
        sim.poll();
        assertEquals(List.of("2", "END"), alices.heard);
        assertFalse(alice.isOpen());
        assertEquals(List.of(), net.openStreams());
    }

    @Test
    void a_lost_connection_is_heard_of_on_both_sides_and_loses_what_was_on_its_way() {
        SimStream alice = connected();
        send(alice, "lost");
        alice.disconnect(new IOException("cable"));
        sim.poll();
        assertEquals(List.of("FAILED cable"), bobs.heard);
        assertEquals(List.of("FAILED cable"), alices.heard);
        assertEquals(List.of(), net.openStreams());
    }

    @Test
    void an_abort_is_heard_of_on_both_sides_with_its_cause() {
        SimStream alice = connected();
        alice.abort(new IOException("enough"));
        sim.poll();
        assertEquals(List.of("FAILED alice aborted the connection"), bobs.heard);
        assertEquals(List.of("FAILED enough"), alices.heard);
    }

    @Test
    void a_cut_lane_swallows_without_a_word() {
        SimStream alice = connected();
        send(alice, "1");
        net.lane("alice", "bob").cut();
        send(alice, "2");
        alice.end();
        sim.poll();
        assertEquals(List.of(), bobs.heard);
        assertEquals(2, net.host("alice").sent());
    }

    @Test
    void a_receiver_that_pauses_holds_the_sender_back() {
        SimStream alice = connected();
        SimStream bob = net.host("bob").connect("alice");
        bob.pause();
        send(alice, "12345");
        sim.poll();
        assertEquals(List.of(), bobs.heard);
        assertEquals(5, alice.queuedBytes());
        var drained = alice.drained();
        assertFalse(sim.poll(drained));
        bob.resume();
        assertTrue(sim.poll(drained));
        assertEquals(0, alice.queuedBytes());
        assertEquals(List.of("12345"), bobs.heard);
    }

    @Test
    void draining_a_connection_that_is_lost_fails() {
        SimStream alice = connected();
        net.lane("alice", "bob").block();
        send(alice, "1");
        var drained = alice.drained();
        alice.disconnect(new IOException("cable"));
        var failure = assertThrows(CompletionException.class, () -> sim.await(drained));
        assertTrue(String.valueOf(failure.getCause()).contains("cable"), failure.toString());
    }
}
