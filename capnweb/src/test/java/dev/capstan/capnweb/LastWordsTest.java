package dev.capstan.capnweb;

import static dev.capstan.capnweb.Scripted.value;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.capstan.async.Address;
import dev.capstan.async.ByteStream;
import dev.capstan.async.Completer;
import dev.capstan.async.Loop;
import dev.capstan.async.MessageStream;
import dev.capstan.async.Promise;
import dev.capstan.async.SimLoop;
import dev.capstan.cap.Cap;
import dev.capstan.cap.Context;
import dev.capstan.cap.LocalCap;
import dev.capstan.cap.Method;
import dev.capstan.cap.Path;
import dev.capstan.cap.Target;
import dev.capstan.net.Limits.Http;
import dev.capstan.net.Limits.WebTransport;
import dev.capstan.net.NetLoop;
import dev.capstan.net.Transport;
import dev.capstan.net.http.Headers;
import dev.capstan.net.http.HttpServer;
import dev.capstan.net.webtransport.WebTransportClient;
import dev.capstan.testkit.SimNetwork;
import dev.capstan.testkit.SimStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;

/**
 * A peer that closes its side at once after its last message. The rule is the same for all that carries sessions but batches: calls that have come begin, those that allow it are then cancelled, the
 * others go on to their end; nothing is told any more, and nothing stays.
 */
final class LastWordsTest {
    private static final List<String> LAST_WORDS = List.of(
            "[\"push\",[\"pipeline\",0,[\"hit\"],[]]]",
            "[\"pull\",1]",
            "[\"push\",[\"pipeline\",0,[\"slow\"],[[\"export\",-1]]]]",
            "[\"pull\",2]",
            "[\"push\",[\"pipeline\",0,[\"stoppable\"],[]]]",
            "[\"pull\",3]",
            // Never asked for.
            "[\"push\",[\"pipeline\",0,[\"make\"],[]]]",
            "[\"push\",[\"pipeline\",4,[\"hit\"],[]]]",
            // What it waits for will not come.
            "[\"push\",[\"pipeline\",0,[\"waits\"],[[\"promise\",-2]]]]",
            "[\"pull\",6]",
            // Given up before.
            "[\"push\",[\"pipeline\",0,[\"hit\"],[]]]",
            "[\"release\",7,1]");

    /** What the server offers, and what has happened to it. */
    private static final class Work implements Target {
        private final Scripted methods;
        final List<String> events = new ArrayList<>();
        final Completer<Scripted.Answered> slow;

        Work(Loop loop) {
            slow = new Completer<>(loop);
            methods = new Scripted(loop)
                    .on("hit", args -> happens("hit"))
                    .on("slow", args -> {
                        events.add("slow begins");
                        return slow.promise().map(done -> {
                            events.add("slow ends");
                            return done;
                        });
                    })
                    .on("stoppable", args -> {
                        events.add("stoppable begins");
                        Completer<Scripted.Answered> never = new Completer<>(loop);
                        never.onCancel(() -> events.add("stoppable is stopped"));
                        return never.promise();
                    })
                    .on("waits", args -> happens("waits begins"))
                    .on("make", args -> {
                        events.add("made");
                        return value(new Scripted(loop)
                                .on("hit", more -> happens("hit what was made"))
                                .onReleased(() -> events.add("what was made is released"))
                                .cap());
                    });
        }

        private Promise<Scripted.Answered> happens(String what) {
            events.add(what);
            return value(what);
        }

        @Override
        public Promise<Void> handle(Context context) throws Exception {
            if (context.method() instanceof Method.Member(Path.Names path, boolean reads)
                    && path.toString().equals("stoppable")) {
                context.allowCancellation();
            }
            return methods.handle(context);
        }

        @Override
        public void released() {
            events.add("main is released");
        }

        void assertBegunAndOnlyWhatAllowsItIsStopped() {
            assertEquals(
                    List.of(
                            "hit",
                            "hit",
                            "hit what was made",
                            "made",
                            "slow begins",
                            "stoppable begins",
                            "stoppable is stopped",
                            "what was made is released"),
                    events.stream().sorted().toList());
        }

        void assertEnded() {
            assertEquals(
                    List.of("main is released", "slow ends"),
                    events.subList(8, events.size()).stream().sorted().toList());
        }
    }

    private final WebScene scene = new WebScene();
    private final SimLoop sim = scene.sim;
    private final Work work = new Work(sim.loop());
    private final List<String> heard = new ArrayList<>();

    private final MessageStream.Receiver listener = new MessageStream.Receiver() {
        @Override
        public void received(byte[] array, int offset, int length, boolean lent) {
            heard.add(new String(array, offset, length, StandardCharsets.UTF_8));
        }

        @Override
        public void ended() {
            heard.add("ended");
        }

        @Override
        public void failed(Throwable cause) {
            heard.add("failed: " + cause.getMessage());
        }
    };

