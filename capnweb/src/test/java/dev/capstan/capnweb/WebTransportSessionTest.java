package dev.capstan.capnweb;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.capstan.async.MessageStream;
import dev.capstan.async.Promise;
import dev.capstan.cap.Answer;
import dev.capstan.cap.Cap;
import dev.capstan.cap.Failure;
import dev.capstan.cap.Path;
import dev.capstan.net.Limits.WebTransport;
import dev.capstan.net.http.Headers;
import dev.capstan.net.webtransport.WebTransportClient;
import dev.capstan.net.webtransport.WebTransportClosed;
import dev.capstan.net.webtransport.WebTransportSession;
import dev.capstan.testkit.Parity;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Sessions over WebTransport, Java client to Java server, through UDP on loopback. */
class WebTransportSessionTest {
    private static final WebTransport SHORT_LINES = new WebTransport(
            100,
            1_000,
            16 << 10,
            1 << 20,
            16,
            Duration.ofSeconds(30),
            Duration.ofSeconds(30),
            Duration.ofSeconds(30),
            Duration.ofSeconds(1));

    private final List<WebServer.Visitor> visitors = new ArrayList<>();
    private @Nullable OverWebTransport open;

    private OverWebTransport scene() {
        OverWebTransport known = open;
        return known == null ? scene(Options.DEFAULT, Access.SAME_HOST, WebTransport.DEFAULT) : known;
    }

    private OverWebTransport scene(Options options, Access access, WebTransport limits) {
        OverWebTransport[] made = new OverWebTransport[1];
        made[0] = new OverWebTransport(
                visitor -> {
                    visitors.add(visitor);
                    String query = visitor.request().query();
                    if (query != null) {
                        throw query.equals("bug") ? new IllegalStateException("hunter2") : Failure.failed("not you");
                    }
                    return Promise.of(new GoldenApi(made[0].loop()).main().cap());
                },
                options,
                access,
                limits);
        open = made[0];
        return made[0];
    }

    @AfterEach
    void leavesNothingBehind() {
        OverWebTransport scene = scene();
        scene.until(() -> scene.server.open() == 0);
        scene.until(() -> scene.connections() == 0);
        scene.close();
        assertEquals(0, scene.loop().timer().pending());
    }

    private WebPeer connect() {
        return scene().client(Options.DEFAULT).connect(scene().url("/rpc"));
    }

    private String call(Cap cap, String name, @Nullable Object... arguments) {
        return scene().loop().await(WebScene.call(cap, name, arguments));
    }

    private String failure(Promise<String> call) {
        return scene().loop()
                .await(call.map(value -> "no failure but " + value)
                        .recover(cause -> Promise.of(String.valueOf(cause.getMessage()))));
    }

    /** What calls fail with when a session is asked for in vain. */
    private String refusal(WebPeer peer) {
        try (Cap main = peer.main()) {
            return failure(WebScene.call(main, "square", 5L));
        } finally {
            peer.close();
        }
    }

    @Test
    @Parity({"PY-113", "PY-412", "PY-413", "PY-414", "PY-417", "PY-418", "PY-422", "PY-423", "PY-424"})
    void calls_wait_for_the_connection_and_results_can_be_called_before_they_are_there() {
        WebPeer peer = connect();
        try (Cap main = peer.main();
                Answer counter = WebScene.send(main, "makeCounter", 4L);
                Cap inside = counter.pipeline().cap(Path.Names.NONE)) {
            Promise<String> first = WebScene.call(inside, "increment", 2L).eager();
            assertEquals("7", call(inside, "increment"));
            assertEquals("6", scene().loop().await(first));
        }
        assertEquals("CONNECT", visitors.getFirst().request().method());
        assertEquals(
                scene().url("/rpc").getAuthority(),
                visitors.getFirst().header("host").orElseThrow());
        peer.close();
    }

    @Test
    void objects_of_the_client_are_called_and_nothing_is_left_in_the_tables_of_either_side() {
        WebPeer peer = connect();
        try (Cap main = peer.main()) {
            Cap function = new Scripted(scene().loop())
                    .function(args -> Scripted.value((Long) Objects.requireNonNull(args.getFirst()) * 10))
                    .cap();
            assertEquals("{got=50}", call(main, "callMe", function, 5L));
        }
        scene().until(() -> peer.tables().equals(new WebPeer.Tables(0, 1, 0))
                && scene().server.tables().equals(List.of(new WebPeer.Tables(0, 1, 1))));
        peer.close();
    }

