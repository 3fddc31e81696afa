package dev.capstan.capnweb;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.capstan.async.Address;
import dev.capstan.async.BytePipe;
import dev.capstan.async.ByteStream;
import dev.capstan.async.Loop;
import dev.capstan.async.Network;
import dev.capstan.async.Promise;
import dev.capstan.async.SimLoop;
import dev.capstan.cap.Cap;
import dev.capstan.cap.Failure;
import dev.capstan.cap.ObservedSession;
import dev.capstan.cap.ObservedSession.Origin;
import dev.capstan.cap.SessionWatch;
import dev.capstan.capnweb.resume.Reconnection;
import dev.capstan.capnweb.resume.Refusal;
import dev.capstan.capnweb.resume.Refused;
import dev.capstan.capnweb.resume.ResumableServer;
import dev.capstan.capnweb.resume.ResumeLimits;
import dev.capstan.capnweb.resume.TokenKeys;
import dev.capstan.net.Limits.Http;
import dev.capstan.net.NetLoop;
import dev.capstan.net.Transport;
import dev.capstan.net.http.Headers;
import dev.capstan.net.http.HttpClient;
import dev.capstan.net.http.HttpServer;
import dev.capstan.net.http.WebSocket;
import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.function.Consumer;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/** Sessions that outlive their WebSockets, through {@link WebServer} and {@link WebClient}: simulated, and over loopback. */
class ResumableSocketsTest {
    private static final URI TO = URI.create("ws://server/rpc");

    /** Everything on a simulated loop. */
    private static final class Scene implements Network {
        final SimLoop sim = new SimLoop();
        final Loop loop = sim.loop();
        final HttpClient http = new HttpClient(loop, this, new Random(1), Http.DEFAULT);
        final Random random = new Random(2);
        final ResumableServer lasting;
        final List<ByteStream> connections = new ArrayList<>();
        final List<Object> noted = new ArrayList<>();
        final WebServer server;
        final HttpServer httpServer;
        String cookie = "";

        Scene(Options options) {
            WebServer.Door door = visitor -> Promise.of(main());
            lasting = new ResumableServer(loop, TokenKeys.random(random), random, ResumeLimits.DEFAULT);
            server = new WebServer(loop, door, options, Access.SAME_HOST)
                    .resumable(lasting, visitor -> visitor.cookie("who").orElse(""));
            Http from = Http.DEFAULT;
            httpServer = new HttpServer(
                    loop,
                    server.routes("/rpc"),
                    new Http(
                            from.connections(),
                            from.headBytes(),
                            from.bodyBytes(),
                            64 << 10,
                            from.queuedAnswerBytes(),
                            from.headTimeout(),
                            from.requestTimeout(),
                            from.idleTimeout(),
                            from.answerTimeout(),
                            from.closeTimeout()));
        }

        private Cap main() {
            return WebTarget.empty()
                    .method("note", args -> {
                        noted.add(args.getFirst());
                        return args.getFirst();
                    })
                    .on(loop);
        }

        @Override
        public Promise<ByteStream> connect(Address address) {
            BytePipe pipe = new BytePipe(loop);
            httpServer.accept(pipe.right());
            connections.add(pipe.left());
            return Promise.of(pipe.left());
        }

        @Override
        public Promise<Listener> listen(Address address, Consumer<ByteStream> onAccept) {
            throw new UnsupportedOperationException();
        }

        WebPeer client() {
            Headers headers = cookie.isEmpty() ? Headers.of() : Headers.of("cookie", "who=" + cookie);
            WebClient client = new WebClient(loop, http);
            WebPeer peer = client.connectResumable(TO, headers, null, Reconnection.of(random));
            return peer;
        }

        Object call(WebPeer client, long number) {
            try (Stub main = Stub.of(loop, client.main());
                    Stub call = main.call("note", number)) {
                return sim.await(call.value());
            }
        }

        void cut() {
            connections.getLast().abort(new IOException("cut"));
        }

        void close() {
            server.close();
            sim.poll();
            sim.advance(Duration.ofMinutes(5));
            assertEquals(0, server.open());
            assertEquals(0, lasting.sessions());
            assertEquals(0, httpServer.open());
            assertEquals(0, loop.timer().pending());
        }
    }

    @Test
    void a_session_goes_on_when_its_socket_is_cut() {
        Scene scene = new Scene(Options.DEFAULT);
        WebPeer client = scene.client();
        for (long i = 0; i < 5; i++) {
            assertEquals(i, scene.call(client, i));
            scene.cut();
        }
        assertEquals(5L, scene.call(client, 5));
        assertEquals(List.of(0L, 1L, 2L, 3L, 4L, 5L), scene.noted);
        scene.sim.poll();
        assertEquals(1, scene.server.open());
        assertEquals(6, scene.connections.size());
        assertEquals(new WebPeer.Tables(0, 1, 1), scene.server.tables().getFirst());
        client.close();
        scene.sim.poll();
        assertEquals(0, scene.server.open());
        scene.close();
    }