    private static void say(MessageStream to) {
        LAST_WORDS.forEach(line -> to.send(ByteBuffer.wrap(line.getBytes(StandardCharsets.UTF_8))));
    }

    private void assertRule() {
        sim.poll();
        work.assertBegunAndOnlyWhatAllowsItIsStopped();
        work.slow.complete(new Scripted.Answered("late"));
        sim.poll();
        work.assertEnded();
        sim.advance(Duration.ofSeconds(10));
        assertEquals(0, sim.loop().timer().pending());
        assertTrue(heard.stream().noneMatch(line -> line.contains("late")), heard::toString);
    }

    @Test
    void in_memory_where_all_arrives_at_once() {
        MessagePipe pipe = new MessagePipe(sim.loop());
        WebPeer peer = WebPeer.over(sim.loop(), pipe.right(), new LocalCap(sim.loop(), work));
        pipe.left().start(listener);
        say(pipe.left());
        pipe.left().end();
        assertRule();
        assertEquals(new WebPeer.Tables(0, 0, 0), peer.tables());
    }

    @Test
    void over_a_network_that_is_half_closed() {
        SimStream client = overNetwork();
        say(client);
        client.end();
        assertRule();
        assertEquals("ended", heard.getLast());
    }

    @Test
    void over_a_network_that_is_cut_after_all_has_arrived() {
        SimStream client = overNetwork();
        // The last word makes what has come whole, so that it can be cut right then.
        SimStream[] server = {client};
        lastArrived = () -> server[0].disconnect(new IOException("cut"));
        say(client);
        assertRule();
    }

    private Runnable lastArrived = () -> {};

    private SimStream overNetwork() {
        SimNetwork network = new SimNetwork(sim, 1);
        network.host("server").onAccept(stream -> {
            MessageStream noticing = new Noticing(stream, LAST_WORDS.getLast(), () -> lastArrived.run());
            WebPeer.over(sim.loop(), noticing, new LocalCap(sim.loop(), work));
        });
        SimStream client = network.host("client").connect("server");
        client.start(listener);
        return client;
    }

    /** Runs an action as soon as a certain message has been delivered. */
    private record Noticing(MessageStream stream, String message, Runnable action) implements MessageStream {
        @Override
        public void start(Receiver receiver) {
            stream.start(new Receiver() {
                @Override
                public void received(byte[] array, int offset, int length, boolean lent) {
                    receiver.received(array, offset, length, lent);
                    if (message.equals(new String(array, offset, length, StandardCharsets.UTF_8))) {
                        action.run();
                    }
                }

                @Override
                public void ended() {
                    receiver.ended();
                }

                @Override
                public void failed(Throwable cause) {
                    receiver.failed(cause);
                }
            });
        }

        @Override
        public void pause() {
            stream.pause();
        }

        @Override
        public void resume() {
            stream.resume();
        }

        @Override
        public void send(ByteBuffer... pieces) {
            stream.send(pieces);
        }

        @Override
        public long queuedBytes() {
            return stream.queuedBytes();
        }

        @Override
        public Promise<Void> drained() {
            return stream.drained();
        }

        @Override
        public void end() {
            stream.end();
        }

        @Override
        public void abort(Throwable cause) {
            stream.abort(cause);
        }
    }

    @Test
    void over_a_websocket_with_a_close_frame() {
        scene.serving(visitor -> Promise.of(new LocalCap(sim.loop(), work)));
        WebScene.Raw raw = scene.new Raw();
        LAST_WORDS.forEach(raw::say);
        raw.socket.close(1000, "");
        assertRule();
        assertEquals(0, scene.server.open());
        assertEquals(1, raw.heard.size(), raw.heard::toString);
    }

    @Test
    void over_a_websocket_whose_connection_is_half_closed() {
        scene.serving(visitor -> Promise.of(new LocalCap(sim.loop(), work)));
        ByteStream connection = scene.connection();
        connection.start(new ByteStream.Receiver() {
            @Override
            public void received(byte[] array, int offset, int length) {
                heard.add(new String(array, offset, length, StandardCharsets.UTF_8));
            }

            @Override
            public void ended() {
                heard.add("ended");
            }

            @Override
            public void failed(Throwable cause) {
                heard.add("failed: " + cause.getMessage());
            }
        });
        byte[] bytes = upgradeAndLastWords();
        connection.write(bytes, 0, bytes.length);
        connection.end();
        assertRule();
        assertEquals(0, scene.server.open());
    }