    @Test
    void large_values_go_there_and_back() {
        WebPeer peer = connect();
        String text = "é\n".repeat(300_000);
        try (Cap main = peer.main()) {
            assertEquals(text, call(main, "echo", text));
        }
        peer.close();
    }

    @Test
    void streams_go_there_and_come_back() {
        WebPeer peer = connect();
        try (Stub main = Stub.of(scene().loop(), peer.main());
                Stub read = main.call("readAll", Readable.of(scene().loop(), List.of("x", Map.of("y", 1))))) {
            assertEquals(List.of("x", Map.of("y", 1L)), scene().loop().await(read.value()));
            Stub stream = main.call("stream", 3);
            Readable readable = (Readable) Objects.requireNonNull(scene().loop().await(stream.value()));
            int count = 0;
            for (boolean more = true; more; ) {
                try (Readable.Chunk chunk = scene().loop().await(readable.read())) {
                    more = !chunk.isEnd();
                    count += more ? 1 : 0;
                }
            }
            assertEquals(3, count);
            readable.close();
            stream.close();
        }
        scene().until(() -> peer.tables().equals(new WebPeer.Tables(0, 1, 0)));
        peer.close();
    }

    @Test
    @Parity("PY-256")
    void a_server_that_closes_ends_its_sessions_and_takes_no_more() {
        WebPeer peer = connect();
        try (Cap main = peer.main()) {
            assertEquals("25", call(main, "square", 5L));
            scene().server.close();
            scene().loop().await(peer.onDisconnect());
            assertEquals("Peer disconnected.", failure(WebScene.call(main, "square", 5L)));
        }
        assertEquals(new WebPeer.Tables(0, 0, 0), peer.tables());
        assertEquals("the server is closing", refusal(connect()));
    }

    @Test
    void a_door_tells_why_it_stays_closed_and_nothing_of_what_went_wrong() {
        WebClient client = scene().client(Options.DEFAULT);
        assertEquals("not you", refusal(client.connect(scene().url("/rpc?who"))));
        assertEquals("the server failed to open a session", refusal(client.connect(scene().url("/rpc?bug"))));
    }

    @Test
    void one_session_more_than_allowed_is_refused() {
        Limits limits = Limits.DEFAULT.withTransport(Limits.Transport.DEFAULT.withSessions(1));
        scene(Options.DEFAULT.withLimits(limits), Access.SAME_HOST, WebTransport.DEFAULT);
        WebPeer first = connect();
        try (Cap main = first.main()) {
            assertEquals("25", call(main, "square", 5L));
        }
        assertEquals("the server has 1 sessions already, which is its limit", refusal(connect()));
        first.close();
        scene().until(() -> scene().server.open() == 0);
        WebPeer second = connect();
        try (Cap main = second.main()) {
            assertEquals("25", call(main, "square", 5L));
        }
        second.close();
    }

    @Test
    void pages_are_let_in_by_host_whatever_their_port_and_others_by_name() {
        scene(Options.DEFAULT, Access.SAME_HOST.withOrigins("https://app.example"), WebTransport.DEFAULT);
        for (String origin : List.of("http://127.0.0.1:8080", "https://127.0.0.1", "https://app.example")) {
            assertEquals("no failure but 25", asPageOf(origin), origin);
        }
        for (String origin : List.of("https://evil.example", "http://localhost", "null")) {
            assertTrue(asPageOf(origin).contains("403"), asPageOf(origin));
        }
    }

    private String asPageOf(String origin) {
        return refusal(
                scene().client(Options.DEFAULT).connect(scene().url("/rpc"), Headers.of("origin", origin), null));
    }

    @Test
    @Parity("PY-427")
    void there_is_nobody_at_another_path_and_the_address_must_be_one() {
        WebClient client = scene().client(Options.DEFAULT);
        assertTrue(refusal(client.connect(scene().url("/nowhere"))).contains("404"));
        assertThrows(IllegalArgumentException.class, () -> client.connect(URI.create("http://127.0.0.1/rpc")));
    }

    // ---- what no peer of ours does

    private final class Raw implements MessageStream.Receiver {
        final WebTransportSession session;
        final MessageStream stream;
        final List<String> heard = new ArrayList<>();

