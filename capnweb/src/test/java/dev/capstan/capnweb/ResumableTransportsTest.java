package dev.capstan.capnweb;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.capstan.async.Backoff;
import dev.capstan.async.MessageStream;
import dev.capstan.async.Promise;
import dev.capstan.cap.Failure;
import dev.capstan.capnweb.resume.Reconnection;
import dev.capstan.capnweb.resume.Refusal;
import dev.capstan.capnweb.resume.Refused;
import dev.capstan.capnweb.resume.ResumableServer;
import dev.capstan.capnweb.resume.ResumeLimits;
import dev.capstan.capnweb.resume.TokenKeys;
import dev.capstan.net.Limits.WebTransport;
import dev.capstan.net.http.Headers;
import dev.capstan.net.webtransport.WebTransportClient;
import dev.capstan.net.webtransport.WebTransportSession;
import dev.capstan.testkit.DatagramRelay;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Sessions that outlive their WebTransport connections, through UDP on loopback and a relay that loses what is said. */
class ResumableTransportsTest {
    /** Which notices soon that nothing comes any more. */
    private static final WebTransport ALERT = new WebTransport(
            100,
            100_000,
            16 << 10,
            1 << 20,
            16,
            Duration.ofSeconds(30),
            Duration.ofMillis(600),
            Duration.ofSeconds(30),
            Duration.ofMillis(200));

    private final Random random = new Random(7);
    private final List<Object> noted = new ArrayList<>();
    private final List<String> queries = new ArrayList<>();
    private @Nullable ResumableServer lasting;
    private @Nullable OverWebTransport open;
    private @Nullable DatagramRelay between;

    private OverWebTransport scene() {
        OverWebTransport known = open;
        if (known != null) {
            return known;
        }
        return scene(true);
    }

    private OverWebTransport scene(boolean resumes) {
        OverWebTransport made = new OverWebTransport(
                visitor -> {
                    queries.add(String.valueOf(visitor.request().query()));
                    return Promise.of(main().on(scene().loop()));
                },
                Options.DEFAULT,
                Access.SAME_HOST,
                ALERT,
                (server, loop) -> {
                    if (resumes) {
                        lasting = new ResumableServer(loop, TokenKeys.random(random), random, ResumeLimits.DEFAULT);
                        return server.resumable(
                                lasting, visitor -> visitor.cookie("who").orElse(""));
                    }
                    return server;
                });
        open = made;
        between = new DatagramRelay(made.address());
        return made;
    }

    private WebTarget main() {
        WebTarget counter = WebTarget.empty().method("note", args -> {
            noted.add(args.getFirst());
            return args.getFirst();
        });
        return WebTarget.empty()
                .method("counter", args -> counter)
                .method("ask", args -> ((Stub) Objects.requireNonNull(args.getFirst())).apply(args.get(1)));
    }

    private DatagramRelay relay() {
        return Objects.requireNonNull(between);
    }

    private ResumableServer lasting() {
        return Objects.requireNonNull(lasting);
    }

    @AfterEach
    void leavesNothingBehind() {
        OverWebTransport scene = scene();
        scene.server.close();
        until(() -> scene.server.open() == 0 && scene.connections() == 0);
        scene.close();
        relay().close();
        assertEquals(0, scene.loop().timer().pending());
    }

    private URI url(String path) {
        return URI.create("https://127.0.0.1:" + relay().port() + path);
    }

    private WebPeer client(String path, Headers headers) {
        OverWebTransport scene = scene();
        Reconnection how = new Reconnection(
                Backoff.DEFAULT.withDelays(Duration.ofMillis(1), Duration.ofMillis(20)), random, ResumeLimits.DEFAULT);
        return scene.client(Options.DEFAULT).connectResumable(url(path), headers, null, how);
    }

    private void until(BooleanSupplier condition) {
        scene().until(() -> {
            relay().pump();
            return condition.getAsBoolean();
        });
    }

    private <T> T await(Promise<T> promise) {
        List<Object> heard = new ArrayList<>();
        promise.listen(scene().loop(), (value, failure) -> heard.add(failure == null ? value : failure));
        until(() -> !heard.isEmpty());
        if (heard.getFirst() instanceof RuntimeException e) {
            throw e;
        }
        @SuppressWarnings("unchecked")
        T value = (T) heard.getFirst();
        return value;
    }