    /** A request for a WebSocket, and each message in a frame of its own. */
    private static byte[] upgradeAndLastWords() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        String request = String.join(
                "\r\n",
                "GET /rpc HTTP/1.1",
                "Host: server",
                "Upgrade: websocket",
                "Connection: Upgrade",
                "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
                "Sec-WebSocket-Version: 13",
                "",
                "");
        bytes.writeBytes(request.getBytes(StandardCharsets.US_ASCII));
        for (String line : LAST_WORDS) {
            bytes.writeBytes(new byte[] {(byte) 0x81, (byte) (0x80 | line.length()), 0, 0, 0, 0});
            bytes.writeBytes(line.getBytes(StandardCharsets.US_ASCII));
        }
        return bytes.toByteArray();
    }

    @Test
    void in_a_batch_all_that_was_pulled_is_told() {
        scene.serving(visitor -> Promise.of(new LocalCap(sim.loop(), work)));
        Promise<List<String>> answer = scene.http
                .post(
                        WebScene.BATCH,
                        Headers.of(),
                        String.join("\n", LAST_WORDS).getBytes(StandardCharsets.UTF_8))
                .map(response -> WebScene.text(response).lines().sorted().toList());
        scene.loop.timer().after(Duration.ofSeconds(1)).listen(scene.loop, (rung, failure) -> {
            work.slow.complete(new Scripted.Answered("late"));
            work.events.add("time");
        });
        List<String> told = sim.await(answer);
        // What never ends is answered when the time for a batch is over.
        assertEquals(Limits.Transport.DEFAULT.batchTime(), sim.now());
        assertEquals(
                List.of(
                        "[\"release\",-1,1]",
                        "[\"release\",-2,1]",
                        "[\"resolve\",1,\"hit\"]",
                        "[\"resolve\",2,\"late\"]"),
                told.stream().filter(line -> !line.startsWith("[\"reject\"")).toList());
        assertEquals(
                2, told.stream().filter(line -> line.startsWith("[\"reject\"")).count(), told::toString);
        sim.advance(Duration.ofSeconds(100));
        assertTrue(work.events.containsAll(
                List.of("hit what was made", "stoppable is stopped", "what was made is released", "main is released")));
        assertEquals(0, scene.server.open());
    }

    // ---- real sockets

    @Test
    void over_a_socket_that_is_half_closed() throws Exception {
        NetLoop net = NetLoop.onThisThread(Transport.AUTO);
        Work real = new Work(net.loop());
        WebServer server = new WebServer(
                net.loop(), visitor -> Promise.of(new LocalCap(net.loop(), real)), Options.DEFAULT, WebScene.ACCESS);
        HttpServer http = net.loop()
                .await(HttpServer.listen(
                        net.loop(),
                        net.network(),
                        new Address.Tcp("127.0.0.1", 0),
                        server.routes("/rpc"),
                        Http.DEFAULT));
        try (Socket socket = new Socket(InetAddress.ofLiteral("127.0.0.1"), ((Address.Tcp) http.address()).port())) {
            OutputStream out = socket.getOutputStream();
            out.write(upgradeAndLastWords());
            socket.shutdownOutput();
            until(net, () -> real.events.size() == 8);
            real.assertBegunAndOnlyWhatAllowsItIsStopped();
            real.slow.complete(new Scripted.Answered("late"));
            until(net, () -> real.events.size() == 10);
            real.assertEnded();
            until(net, () -> server.open() == 0);
        }
        http.close();
        net.close();
    }

    private static void until(NetLoop net, BooleanSupplier condition) {
        long start = net.loop().timer().nanoTime();
        while (!condition.getAsBoolean()) {
            net.loop().await(net.loop().timer().after(Duration.ofMillis(1)));
            if (net.loop().timer().nanoTime() - start > 60_000_000_000L) {
                throw new AssertionError("waited a minute in vain");
            }
        }
    }

    @Test
    void over_a_stream_of_webtransport_that_is_ended() {
        Work[] real = new Work[1];
        OverWebTransport[] made = new OverWebTransport[1];
        OverWebTransport transports = new OverWebTransport(
                visitor -> {
                    real[0] = new Work(Objects.requireNonNull(made[0]).loop());
                    return Promise.of((Cap) new LocalCap(made[0].loop(), real[0]));
                },
                Options.DEFAULT,
                Access.SAME_HOST,
                WebTransport.DEFAULT);
        made[0] = transports;
        MessageStream stream = transports
                .loop()
                .await(WebTransportClient.connect(
                        transports.net, transports.url("/rpc"), transports.trust(), Headers.of(), WebTransport.DEFAULT))
                .messages();
        stream.start(listener);
        say(stream);
        stream.end();
        transports.until(() -> real[0] != null && real[0].events.size() == 8);
        real[0].assertBegunAndOnlyWhatAllowsItIsStopped();
        real[0].slow.complete(new Scripted.Answered("late"));
        transports.until(() -> real[0].events.size() == 10);
        real[0].assertEnded();
        transports.until(() -> transports.server.open() == 0);
        stream.abort(new IOException("enough"));
        transports.close();
    }
}
