package dev.capstan.gateway.frames;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.capstan.async.Address;
import dev.capstan.async.BytePipe;
import dev.capstan.async.ByteStream;
import dev.capstan.async.Completer;
import dev.capstan.async.Network;
import dev.capstan.async.Promise;
import dev.capstan.async.SimLoop;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A relay between a client and a server, over pipes in memory. */
class RelayTest {
    private static final Address SOMEWHERE = new Address.Unix("somewhere");

    private final SimLoop sim = new SimLoop(
            new dev.capstan.async.Limits(dev.capstan.async.Limits.DEFAULT.turnEvents(), Duration.ofSeconds(10), 256));
    private final List<String> events = new ArrayList<>();
    private final BytePipe front = new BytePipe(sim.loop());
    private final BytePipe back = new BytePipe(sim.loop());
    private final Side client = new Side(front.left());
    private final Side server = new Side(back.right());
    private boolean isUnreachable;
    private boolean isSlow;
    private int connects;
    private int cancels;
    private Relay relay;
    private Consumer<ByteStream> accept = stream -> {};

    /** Someone who keeps what comes, and reads it when it is started. */
    private static final class Side implements ByteStream.Receiver {
        final ByteStream stream;
        final ByteArrayOutputStream got = new ByteArrayOutputStream();
        String over = "";

        Side(ByteStream stream) {
            this.stream = stream;
        }

        void say(byte[] bytes) {
            stream.write(bytes, 0, bytes.length);
        }

        @Override
        public void received(byte[] array, int offset, int length) {
            got.write(array, offset, length);
        }

        @Override
        public void ended() {
            over = "ended";
        }

        @Override
        public void failed(Throwable cause) {
            over = "failed: " + cause.getMessage();
        }
    }

    private final class Pipes implements Network {
        @Override
        public Promise<ByteStream> connect(Address address) {
            connects++;
            if (isSlow) {
                Completer<ByteStream> never = new Completer<>(sim.loop());
                never.onCancel(() -> cancels++);
                return never.promise();
            }
            return isUnreachable ? Promise.failed(new IOException("nobody there")) : Promise.of(back.left());
        }

        @Override
        public Promise<Listener> listen(Address address, Consumer<ByteStream> onAccept) {
            accept = onAccept;
            return Promise.of(new Listener() {
                @Override
                public Address address() {
                    return address;
                }

                @Override
                public void close() {
                    accept = stream -> {};
                }
            });
        }
    }

    private final class Told implements Relay.Observer {
        @Override
        public void opened(int session) {
            events.add("opened " + session);
        }

        @Override
        public void passed(int session, Direction direction, byte[] array, int offset, int length) {
            events.add(direction + " " + length);
        }

        @Override
        public void ended(int session, Direction direction, String reason) {
            events.add(direction + " over " + reason);
        }

        @Override
        public void unreachable(int session, Throwable cause) {
            events.add("unreachable " + cause.getMessage());
        }
    }

    private static final int AHEAD = 1_000;
    private static final Duration SILENCE = Duration.ofMinutes(1);

    @BeforeEach
    void open() {
        Pipes pipes = new Pipes();
        relay = sim.await(Relay.listen(
                sim.loop(),
                pipes,
                SOMEWHERE,
                pipes,
                SOMEWHERE,
                new Limits(1 << 20, 1 << 10, 200, 100, 100, AHEAD, 2, SILENCE, 1 << 20),
                new Told()));
    }

    private void run(Runnable work) {
        sim.await(sim.loop().fetch(() -> {
            work.run();
            return Promise.done();
        }));
        sim.poll();
    }

    private void accept() {
        run(() -> {
            client.stream.start(client);
            accept.accept(front.right());
        });
    }

    @Test
    void bytes_pass_unchanged_in_both_directions() {
        accept();
        run(() -> server.stream.start(server));
        byte[] all = new byte[256];
        for (int i = 0; i < all.length; i++) {
            all[i] = (byte) i;
        }
        run(() -> client.say(all));
        run(() -> server.say(new byte[] {7}));
        assertArrayEquals(all, server.got.toByteArray());
        assertArrayEquals(new byte[] {7}, client.got.toByteArray());
        assertEquals(List.of("opened 1", "TO_SERVER 256", "TO_CLIENT 1"), events);
    }

    @Test
    void one_side_may_end_while_the_other_still_speaks() {
        accept();
        run(() -> server.stream.start(server));
        run(() -> client.stream.end());
        assertEquals("ended", server.over);
        run(() -> server.say(new byte[] {7}));
        assertArrayEquals(new byte[] {7}, client.got.toByteArray());
        run(() -> server.stream.end());
        assertEquals("ended", client.over);
        assertEquals(List.of("opened 1", "TO_SERVER over ", "TO_CLIENT 1", "TO_CLIENT over "), events);
    }

