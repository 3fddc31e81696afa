package dev.capstan.capnweb.resume;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.capstan.async.Backoff;
import dev.capstan.async.Completer;
import dev.capstan.async.MessageStream;
import dev.capstan.async.Promise;
import dev.capstan.async.SimLoop;
import dev.capstan.testkit.SimNetwork;
import dev.capstan.testkit.SimStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Each limit one below, at and one above; and that a stream over many connections holds its sender back as one over one does. */
class ResumeLimitsTest {
    private static final ResumeLimits DEFAULT = ResumeLimits.DEFAULT;

    /** A server that keeps its sessions' streams, and raw clients of it. */
    private static final class Streams {
        final SimLoop sim = new SimLoop();
        final SimNetwork network = new SimNetwork(sim, 1);
        final List<MessageStream> opened = new ArrayList<>();
        final List<List<String>> heard = new ArrayList<>();
        final List<Wire> wires = new ArrayList<>();
        final ResumableServer server;

        Streams(ResumeLimits limits) {
            server = new ResumableServer(sim.loop(), TokenKeys.random(new Random(1)), new Random(2), limits);
            network.host("server")
                    .onAccept(stream -> server.accept(stream, "", session -> {
                        opened.add(session);
                        heard.add(listen(session));
                    }));
        }

        /** What a stream tells. */
        static List<String> listen(MessageStream stream) {
            List<String> lines = new ArrayList<>();
            stream.start(new MessageStream.Receiver() {
                @Override
                public void received(byte[] array, int offset, int length, boolean lent) {
                    lines.add(new String(array, offset, length, StandardCharsets.UTF_8));
                }

                @Override
                public void ended() {
                    lines.add("ended");
                }

                @Override
                public void failed(Throwable cause) {
                    lines.add("failed: " + cause.getMessage());
                }
            });
            return lines;
        }

        /** A client that says {@code lines}; what it hears. */
        List<String> raw(String... lines) {
            Wire wire = new Wire(network.host("client").connectAnew("server"), line -> {});
            wires.add(wire);
            List<String> lineHeard = listen(wire);
            for (String line : lines) {
                say(wire, line);
            }
            return lineHeard;
        }

        void say(MessageStream to, String line) {
            to.send(ByteBuffer.wrap(line.getBytes(StandardCharsets.UTF_8)));
            sim.poll();
        }

        List<String> session() {
            return raw("{\"new\":true}", "{\"confirm\":1}");
        }

        void cut(int index) {
            wires.get(index).abort(new java.io.IOException("cut"));
            sim.poll();
        }

        static String token(List<String> lines) {
            String line = lines.stream()
                    .filter(each -> each.startsWith("{\"token\""))
                    .toList()
                    .getLast();
            return line.substring(10, line.indexOf('"', 10));
        }

        List<String> resume(List<String> before, long received) {
            return raw("{\"resume\":\"" + token(before) + "\",\"received\":" + received + "}");
        }

        void close() {
            server.close();
            sim.poll();
            sim.advance(Duration.ofMinutes(5));
            assertEquals(0, server.sessions());
            assertEquals(0, server.keptBytes());
            assertEquals(0, sim.loop().timer().pending());
        }
    }

    @Test
    void bytes_kept_for_a_client_that_is_away_end_the_session_beyond_their_limit() {
        for (int bytes : new int[] {99, 100, 101}) {
            Streams streams = new Streams(DEFAULT.withKeptBytes(100, 1_000));
            streams.session();
            streams.cut(0);
            streams.say(streams.opened.getFirst(), "x".repeat(50));
            streams.say(streams.opened.getFirst(), "x".repeat(bytes - 50));
            assertEquals(bytes <= 100 ? 1 : 0, streams.server.sessions());
            assertEquals(
                    bytes <= 100
                            ? List.of()
                            : List.of(
                                    "failed: the peer is away, and 101 bytes wait for it, which is more than can be kept"),
                    streams.heard.getFirst());
            streams.close();
        }
    }

