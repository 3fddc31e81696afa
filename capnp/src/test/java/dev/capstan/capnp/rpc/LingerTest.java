package dev.capstan.capnp.rpc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.capstan.async.MessageStream;
import dev.capstan.async.SimLoop;
import dev.capstan.testkit.SimNetwork;
import dev.capstan.testkit.SimStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** How long a connection that is over for us stays open. */
class LingerTest {
    private static final Duration TIME = Limits.DEFAULT.linger();
    private static final Duration SHORTLY_BEFORE = TIME.minusMillis(1);

    private final SimLoop sim = new SimLoop();
    private final SimNetwork net = new SimNetwork(sim, 0);
    private final Vat vat = Vat.on(sim.loop()).build();
    private final List<String> heard = new ArrayList<>();
    private final SimStream stranger;
    private final Peer connection;

    LingerTest() {
        net.host("here").onAccept(vat::connect);
        stranger = net.host("stranger").connect("here");
        connection = vat.peers().getFirst();
        stranger.start(new MessageStream.Receiver() {
            @Override
            public void received(byte[] array, int offset, int length, boolean lent) {
                heard.add(ScriptedPeer.parse(array).which().toString());
            }

            @Override
            public void ended() {
                heard.add("end");
            }

            @Override
            public void failed(Throwable cause) {
                heard.add("cut");
            }
        });
        sim.poll();
    }

    @AfterEach
    void no_alarm_is_left() {
        assertEquals(0, sim.loop().timer().pending());
    }

    @Test
    void a_peer_that_hangs_up_as_well_ends_it() {
        connection.close();
        sim.poll();
        assertEquals(List.of("ABORT", "end"), heard);
        assertEquals(1, sim.loop().timer().pending());
        stranger.end();
        sim.poll();
        assertEquals(0, sim.loop().timer().pending());
    }

    @Test
    void a_peer_that_hangs_up_first_gets_our_last_words_and_no_alarm_is_set() {
        stranger.end();
        sim.poll();
        assertEquals(List.of("ABORT", "end"), heard);
    }

    @Test
    void a_peer_that_does_nothing_is_cut_off() {
        connection.close();
        sim.advance(SHORTLY_BEFORE);
        assertEquals(1, sim.loop().timer().pending());
        sim.advance(Duration.ofMillis(1));
        assertThrows(Exception.class, () -> sim.await(stranger.drained()));
        assertEquals(List.of(), net.openStreams());
    }

    @Test
    void a_peer_that_hangs_up_and_does_not_read_our_last_words_is_cut_off() {
        stranger.incoming().block();
        stranger.end();
        sim.advance(SHORTLY_BEFORE);
        assertEquals(List.of(), heard);
        sim.advance(Duration.ofMillis(1));
        stranger.incoming().unblock();
        sim.poll();
        assertEquals(List.of("cut"), heard);
    }

    @Test
    void the_time_must_be_positive() {
        assertThrows(IllegalArgumentException.class, () -> Limits.DEFAULT.withLinger(Duration.ZERO));
    }
}
