package dev.capstan.net.port;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.capstan.async.Address;
import dev.capstan.async.BytePipe;
import dev.capstan.async.ByteStream;
import dev.capstan.async.Network;
import dev.capstan.async.Promise;
import dev.capstan.async.SimLoop;
import dev.capstan.net.Limits;
import dev.capstan.net.port.Protocol.Verdict;
import dev.capstan.testkit.ByteReceiver;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Several protocols at one address, in simulated time. */
class SharedPortTest {
    private static final Address ANYWHERE = new Address.Tcp("127.0.0.1", 0);
    private static final Limits.Port LIMITS = new Limits.Port(3, 8, Duration.ofSeconds(10));

    /** What a connection was taken for, and what it said. */
    private record Taken(String protocol, ByteStream stream, ByteReceiver heard) {}

    private final SimLoop sim = new SimLoop();
    private final List<Taken> taken = new ArrayList<>();
    private final Listening network = new Listening();
    private SharedPort port = listen(spoken("alpha"), spoken("alpine"));

    /** A network that tests connect to by hand. */
    private static final class Listening implements Network {
        private Consumer<ByteStream> onAccept = stream -> {};
        private boolean closed;

        @Override
        public Promise<ByteStream> connect(Address address) {
            return Promise.failed(new IOException("tests connect by themselves"));
        }

        @Override
        public Promise<Listener> listen(Address address, Consumer<ByteStream> to) {
            onAccept = to;
            return Promise.of(new Listener() {
                @Override
                public Address address() {
                    return address;
                }

                @Override
                public void close() {
                    closed = true;
                }
            });
        }
    }

    /** A client and what it hears. */
    private final class Client {
        private final ByteReceiver heard = new ByteReceiver();
        private final ByteStream stream;

        Client() {
            BytePipe pipe = new BytePipe(sim.loop());
            stream = pipe.left();
            stream.start(heard);
            network.onAccept.accept(pipe.right());
        }

        Client says(String text) {
            byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
            stream.write(bytes, 0, bytes.length);
            sim.poll();
            return this;
        }
    }

    private Consumer<ByteStream> taker(String name) {
        return stream -> {
            ByteReceiver heard = new ByteReceiver();
            taken.add(new Taken(name, stream, heard));
            stream.start(heard);
        };
    }

    /** Connections that begin with {@code word}. */
    private Protocol spoken(String word) {
        return new Protocol(
                word,
                List.of(),
                first -> {
                    String said = new String(first, StandardCharsets.UTF_8);
                    return said.startsWith(word) ? Verdict.YES : word.startsWith(said) ? Verdict.MORE : Verdict.NO;
                },
                taker(word));
    }

    private SharedPort listen(Protocol... protocols) {
        return sim.loop().await(SharedPort.listen(sim.loop(), network, ANYWHERE, LIMITS, List.of(protocols)));
    }

    @Test
    void the_first_bytes_tell_what_is_spoken_and_are_heard_by_who_speaks_it() {
        new Client().says("alpine, hello");
        assertEquals("alpine", taken.getFirst().protocol());
        assertEquals("alpine, hello", taken.getFirst().heard().text());
        assertEquals(0, port.undecided());
    }

    @Test
    void bytes_may_come_one_by_one() {
        Client client = new Client();
        for (char each : "alpha and more".toCharArray()) {
            client.says(String.valueOf(each));
        }
        assertEquals("alpha", taken.getFirst().protocol());
        assertEquals("alpha and more", taken.getFirst().heard().text());
    }

    @Test
    void what_is_said_back_reaches_the_client() {
        Client client = new Client().says("alpha");
        taken.getFirst().stream().write("hello".getBytes(StandardCharsets.UTF_8), 0, 5);
        sim.poll();
        assertEquals("hello", client.heard.text());
    }

    @Test
    void the_end_comes_after_what_was_held() {
        List<ByteStream> kept = new ArrayList<>();
        port = listen(Protocol.otherwise("any", List.of(), kept::add));
        Client client = new Client().says("all");
        client.says(" of it");
        client.stream.end();
        sim.poll();
        ByteReceiver late = new ByteReceiver();
        kept.getFirst().start(late);
        sim.poll();
        assertEquals("all of it", late.text());
        assertTrue(late.isEnded());
        assertEquals(1, late.lastWords());
    }

