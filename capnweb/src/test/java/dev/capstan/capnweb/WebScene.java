package dev.capstan.capnweb;

import dev.capstan.async.Address;
import dev.capstan.async.BytePipe;
import dev.capstan.async.ByteStream;
import dev.capstan.async.Loop;
import dev.capstan.async.MessageStream;
import dev.capstan.async.Network;
import dev.capstan.async.Promise;
import dev.capstan.async.SimLoop;
import dev.capstan.cap.Answer;
import dev.capstan.cap.Cap;
import dev.capstan.cap.Hints;
import dev.capstan.cap.Method;
import dev.capstan.cap.Path;
import dev.capstan.cap.Request;
import dev.capstan.net.Limits.Http;
import dev.capstan.net.http.Headers;
import dev.capstan.net.http.HttpClient;
import dev.capstan.net.http.HttpResponse;
import dev.capstan.net.http.HttpServer;
import dev.capstan.net.http.WebSocket;
import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A server and clients on one simulated loop, without sockets. */
final class WebScene {
    static final URI SOCKET = URI.create("ws://server/rpc");
    static final Access ACCESS = Access.SAME_HOST.withHosts("server");
    static final URI BATCH = URI.create("http://server/rpc");

    final SimLoop sim = new SimLoop();
    final Loop loop = sim.loop();
    final HttpClient http = new HttpClient(loop, new Pipes(), new Random(1), Http.DEFAULT);
    /** Bytes of the connections that the server has accepted, one entry for each write. */
    final List<Integer> writesOfServer = new ArrayList<>();

    final Limits limits;
    WebServer server;
    private HttpServer httpServer;

    /** A server that offers what the transcripts were recorded with. */
    WebScene() {
        this(Limits.DEFAULT);
    }

    WebScene(Limits limits) {
        this.limits = limits;
        WebServer.Door door = visitor -> Promise.of(new GoldenApi(loop).main().cap());
        server = new WebServer(loop, door, Options.DEFAULT.withLimits(limits), ACCESS);
        httpServer = new HttpServer(loop, server.routes("/rpc"), Http.DEFAULT);
    }

    /** Another server in its place. */
    WebScene serving(WebServer.Door door, String... origins) {
        return serving(door, ACCESS.withOrigins(origins));
    }

    WebScene serving(WebServer.Door door, Access access) {
        return serving(new WebServer(loop, door, Options.DEFAULT.withLimits(limits), access));
    }

    WebScene serving(WebServer other) {
        server = other;
        httpServer = new HttpServer(loop, server.routes("/rpc"), Http.DEFAULT);
        return this;
    }

    WebClient client() {
        return new WebClient(loop, http, Options.DEFAULT.withLimits(limits));
    }

    private final class Pipes implements Network {
        @Override
        public Promise<ByteStream> connect(Address address) {
            if (address.toString().startsWith("nobody")) {
                return Promise.failed(new IOException("nobody listens"));
            }
            BytePipe pipe = new BytePipe(loop);
            httpServer.accept(new Counted(pipe.right()));
            return Promise.of(pipe.left());
        }

        @Override
        public Promise<Listener> listen(Address address, Consumer<ByteStream> onAccept) {
            throw new UnsupportedOperationException();
        }
    }

    /** Counts the turns in which something is written. */
    private final class Counted implements ByteStream {
        private final ByteStream stream;
        private boolean dirty;
        private int bytes;

        Counted(ByteStream stream) {
            this.stream = stream;
        }

        @Override
        public void write(byte[] array, int offset, int length) {
            bytes += length;
            if (!dirty) {
                dirty = true;
                loop.atTurnEnd(() -> {
                    dirty = false;
                    writesOfServer.add(bytes);
                    bytes = 0;
                });
            }
            stream.write(array, offset, length);
        }

        @Override
        public void start(Receiver receiver) {
            stream.start(receiver);
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

    /** A connection to the server, as bytes. */
    ByteStream connection() {
        BytePipe pipe = new BytePipe(loop);
        httpServer.accept(pipe.right());
        return pipe.left();
    }

    // ---- calls

    /** Calls a method, or the object itself if {@code name} is empty. Borrows {@code cap}; arguments are given away. */
    static Answer send(Cap cap, String name, @Nullable Object... arguments) {
        Path.Names path = name.isEmpty() ? Path.Names.NONE : Path.Names.of(name.split("\\.", -1));
        Request request = cap.request(new Method.Member(path, false), WebFormat.INSTANCE, 0, Hints.NONE);
        List<@Nullable Object> list = new ArrayList<>();
        for (Object argument : arguments) {
            list.add(argument);
        }
        WebPayload.of(request.params()).set(list);
        return request.send();
    }

    /** The result of an answer, as text, since a promise has no null. Closes the answer. */
    static Promise<String> result(Answer answer) {
        answer.pipeline().close();
        return answer.results().convert(payload -> {
            try (payload) {
                return String.valueOf(WebPayload.of(payload).value());
            }
        });
    }

    static Promise<String> call(Cap cap, String name, @Nullable Object... arguments) {
        return result(send(cap, name, arguments));
    }

    /** What a call fails with. */
    String failure(Promise<String> call) {
        return sim.await(call.map(value -> "no failure but " + value)
                .recover(cause -> Promise.of(String.valueOf(cause.getMessage()))));
    }

    // ---- without a session

    HttpResponse post(String body, String... headers) {
        return sim.await(http.post(BATCH, Headers.of(headers), body.getBytes(StandardCharsets.UTF_8)));
    }

    static String text(HttpResponse response) {
        return new String(response.body(), StandardCharsets.UTF_8);
    }

    /** A client that says what a test wants. */
    final class Raw implements MessageStream.Receiver {
        final WebSocket socket;
        final List<String> heard = new ArrayList<>();

        Raw(String... headers) {
            socket = sim.await(http.webSocket(SOCKET, Headers.of(headers)));
            socket.start(this);
            sim.poll();
        }

        void say(String line) {
            socket.send(ByteBuffer.wrap(line.getBytes(StandardCharsets.UTF_8)));
        }

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
    }
}
