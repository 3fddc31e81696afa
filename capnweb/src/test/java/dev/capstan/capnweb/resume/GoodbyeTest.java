package dev.capstan.capnweb.resume;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.capstan.async.Completer;
import dev.capstan.async.MessageStream;
import dev.capstan.async.Promise;
import dev.capstan.cap.Context;
import dev.capstan.cap.LocalCap;
import dev.capstan.cap.Target;
import dev.capstan.capnweb.Stub;
import dev.capstan.capnweb.WebPeer;
import dev.capstan.capnweb.WebTarget;
import dev.capstan.capnweb.resume.ResumeScene.Notice;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A client that ends its session while it has no connection: the server is told if it can be reached, once and in bounded time, and does not wait for the grace period. */
class GoodbyeTest {
    private static final Duration HANDSHAKE = ResumeLimits.DEFAULT.handshakeTime();

    private ResumeScene scene = scene(ResumeLimits.DEFAULT);
    private final List<Object> noted = new ArrayList<>();
    private int released;
    private int dialled;
    private Supplier<Promise<MessageStream>> dialer = () -> scene.dial();

    private ResumeScene scene(ResumeLimits limits) {
        ResumeScene made = new ResumeScene(1, limits);
        WebTarget methods = WebTarget.empty().method("note", args -> {
            noted.add(args.getFirst());
            return args.getFirst();
        });
        made.main = () -> new LocalCap(made.loop, new Target() {
            @Override
            public Promise<Void> handle(Context context) throws Exception {
                return methods.handle(context);
            }

            @Override
            public void released() {
                released++;
            }
        });
        return made;
    }

    private Promise<MessageStream> dial() {
        dialled++;
        return dialer.get();
    }

    /** A session that has made a call. */
    private WebPeer session() {
        MessageStream stream = ResumableClient.open(
                scene.loop, this::dial, new Reconnection(ResumeScene.BACKOFF, new Random(7), scene.limits));
        WebPeer client = WebPeer.over(scene.loop, stream, null);
        try (Stub main = Stub.of(scene.loop, client.main());
                Stub call = main.call("note", 1)) {
            assertEquals(1L, scene.sim.await(call.value()));
        }
        scene.settle();
        return client;
    }

    private WebPeer away() {
        WebPeer client = session();
        scene.cut(Notice.BOTH);
        scene.sim.poll();
        assertEquals(1, scene.server.suspended());
        return client;
    }

    /** What was said last by the client is that it goes. */
    private void assertTold() {
        assertEquals(0, scene.server.sessions());
        assertEquals(1, released);
        assertEquals("{\"close\":\"\"}", scene.fromClient.getLast());
    }

    @AfterEach
    void nothing_is_left() {
        scene.close();
        assertEquals(1, released);
    }

    @Test
    void the_server_is_told_at_once() {
        WebPeer client = away();
        Duration before = scene.sim.now();
        client.close();
        scene.sim.poll();
        assertTold();
        assertEquals(before, scene.sim.now());
        assertEquals(2, dialled);
        assertEquals(0, scene.loop.timer().pending());
    }

    @Test
    void what_was_sent_before_arrives_before() {
        WebPeer client = away();
        try (Stub main = Stub.of(scene.loop, client.main())) {
            main.call("note", 2).close();
        }
        scene.sim.poll();
        client.close();
        scene.sim.poll();
        assertEquals(List.of(1L, 2L), noted);
        assertTold();
    }

    @Test
    void what_had_arrived_does_not_arrive_again() {
        WebPeer client = session();
        try (Stub main = Stub.of(scene.loop, client.main())) {
            main.call("note", 2).close();
        }
        scene.sim.poll();
        scene.cut(Notice.BOTH);
        scene.sim.poll();
        client.close();
        scene.sim.poll();
        assertEquals(List.of(1L, 2L), noted);
        assertTold();
    }

    @Test
    void one_attempt_is_made_and_then_the_server_waits_for_the_grace_period() {
        WebPeer client = away();
        scene.reachable = false;
        client.close();
        scene.sim.poll();
        scene.reachable = true;
        scene.sim.advance(Duration.ofSeconds(29));
        assertEquals(2, dialled);
        assertEquals(1, scene.server.suspended());
        scene.sim.advance(Duration.ofSeconds(2));
        assertEquals(0, scene.server.sessions());
        assertEquals(0, scene.loop.timer().pending());
    }

    @Test
    void an_attempt_that_is_being_made_is_the_one() {
        Completer<MessageStream> later = new Completer<>(scene.loop);
        WebPeer client = away();
        dialer = later::promise;
        scene.sim.advance(Duration.ofSeconds(1));
        assertEquals(2, dialled);
        client.close();
        scene.sim.poll();
        assertEquals(1, scene.server.suspended());
        later.complete(scene.wire());
        scene.sim.poll();
        assertTold();
        assertEquals(2, dialled);
    }