    @Test
    void clients_that_do_not_ask_notice_nothing() {
        Scene scene = new Scene(Options.DEFAULT);
        WebPeer client = new WebClient(scene.loop, scene.http).connect(TO);
        assertEquals(1L, scene.call(client, 1));
        assertEquals(0, scene.lasting.sessions());
        assertEquals(1, scene.server.open());
        client.close();
        scene.close();
    }

    @Test
    void a_server_that_does_not_resume_is_told_from_one_that_does() {
        WebScene scene = new WebScene();
        WebPeer client = new WebClient(scene.loop, scene.http)
                .connectResumable(WebScene.SOCKET, Headers.of(), null, Reconnection.of(new Random(4)));
        try (Cap main = client.main()) {
            assertEquals(
                    "the server does not resume sessions: there it is switched on with WebServer.resumable, here connect does without",
                    scene.failure(WebScene.call(main, "square", 3L)));
        }
        scene.server.close();
        scene.sim.poll();
        scene.sim.advance(Duration.ofMinutes(5));
        assertEquals(0, scene.loop.timer().pending());
    }

    @Test
    void a_session_goes_on_with_whom_it_began_with_alone() {
        Scene scene = new Scene(Options.DEFAULT);
        scene.cookie = "alice";
        WebPeer client = scene.client();
        assertEquals(1L, scene.call(client, 1));
        String token = token(scene, "alice", "{\"new\":true}");
        assertEquals("foreign", token(scene, "bob", "{\"resume\":\"" + token + "\",\"received\":0}"));
        assertEquals(2L, scene.call(client, 2));
        client.close();
        scene.close();
    }

    /** The token that is answered to a first word, or why there is none. */
    private static String token(Scene scene, String who, String first) {
        List<String> heard = new ArrayList<>();
        WebSocket socket = scene.sim.await(
                scene.http.webSocket(TO, Headers.of("cookie", "who=" + who), ResumableServer.SUBPROTOCOL));
        socket.start(new dev.capstan.async.MessageStream.Receiver() {
            @Override
            public void received(byte[] array, int offset, int length, boolean lent) {
                heard.add(new String(array, offset, length, StandardCharsets.UTF_8));
            }

            @Override
            public void ended() {}

            @Override
            public void failed(Throwable cause) {}
        });
        socket.send(ByteBuffer.wrap(first.getBytes(StandardCharsets.UTF_8)));
        scene.sim.poll();
        socket.abort(new IOException("enough"));
        scene.sim.poll();
        return heard.getFirst().split("\"", -1)[3];
    }

    @Test
    void the_number_of_sessions_is_limited_and_coming_back_needs_no_place() {
        Limits limits = Limits.DEFAULT.withTransport(Limits.Transport.DEFAULT.withSessions(2));
        Scene scene = new Scene(Options.DEFAULT.withLimits(limits));
        WebPeer first = scene.client();
        assertEquals(1L, scene.call(first, 1));
        WebPeer second = scene.client();
        assertEquals(2L, scene.call(second, 2));
        WebPeer third = scene.client();
        Failure failure = assertThrows(Failure.class, () -> scene.call(third, 3));
        assertEquals("the server has 2 sessions already, which is its limit", failure.reason());
        scene.connections.get(1).abort(new IOException("cut"));
        assertEquals(4L, scene.call(second, 4));
        first.close();
        second.close();
        scene.close();
    }

    @Test
    void what_is_no_message_ends_the_session_instead_of_coming_again() {
        Scene scene = new Scene(Options.DEFAULT);
        WebPeer client = scene.client();
        assertEquals(1L, scene.call(client, 1));
        try (Stub main = Stub.of(scene.loop, client.main());
                Stub call = main.call("note", "x".repeat(1 << 20))) {
            Failure failure = assertThrows(Failure.class, () -> scene.sim.await(call.value()));
            assertEquals(
                    Refusal.PROTOCOL,
                    ((Refused) Objects.requireNonNull(failure.getCause(), failure::reason)).refusal());
        }
        assertEquals(1, scene.connections.size());
        scene.close();
    }