    @Test
    void a_side_that_breaks_breaks_the_other() {
        accept();
        run(() -> server.stream.start(server));
        run(() -> server.stream.abort(new IOException("gone")));
        assertTrue(client.over.startsWith("failed"), client.over);
    }

    @Test
    void a_client_that_has_ended_and_then_breaks_is_noticed_by_what_cannot_be_passed_on_to_it() {
        accept();
        run(() -> server.stream.start(server));
        run(() -> client.stream.end());
        run(() -> client.stream.abort(new IOException("gone")));
        assertEquals("ended", server.over);
        run(() -> server.say(new byte[] {7}));
        run(() -> server.say(new byte[] {7}));
        assertEquals("TO_SERVER over ", events.get(1));
        assertTrue(
                events.getLast().startsWith("TO_CLIENT over the other end of the pipe was aborted"), events.toString());
        assertEquals(0, sim.loop().timer().pending());
    }

    @Test
    void a_client_that_has_ended_and_then_breaks_while_it_does_not_read_is_noticed_at_once() {
        accept();
        run(() -> server.stream.start(server));
        // More than a pipe holds, and less than holds the server back.
        run(() -> server.say(new byte[AHEAD / 2]));
        run(() -> client.stream.pause());
        run(() -> server.say(new byte[AHEAD / 2]));
        run(() -> server.say(new byte[AHEAD / 2]));
        run(() -> client.stream.end());
        run(() -> client.stream.abort(new IOException("gone")));
        assertTrue(
                events.getLast().startsWith("TO_CLIENT over the other end of the pipe was aborted"), events.toString());
    }

    @Test
    void a_session_of_which_one_side_has_ended_ends_when_the_other_one_is_silent_for_long() {
        accept();
        run(() -> server.stream.start(server));
        run(() -> client.stream.end());
        sim.advance(SILENCE.minusSeconds(1));
        run(() -> server.say(new byte[] {7}));
        sim.advance(SILENCE.minusSeconds(1));
        assertEquals("TO_CLIENT 1", events.getLast());
        sim.advance(Duration.ofSeconds(2));
        assertEquals("TO_CLIENT over one side had ended, and the other one said nothing for 60 s", events.getLast());
        assertTrue(client.over.startsWith("failed"), client.over);
        assertEquals(0, sim.loop().timer().pending());
    }

    @Test
    void more_clients_than_there_may_be_are_cut() {
        isSlow = true;
        accept();
        Side second = new Side(new BytePipe(sim.loop()).left());
        run(() -> accept.accept(second.stream));
        BytePipe third = new BytePipe(sim.loop());
        Side tooMany = new Side(third.left());
        run(() -> {
            tooMany.stream.start(tooMany);
            accept.accept(third.right());
        });
        assertEquals(2, connects);
        assertEquals(List.of("unreachable there are 2 connections already"), events);
        assertTrue(tooMany.over.startsWith("failed"), tooMany.over);
    }

    @Test
    void closing_cuts_clients_whose_server_is_not_reached_yet_and_gives_up_reaching_it() {
        isSlow = true;
        accept();
        run(relay::close);
        assertEquals(1, cancels);
        assertTrue(client.over.startsWith("failed"), client.over);
    }

    @Test
    void closing_ends_sessions_that_have_half_ended() {
        accept();
        run(() -> server.stream.start(server));
        run(() -> client.stream.end());
        run(relay::close);
        assertEquals("TO_CLIENT over closed", events.getLast());
        assertTrue(client.over.startsWith("failed"), client.over);
        assertEquals(0, sim.loop().timer().pending());
    }

    @Test
    void a_client_of_an_unreachable_server_is_cut() {
        isUnreachable = true;
        accept();
        assertTrue(client.over.startsWith("failed"), client.over);
        assertEquals(List.of("unreachable nobody there"), events);
    }

    @Test
    void a_server_that_does_not_read_holds_the_client_back() {
        accept();
        byte[] piece = new byte[AHEAD / 2];
        for (int i = 0; i < 100; i++) {
            run(() -> client.say(piece));
        }
        // The server has not begun to read.
        assertTrue(
                back.left().queuedBytes() <= AHEAD + piece.length,
                () -> "held: " + back.left().queuedBytes());
        assertTrue(client.stream.queuedBytes() >= 90L * piece.length, () -> "left: " + client.stream.queuedBytes());
        run(() -> server.stream.start(server));
        assertEquals(100 * piece.length, server.got.size());
        assertEquals(0, client.stream.queuedBytes());
    }
}