    @Test
    void a_session_goes_on_when_its_connection_is_lost_with_its_objects_and_each_effect_once() {
        scene();
        WebPeer peer = client("/rpc?room=5", Headers.of());
        try (Stub main = Stub.of(scene().loop(), peer.main());
                Stub counter = main.call("counter")) {
            Function<List<Object>, Object> ten = args -> (Long) args.getFirst() * 10;
            for (long i = 0; i < 6; i++) {
                try (Stub first = counter.call("note", 2 * i);
                        Stub second = counter.call("note", 2 * i + 1);
                        Stub asked = main.call("ask", ten, i)) {
                    Promise<List<Object>> all = Promise.all(List.of(first.value(), second.value(), asked.value()))
                            .eager();
                    if (i % 2 == 1) {
                        // While the calls are somewhere between the two.
                        scene().turns();
                        relay().lose();
                    }
                    assertEquals(List.of(2 * i, 2 * i + 1, i * 10), await(all));
                }
            }
        }
        assertEquals(List.of(0L, 1L, 2L, 3L, 4L, 5L, 6L, 7L, 8L, 9L, 10L, 11L), noted);
        // One session, whatever the number of its connections; what asks for resumption is none of the program's
        // business.
        assertEquals(List.of("room=5"), queries);
        assertEquals(1, lasting().sessions());
        until(() -> peer.tables().equals(new WebPeer.Tables(0, 1, 0))
                && scene().server.tables().equals(List.of(new WebPeer.Tables(0, 1, 1))));
        peer.close();
        until(() -> lasting().sessions() == 0);
    }

    @Test
    void a_peer_that_has_not_asked_sees_nothing_of_it() {
        scene();
        List<String> heard = new ArrayList<>();
        MessageStream stream = raw("/rpc", heard);
        say(stream, "[\"push\",[\"pipeline\",0,[\"counter\"],[]]]");
        say(stream, "[\"push\",[\"pipeline\",1,[\"note\"],[7]]]");
        say(stream, "[\"pull\",2]");
        until(() -> !heard.isEmpty());
        assertEquals(List.of("[\"resolve\",2,7]"), heard);
        assertEquals(0, lasting().sessions());
        assertEquals(List.of("null"), queries);
        stream.end();
    }

    @Test
    void a_server_that_does_not_resume_is_told_from_one_that_does() {
        scene(false);
        WebPeer peer = client("/rpc", Headers.of());
        try (Stub main = Stub.of(scene().loop(), peer.main());
                Stub call = main.call("counter")) {
            Failure failure = assertThrows(Failure.class, () -> await(call.value()));
            assertTrue(failure.reason().contains("the server does not resume sessions"), failure.reason());
        }
        peer.close();
    }

    @Test
    void a_session_goes_on_with_whom_it_began_with_alone() {
        scene();
        List<String> alice = new ArrayList<>();
        MessageStream stream = raw("/rpc?" + ResumableServer.QUERY, alice, "cookie", "who=alice");
        say(stream, "{\"new\":true}");
        until(() -> !alice.isEmpty());
        String token = alice.getFirst().split("\"", -1)[3];
        List<String> bob = new ArrayList<>();
        MessageStream other = raw("/rpc?" + ResumableServer.QUERY, bob, "cookie", "who=bob");
        say(other, "{\"resume\":\"" + token + "\",\"received\":0}");
        until(() -> !bob.isEmpty());
        assertTrue(bob.getFirst().startsWith("{\"refused\":\"foreign\""), bob.getFirst());
        say(stream, "{\"close\":\"\"}");
        until(() -> lasting().sessions() == 0);
        stream.end();
        other.end();
    }

    @Test
    void a_message_that_is_too_long_for_a_line_ends_the_session_instead_of_coming_again() {
        scene();
        WebPeer peer = client("/rpc", Headers.of());
        try (Stub main = Stub.of(scene().loop(), peer.main());
                Stub counter = main.call("counter");
                Stub call = counter.call("note", "x".repeat(ALERT.lineBytes()))) {
            Failure failure = assertThrows(Failure.class, () -> await(call.value()));
            Refused refused = (Refused) Objects.requireNonNull(failure.getCause(), failure::reason);
            // The server has ended the session with the connection, which the client hears when it comes back.
            assertEquals(Refusal.UNKNOWN, refused.refusal());
        }
        assertEquals(List.of(), noted);
        peer.close();
        until(() -> lasting().sessions() == 0);
    }

    private MessageStream raw(String path, List<String> heard, String... headers) {
        WebTransportSession session = await(WebTransportClient.connect(
                scene().net, url(path), scene().trust(), Headers.of(headers), WebTransport.DEFAULT));
        MessageStream stream = session.messages();
        stream.start(new MessageStream.Receiver() {
            @Override
            public void received(byte[] array, int offset, int length, boolean lent) {
                heard.add(new String(array, offset, length, StandardCharsets.UTF_8));
            }

            @Override
            public void ended() {
                stream.end();
            }

            @Override
            public void failed(Throwable cause) {
                heard.add("failed: " + cause.getMessage());
            }
        });
        return stream;
    }

    private static void say(MessageStream stream, String line) {
        stream.send(ByteBuffer.wrap(line.getBytes(StandardCharsets.UTF_8)));
    }
}