        Raw() {
            session = scene().loop()
                    .await(WebTransportClient.connect(
                            scene().net, scene().url("/rpc"), scene().trust(), Headers.of(), WebTransport.DEFAULT));
            stream = session.messages();
            stream.start(this);
        }

        void say(String line) {
            stream.send(ByteBuffer.wrap(line.getBytes(StandardCharsets.UTF_8)));
        }

        @Override
        public void received(byte[] array, int offset, int length, boolean lent) {
            heard.add(new String(array, offset, length, StandardCharsets.UTF_8));
        }

        @Override
        public void ended() {
            heard.add("ended");
            stream.end();
        }

        @Override
        public void failed(Throwable cause) {
            heard.add("failed: " + cause.getMessage());
        }
    }

    @Test
    void nonsense_is_answered_with_an_abort_and_the_end() {
        Raw raw = new Raw();
        raw.say("[\"nonsense\"]");
        scene().until(() -> raw.heard.contains("ended"));
        assertEquals(
                List.of("[\"abort\",[\"error\",\"Error\",\"bad RPC message: [\\\"nonsense\\\"]\"]]", "ended"),
                raw.heard);
    }

    @Test
    void a_line_that_is_too_long_ends_the_session() {
        scene(Options.DEFAULT, Access.SAME_HOST, SHORT_LINES);
        Raw raw = new Raw();
        String call = "[\"push\",[\"pipeline\",0,[\"echo\"],[\"";
        raw.say(call + "x".repeat(1_000 - call.length() - 4) + "\"]]]");
        raw.say("[\"pull\",1]");
        scene().until(() -> !raw.heard.isEmpty());
        assertTrue(raw.heard.getFirst().startsWith("[\"resolve\",1,\"xx"), raw.heard.getFirst());
        raw.say(call + "x".repeat(1_000 - call.length() - 3) + "\"]]]");
        scene().until(() -> raw.heard.size() > 1);
        assertTrue(raw.heard.getLast().startsWith("failed: "), raw.heard.getLast());
        scene().until(() -> scene().server.open() == 0);
    }

    @Test
    void a_message_that_is_too_large_is_told_to_be() {
        scene(Options.DEFAULT.withLimits(Limits.DEFAULT.withMessageBytes(100)), Access.SAME_HOST, WebTransport.DEFAULT);
        Raw raw = new Raw();
        raw.say("[\"push\",\"" + "x".repeat(100) + "\"]");
        scene().until(() -> raw.heard.contains("ended"));
        assertTrue(raw.heard.getFirst().startsWith("[\"abort\",[\"error\","), raw.heard.getFirst());
    }

    @Test
    void a_peer_that_closes_with_a_code_has_its_words_told() {
        Raw raw = new Raw();
        raw.say("[\"push\",[\"pipeline\",0,[\"square\"],[5]]]");
        raw.say("[\"pull\",1]");
        scene().until(() -> !raw.heard.isEmpty());
        raw.stream.abort(new WebTransportClosed(7, "enough of this"));
        scene().until(() -> scene().server.open() == 0);
    }

    @Test
    void a_peer_that_does_not_end_its_side_has_its_connection_closed() {
        Limits limits = Limits.DEFAULT.withTransport(Limits.Transport.DEFAULT.withSilence(Duration.ofMillis(20)));
        scene(Options.DEFAULT.withLimits(limits), Access.SAME_HOST, WebTransport.DEFAULT);
        List<String> heard = new ArrayList<>();
        WebTransportSession session = scene().loop()
                .await(WebTransportClient.connect(
                        scene().net, scene().url("/rpc"), scene().trust(), Headers.of(), WebTransport.DEFAULT));
        MessageStream stream = session.messages();
        stream.start(new MessageStream.Receiver() {
            @Override
            public void received(byte[] array, int offset, int length, boolean lent) {
                heard.add("message");
            }

            @Override
            public void ended() {
                heard.add("ended");
            }

            @Override
            public void failed(Throwable cause) {
                heard.add(String.valueOf(cause.getMessage()));
            }
        });
        stream.send(ByteBuffer.wrap("[1]".getBytes(StandardCharsets.UTF_8)));
        scene().until(() -> scene().connections() == 0);
        assertTrue(heard.contains("message"), heard.toString());
        stream.end();
    }
}