    @Test
    void bytes_not_acknowledged_are_forgotten_beyond_their_limit_and_then_cannot_be_sent_again() {
        for (int bytes : new int[] {99, 100, 101}) {
            Streams streams = new Streams(DEFAULT.withKeptBytes(100, 1_000));
            List<String> client = streams.session();
            streams.say(streams.opened.getFirst(), "x".repeat(50));
            streams.say(streams.opened.getFirst(), "x".repeat(bytes - 50));
            assertEquals(bytes <= 100 ? bytes : bytes - 50, streams.server.keptBytes());
            streams.cut(0);
            List<String> again = streams.resume(client, 0);
            assertEquals(
                    bytes <= 100 ? "{\"token\"" : "{\"refused", again.getFirst().substring(0, bytes <= 100 ? 8 : 9));
            assertEquals(bytes <= 100 ? 1 : 0, streams.server.sessions());
            streams.close();
        }
    }

    @Test
    void a_session_that_forgot_something_can_be_resumed_once_that_is_acknowledged() {
        Streams streams = new Streams(DEFAULT.withKeptBytes(100, 1_000));
        List<String> client = streams.session();
        for (int i = 0; i < 10; i++) {
            streams.say(streams.opened.getFirst(), "x".repeat(60));
        }
        assertEquals(60, streams.server.keptBytes());
        streams.say(streams.wires.getFirst(), "{\"ack\":9}");
        streams.cut(0);
        List<String> again = streams.resume(client, 9);
        assertEquals(2, again.size(), again::toString);
        streams.close();
    }

    @Test
    void a_message_that_is_larger_than_all_that_may_be_kept_is_sent_all_the_same() {
        Streams streams = new Streams(DEFAULT.withKeptBytes(100, 1_000));
        List<String> client = streams.session();
        streams.say(streams.opened.getFirst(), "x".repeat(5_000));
        assertEquals(5_000, client.getLast().length());
        assertEquals(0, streams.server.keptBytes());
        streams.close();
    }

    @Test
    void bytes_kept_in_all_end_the_session_whose_client_has_been_away_for_longest() {
        for (int bytes : new int[] {99, 100, 101}) {
            Streams streams = new Streams(DEFAULT.withKeptBytes(150, 200));
            streams.session();
            streams.session();
            streams.session();
            streams.cut(1);
            streams.sim.advance(Duration.ofSeconds(1));
            streams.cut(0);
            streams.say(streams.opened.get(0), "x".repeat(50));
            streams.say(streams.opened.get(1), "x".repeat(50));
            streams.say(streams.opened.get(2), "x".repeat(bytes));
            assertEquals(bytes <= 100 ? 3 : 2, streams.server.sessions());
            assertEquals(
                    bytes <= 100
                            ? List.of()
                            : List.of("failed: the client is away, and the server keeps too much for others"),
                    streams.heard.get(1));
            assertEquals(List.of(), streams.heard.get(0));
            streams.close();
        }
    }

    @Test
    void bytes_in_all_of_sessions_with_a_connection_are_forgotten_by_the_one_that_sends() {
        Streams streams = new Streams(DEFAULT.withKeptBytes(100, 150));
        streams.session();
        streams.session();
        streams.say(streams.opened.get(0), "x".repeat(100));
        streams.say(streams.opened.get(1), "x".repeat(50));
        assertEquals(150, streams.server.keptBytes());
        streams.say(streams.opened.get(1), "x");
        assertEquals(101, streams.server.keptBytes());
        assertEquals(2, streams.server.sessions());
        streams.close();
    }

    @Test
    void suspended_sessions_beyond_their_limit_end_the_oldest() {
        for (int away : new int[] {2, 3, 4}) {
            Streams streams = new Streams(DEFAULT.withSuspended(3));
            List<List<String>> clients = new ArrayList<>();
            for (int i = 0; i < away; i++) {
                clients.add(streams.session());
            }
            IntStream.range(0, away).forEach(streams::cut);
            assertEquals(Math.min(away, 3), streams.server.suspended());
            assertEquals(Math.min(away, 3), streams.server.sessions());
            assertEquals(
                    away <= 3
                            ? List.of()
                            : List.of(
                                    "failed: the server has 3 other sessions whose clients are away, which is its limit"),
                    streams.heard.getFirst());
            assertTrue(streams.resume(clients.getLast(), 0).getFirst().startsWith("{\"token\""));
            assertEquals(Math.min(away, 3) - 1, streams.server.suspended());
            streams.close();
        }
    }