    @Test
    void a_receiver_that_pauses_at_once_hears_nothing_until_it_resumes() {
        List<ByteStream> kept = new ArrayList<>();
        port = listen(Protocol.otherwise("any", List.of(), kept::add));
        new Client().says("all");
        ByteReceiver late = new ByteReceiver();
        kept.getFirst().start(late);
        kept.getFirst().pause();
        sim.poll();
        assertEquals("", late.text());
        kept.getFirst().resume();
        sim.poll();
        assertEquals("all", late.text());
    }

    @Test
    void a_client_that_speaks_nothing_known_is_closed() {
        Client client = new Client().says("beta");
        assertTrue(client.heard.isOver());
        assertEquals(List.of(), taken);
        assertEquals(0, port.undecided());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "al"})
    void a_client_that_does_not_say_in_time_what_it_speaks_is_closed(String first) {
        Client client = new Client().says(first);
        sim.advance(Duration.ofMillis(9_999));
        assertFalse(client.heard.isOver());
        sim.advance(Duration.ofMillis(1));
        sim.poll();
        assertTrue(client.heard.isOver());
        assertEquals(0, port.undecided());
    }

    @Test
    void one_byte_now_and_then_puts_nothing_off() {
        Client client = new Client().says("a");
        sim.advance(Duration.ofSeconds(6));
        client.says("l");
        sim.advance(Duration.ofSeconds(4));
        sim.poll();
        assertTrue(client.heard.isOver());
    }

    @Test
    void a_client_that_was_told_what_it_speaks_has_all_the_time() {
        new Client().says("alpha");
        sim.advance(Duration.ofHours(1));
        assertFalse(taken.getFirst().heard().isOver());
    }

    @Test
    void no_more_clients_than_the_limit_may_be_undecided() {
        List<Client> silent = List.of(new Client(), new Client(), new Client());
        Client more = new Client();
        sim.poll();
        assertTrue(silent.getFirst().heard.isOver());
        assertFalse(silent.get(1).heard.isOver());
        assertFalse(more.heard.isOver());
        assertEquals(3, port.undecided());
        silent.get(1).says("alpha");
        Client next = new Client();
        sim.poll();
        assertFalse(silent.get(2).heard.isOver());
        assertFalse(next.heard.isOver());
        assertEquals(3, port.undecided());
    }

    @Test
    void a_flood_of_silent_clients_locks_nobody_out() {
        for (int i = 0; i < 100; i++) {
            new Client();
        }
        Client honest = new Client();
        new Client();
        honest.says("alpha");
        assertEquals("alpha", taken.getFirst().heard().text());
        assertFalse(honest.heard.isOver());
    }

    @Test
    void a_beginning_has_no_more_bytes_than_the_limit() {
        port = listen(new Protocol("never", List.of(), first -> Verdict.MORE, taker("never")));
        Client client = new Client().says("12345678");
        assertFalse(client.heard.isOver());
        client.says("9");
        assertTrue(client.heard.isOver());
    }

    @Test
    void a_client_that_ends_before_it_said_anything_leaves_nothing() {
        Client client = new Client().says("al");
        client.stream.end();
        sim.poll();
        assertTrue(client.heard.isOver());
        assertEquals(0, port.undecided());
    }

    @Test
    void closing_closes_those_that_are_undecided_and_leaves_the_others() {
        Client decided = new Client().says("alpha");
        Client silent = new Client();
        port.close();
        sim.poll();
        assertTrue(network.closed);
        assertTrue(silent.heard.isOver());
        assertFalse(decided.heard.isOver());
        Client late = new Client();
        sim.poll();
        assertTrue(late.heard.isOver());
    }

    @Test
    void two_protocols_cannot_have_one_name_in_alpn() {
        Protocol one = Protocol.otherwise("one", List.of("h2"), stream -> {});
        Protocol two = Protocol.otherwise("two", List.of("h2"), stream -> {});
        IllegalArgumentException refused = assertThrows(
                IllegalArgumentException.class,
                () -> SharedPort.listen(sim.loop(), network, ANYWHERE, LIMITS, List.of(one, two)));
        assertEquals("two protocols are called 'h2' in ALPN: keep one", refused.getMessage());
    }
}