    @Test
    void an_attempt_that_takes_too_long_is_given_up() {
        List<String> cancelled = new ArrayList<>();
        Completer<MessageStream> never = new Completer<>(scene.loop);
        never.onCancel(() -> cancelled.add("cancelled"));
        WebPeer client = away();
        dialer = never::promise;
        client.close();
        scene.sim.advance(HANDSHAKE.minusMillis(1));
        assertEquals(List.of(), cancelled);
        scene.sim.advance(Duration.ofMillis(1));
        assertEquals(List.of("cancelled"), cancelled);
    }

    @Test
    void so_is_a_server_that_does_not_answer() {
        WebPeer client = away();
        dialer = () -> {
            Wire wire = scene.wire();
            wire.deaf = true;
            return Promise.of(wire);
        };
        client.close();
        scene.sim.poll();
        assertEquals(1, scene.server.sessions());
        assertEquals(0, scene.server.suspended());
        scene.sim.advance(HANDSHAKE);
        // The connection was dropped, which is a cut to the server.
        assertEquals(1, scene.server.suspended());
        assertEquals(2, dialled);
    }

    @Test
    void a_connection_whose_first_word_is_on_its_way_is_the_one() {
        WebPeer client = session();
        scene.onArrivalAtServer = () -> {
            if (scene.fromClient.getLast().startsWith("{\"resume\"")) {
                client.close();
            }
        };
        scene.cut(Notice.BOTH);
        scene.sim.poll();
        scene.sim.advance(Duration.ofSeconds(1));
        assertTold();
        assertEquals(2, dialled);
    }

    @Test
    void a_session_that_has_only_begun_is_ended_as_well() {
        WebPeer client = WebPeer.over(
                scene.loop, ResumableClient.open(scene.loop, this::dial, Reconnection.of(new Random(7))), null);
        scene.onArrivalAtServer = client::close;
        scene.sim.poll();
        assertTold();
        assertEquals(1, dialled);
    }

    @Test
    void a_session_that_never_began_is_told_to_nobody() {
        Completer<MessageStream> never = new Completer<>(scene.loop);
        List<String> cancelled = new ArrayList<>();
        never.onCancel(() -> cancelled.add("cancelled"));
        dialer = never::promise;
        WebPeer client = WebPeer.over(
                scene.loop, ResumableClient.open(scene.loop, this::dial, Reconnection.of(new Random(7))), null);
        scene.sim.poll();
        client.close();
        scene.sim.poll();
        assertEquals(List.of("cancelled"), cancelled);
        released++;
    }

    @Test
    void a_server_that_has_forgotten_the_session_ends_the_attempt() {
        WebPeer client = away();
        scene.serverPeers.getLast().close();
        client.close();
        scene.sim.poll();
        assertEquals(2, dialled);
        assertEquals(0, scene.loop.timer().pending());
    }

    @Test
    void a_session_in_which_too_much_waits_ends_at_the_server_too() {
        scene = scene(ResumeLimits.DEFAULT.withKeptBytes(1_000, 10_000));
        WebPeer client = away();
        try (Stub main = Stub.of(scene.loop, client.main())) {
            main.call("note", "x".repeat(2_000)).close();
        }
        scene.sim.poll();
        assertTold();
        assertEquals(List.of(1L), noted);
        client.close();
    }

    @Test
    void a_client_that_gives_up_while_a_server_answers_slowly_tells_it() {
        scene = scene(ResumeLimits.DEFAULT.withGrace(Duration.ofMinutes(10), Duration.ofSeconds(5)));
        WebPeer client = away();
        Wire[] slow = new Wire[1];
        dialer = () -> {
            slow[0] = scene.wire();
            return Promise.of(slow[0]);
        };
        scene.onArrivalAtServer = () -> slow[0].pause();
        scene.sim.advance(Duration.ofSeconds(6));
        scene.onArrivalAtServer = () -> {};
        slow[0].resume();
        scene.sim.poll();
        assertTold();
        client.close();
    }

    @Test
    void an_abort_drops_what_has_not_arrived() {
        MessageStream stream = ResumableClient.open(scene.loop, this::dial, Reconnection.of(new Random(7)));
        WebPeer client = WebPeer.over(scene.loop, stream, null);
        try (Stub main = Stub.of(scene.loop, client.main());
                Stub call = main.call("note", 1)) {
            assertEquals(1L, scene.sim.await(call.value()));
        }
        scene.settle();
        scene.cut(Notice.BOTH);
        scene.sim.poll();
        try (Stub main = Stub.of(scene.loop, client.main())) {
            main.call("note", 2).close();
        }
        scene.sim.poll();
        stream.abort(new IOException("enough"));
        scene.sim.poll();
        assertEquals(List.of(1L), noted);
        assertTold();
        client.close();
    }
}