    @Test
    void control_messages_have_a_longest_size() {
        for (int bytes : new int[] {599, 600, 601}) {
            Streams streams = new Streams(DEFAULT.withControlBytes(600));
            List<String> client = streams.session();
            String ack = "{\"ack\":0,\"x\":\"\"}";
            streams.say(streams.wires.getFirst(), ack.replace("\"\"", "\"" + "y".repeat(bytes - ack.length()) + "\""));
            assertEquals(bytes <= 600 ? 1 : 0, streams.server.sessions(), client::toString);
            streams.close();
        }
    }

    @Test
    void a_connection_that_says_nothing_is_ended() {
        for (int offset = -1; offset <= 1; offset++) {
            Streams streams = new Streams(DEFAULT.withSilence(Duration.ofSeconds(5), Duration.ofSeconds(50)));
            List<String> client = streams.raw();
            streams.sim.advance(Duration.ofSeconds(5).plusNanos(offset));
            assertEquals(
                    offset < 0
                            ? List.of()
                            : List.of(
                                    "{\"refused\":\"protocol\",\"reason\":\"nothing was said within PT5S\"}", "ended"),
                    client);
            streams.say(streams.wires.getFirst(), "{\"new\":true}");
            assertEquals(offset < 0 ? 1 : 0, streams.server.sessions());
            streams.close();
        }
    }

    @Test
    void a_session_without_a_connection_is_kept_for_its_grace_period() {
        for (int offset = -1; offset <= 1; offset++) {
            Streams streams = new Streams(DEFAULT.withGrace(Duration.ofSeconds(30), Duration.ofSeconds(30)));
            List<String> client = streams.session();
            streams.cut(0);
            streams.sim.advance(Duration.ofSeconds(30).plusNanos(offset));
            assertEquals(offset < 0 ? 1 : 0, streams.server.suspended());
            assertEquals(
                    offset < 0 ? "{\"token\"" : "{\"refused",
                    streams.resume(client, 0).getFirst().substring(0, offset < 0 ? 8 : 9));
            assertEquals(offset < 0 ? 1 : 0, streams.server.sessions());
            streams.close();
        }
    }

    @Test
    void a_client_tries_to_come_back_for_its_time_away() {
        for (int offset = -1; offset <= 1; offset++) {
            SimLoop sim = new SimLoop();
            List<SimStream> servers = new ArrayList<>();
            SimNetwork network = new SimNetwork(sim, 1);
            network.host("server").onAccept(servers::add);
            ResumableServer server =
                    new ResumableServer(sim.loop(), TokenKeys.random(new Random(1)), new Random(2), DEFAULT);
            boolean[] reachable = {true};
            MessageStream stream = ResumableClient.open(
                    sim.loop(),
                    () -> reachable[0]
                            ? Promise.of(network.host("client").connectAnew("server"))
                            : new Completer<MessageStream>(sim.loop()).promise(),
                    new Reconnection(
                            Backoff.DEFAULT,
                            new Random(3),
                            DEFAULT.withGrace(Duration.ofSeconds(30), Duration.ofSeconds(20))));
            List<String> heard = Streams.listen(stream);
            sim.poll();
            server.accept(servers.getFirst(), "", session -> {});
            sim.poll();
            assertEquals(1, server.sessions());
            reachable[0] = false;
            servers.getFirst().disconnect(new java.io.IOException("cut"));
            sim.poll();
            sim.advance(Duration.ofSeconds(20).plusNanos(offset));
            assertEquals(offset < 0 ? 0 : 1, heard.size(), heard::toString);
            stream.abort(new java.io.IOException("enough"));
            server.close();
            sim.advance(Duration.ofMinutes(5));
            assertEquals(0, sim.loop().timer().pending());
        }
    }