    @Test
    void observers_are_told_the_address_of_the_peer() {
        try (NetLoop net = NetLoop.open("resume", Transport.AUTO)) {
            List<ObservedSession> seen = new ArrayList<>();
            Options options = Options.DEFAULT.withObserver(session -> {
                seen.add(session);
                return SessionWatch.NONE;
            });
            ResumableServer lasting = new ResumableServer(
                    net.loop(), TokenKeys.random(new Random(2)), new Random(3), ResumeLimits.DEFAULT);
            WebServer server = new WebServer(
                            net.loop(),
                            visitor -> Promise.of(WebTarget.empty()
                                    .method("note", args -> args.getFirst())
                                    .on(net.loop())),
                            options,
                            Access.SAME_HOST)
                    .resumable(lasting, visitor -> "");
            List<ByteStream> accepted = new ArrayList<>();
            HttpServer http = new HttpServer(net.loop(), server.routes("/"), Http.DEFAULT);
            Network.Listener listener = net.loop()
                    .fetch(() -> net.network().listen(new Address.Tcp("127.0.0.1", 0), stream -> {
                        accepted.add(stream);
                        http.accept(stream);
                    }))
                    .await();
            WebClient client =
                    new WebClient(net.loop(), new HttpClient(net.loop(), net.network(), new Random(1), Http.DEFAULT));
            try (WebPeer peer = client.connectResumable(
                            URI.create("ws://" + listener.address() + "/"),
                            Headers.of(),
                            null,
                            Reconnection.of(new Random(5)));
                    Stub main = Stub.of(net.loop(), peer.main());
                    Stub call = main.call("note", 1L)) {
                assertEquals(1L, call.value().await());
                assertEquals(
                        List.of(Origin.from(String.valueOf(accepted.getFirst().remote()))),
                        seen.stream().map(ObservedSession::origin).toList());
            }
        }
    }

    @Test
    void sessions_outlive_real_sockets() {
        try (NetLoop net = NetLoop.open("resume", Transport.AUTO)) {
            List<Long> effects = new ArrayList<>();
            List<ByteStream> accepted = new ArrayList<>();
            ResumableServer lasting = new ResumableServer(
                    net.loop(), TokenKeys.random(new Random(2)), new Random(3), ResumeLimits.DEFAULT);
            WebServer server = new WebServer(
                            net.loop(),
                            visitor -> Promise.of(WebTarget.empty()
                                    .method("hit", args -> {
                                        effects.add((Long) args.getFirst());
                                        if (effects.size() % 20 == 0) {
                                            accepted.getLast().abort(new IOException("killed"));
                                        }
                                        return args.getFirst();
                                    })
                                    .method(
                                            "ask",
                                            args -> ((Stub) Objects.requireNonNull(args.getFirst())).apply(args.get(1)))
                                    .on(net.loop())))
                    .resumable(lasting, visitor -> "");
            HttpServer http = new HttpServer(net.loop(), server.routes("/"), Http.DEFAULT);
            Network.Listener listener = net.loop()
                    .fetch(() -> net.network().listen(new Address.Tcp("127.0.0.1", 0), stream -> {
                        accepted.add(stream);
                        http.accept(stream);
                    }))
                    .await();
            int port = ((Address.Tcp) listener.address()).port();
            WebClient client =
                    new WebClient(net.loop(), new HttpClient(net.loop(), net.network(), new Random(1), Http.DEFAULT));
            Reconnection how = new Reconnection(
                    dev.capstan.async.Backoff.DEFAULT.withDelays(Duration.ofMillis(1), Duration.ofMillis(20)),
                    new Random(5),
                    ResumeLimits.DEFAULT);
            WebPeer peer = client.connectResumable(URI.create("ws://127.0.0.1:" + port + "/"), Headers.of(), null, how);
            try (Stub main = Stub.of(net.loop(), peer.main())) {
                Function<List<Object>, Object> ten = args -> (Long) args.getFirst() * 10;
                for (long i = 0; i < 200; i += 4) {
                    List<Promise<Object>> calls = new ArrayList<>();
                    for (long k = i; k < i + 3; k++) {
                        Stub call = main.call("hit", k);
                        calls.add(call.value().attach(call));
                    }
                    Stub asked = main.call("ask", ten, i + 3);
                    calls.add(asked.value().attach(asked));
                    assertEquals(
                            List.of(i, i + 1, i + 2, (i + 3) * 10),
                            Promise.all(calls).await());
                }
            }
            assertTrue(accepted.size() > 5, () -> accepted.size() + " connections");
            List<Long> once = new ArrayList<>();
            for (long i = 0; i < 200; i++) {
                if (i % 4 != 3) {
                    once.add(i);
                }
            }
            assertEquals(
                    once,
                    net.loop().fetch(() -> Promise.of(List.copyOf(effects))).await());
            peer.close();
            while (net.loop().fetch(() -> Promise.of(lasting.sessions())).await() > 0) {
                net.loop().timer().after(Duration.ofMillis(5)).await();
            }
            net.loop()
                    .fetch(() -> {
                        listener.close();
                        server.close();
                        http.close();
                        return Promise.done();
                    })
                    .await();
        }
    }
}