    @Test
    void a_peer_is_asked_for_a_sign_of_life_and_its_connection_counts_as_cut_each_at_its_time() {
        for (int offset = -1; offset <= 1; offset++) {
            Streams streams = new Streams(DEFAULT.withSilence(Duration.ofSeconds(5), Duration.ofSeconds(20)));
            List<String> client = streams.session();
            int before = client.size();
            streams.sim.advance(Duration.ofSeconds(20).plusNanos(offset));
            // What was heard at the beginning is a sign of life for the first time.
            assertEquals(before, client.size(), client::toString);
            streams.sim.advance(Duration.ofSeconds(20));
            assertEquals(offset < 0 ? before : before + 1, client.size(), client::toString);
            streams.sim.advance(Duration.ofSeconds(20));
            assertEquals(offset < 0 ? 0 : 1, streams.server.suspended(), "offset " + offset);
            streams.sim.advance(Duration.ofNanos(-Math.min(offset, 0)));
            assertEquals(1, streams.server.suspended());
            streams.close();
        }
    }

    @Test
    void a_peer_that_asks_and_does_not_read_is_answered_up_to_a_point() {
        Streams streams = new Streams(DEFAULT);
        streams.session();
        streams.wires.getFirst().pause();
        for (int i = 0; i < 10_000; i++) {
            streams.say(streams.wires.getFirst(), "{\"ping\":" + i + "}");
        }
        assertTrue(
                streams.opened.getFirst().queuedBytes() < 70_000,
                () -> "" + streams.opened.getFirst().queuedBytes());
        streams.wires.getFirst().resume();
        streams.close();
    }

    @Test
    void a_peer_that_does_not_read_is_seen_in_the_queue_also_over_the_next_connection() {
        Streams streams = new Streams(DEFAULT);
        List<String> client = streams.session();
        MessageStream stream = streams.opened.getFirst();
        streams.wires.getFirst().pause();
        streams.say(stream, "x".repeat(1_000));
        assertEquals(1_000, stream.queuedBytes());
        Promise<Void> drained = stream.drained();
        assertEquals(false, streams.sim.poll(drained));
        streams.cut(0);
        assertEquals(1_000, stream.queuedBytes());
        assertEquals(false, streams.sim.poll(drained));
        List<String> again = streams.resume(client, 0);
        assertEquals(true, streams.sim.poll(drained));
        assertEquals(0, stream.queuedBytes());
        assertEquals(2, again.size());
        streams.close();
    }

    @Test
    void a_receiver_that_pauses_holds_the_sender_back_over_each_connection() {
        Streams streams = new Streams(DEFAULT);
        List<String> client = streams.session();
        MessageStream stream = streams.opened.getFirst();
        stream.pause();
        Wire first = streams.wires.getFirst();
        streams.say(first, "[1]");
        streams.say(first, "[2]");
        assertEquals(6, first.queuedBytes());
        assertEquals(List.of(), streams.heard.getFirst());
        streams.cut(0);
        List<String> again = streams.resume(client, 0);
        // They were lost on their way, so nothing of them has come.
        assertTrue(again.getFirst().contains("\"received\":0,"), again::toString);
        Wire second = streams.wires.getLast();
        streams.say(second, "[1]");
        assertEquals(3, second.queuedBytes());
        stream.resume();
        streams.sim.poll();
        assertEquals(List.of("[1]"), streams.heard.getFirst());
        streams.close();
    }

    @Test
    void limits_that_make_no_sense_are_refused() {
        assertThrows(IllegalArgumentException.class, () -> DEFAULT.withKeptBytes(0, 1));
        assertThrows(IllegalArgumentException.class, () -> DEFAULT.withKeptBytes(1, 0));
        assertThrows(IllegalArgumentException.class, () -> DEFAULT.withSuspended(0));
        assertThrows(IllegalArgumentException.class, () -> DEFAULT.withControlBytes(511));
        assertThrows(IllegalArgumentException.class, () -> DEFAULT.withTokenTime(Duration.ZERO));
        assertThrows(IllegalArgumentException.class, () -> DEFAULT.withGrace(Duration.ZERO, Duration.ofSeconds(1)));
        assertThrows(IllegalArgumentException.class, () -> DEFAULT.withGrace(Duration.ofSeconds(1), Duration.ZERO));
        assertThrows(IllegalArgumentException.class, () -> DEFAULT.withSilence(Duration.ZERO, Duration.ofSeconds(1)));
        assertThrows(IllegalArgumentException.class, () -> DEFAULT.withSilence(Duration.ofSeconds(1), Duration.ZERO));
    }
}
