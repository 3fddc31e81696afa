package dev.capstan.net.http;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.capstan.async.BytePipe;
import dev.capstan.async.Completer;
import dev.capstan.async.Promise;
import dev.capstan.async.SimLoop;
import dev.capstan.net.Limits;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** A server with small limits in simulated time, and clients of HTTP/2 before it. */
final class Http2Scene {
    static final Limits.Http LIMITS = new Limits.Http(
            3,
            1000,
            1000,
            1000,
            10_000,
            Duration.ofSeconds(10),
            Duration.ofSeconds(30),
            Duration.ofSeconds(60),
            Duration.ofSeconds(60),
            Duration.ofSeconds(5));
    static final Limits.Http2 LIMITS_2 =
            new Limits.Http2(10, 2000, 65_535, 20, 50, 4, Duration.ofSeconds(30), Limits.Life.DEFAULT);

    /** What the receiver of an exchange was told. */
    static final class Told implements Exchange.Receiver {
        final Exchange exchange;
        final ByteArrayOutputStream body = new ByteArrayOutputStream();
        int ends;
        int readies;
        final List<IOException> failures = new ArrayList<>();

        Told(Exchange exchange) {
            this.exchange = exchange;
        }

        @Override
        public void received(byte[] array, int offset, int length) {
            assertEquals(0, ends + failures.size());
            body.write(array, offset, length);
        }

        @Override
        public void ended() {
            assertEquals(0, failures.size());
            ends++;
        }

        @Override
        public void failed(IOException cause) {
            failures.add(cause);
        }

        @Override
        public void ready() {
            readies++;
        }

        String text() {
            return body.toString(StandardCharsets.UTF_8);
        }
    }

    final SimLoop sim = new SimLoop();
    final List<HttpRequest> requests = new ArrayList<>();
    final List<Told> exchanges = new ArrayList<>();
    final List<WebSocket> sockets = new ArrayList<>();
    final List<Messages> messages = new ArrayList<>();
    int canceled;
    int brokenReceivers;
    int begun;
    int mostAlive;
    Promise<HttpResponse> slow = Promise.of(HttpResponse.text(200, "slow"));
    final HttpServer server;

    Http2Scene() {
        this(LIMITS_2);
    }

    Http2Scene(Limits.Http2 limits) {
        server = new HttpServer(sim.loop(), routes(), LIMITS, limits);
    }

    private HttpRoutes routes() {
        return HttpRoutes.none()
                .on("POST", "/echo", request -> {
                    requests.add(request);
                    return Promise.of(new HttpResponse(200, Headers.of(), request.body()));
                })
                .on("GET", "/page", request -> {
                    requests.add(request);
                    return Promise.of(HttpResponse.text(200, "page"));
                })
                .on("GET", "/slow", request -> slow)
                .on("GET", "/held", request -> {
                    begun++;
                    mostAlive = Math.max(mostAlive, begun - canceled);
                    return held();
                })
                .on("GET", "/throws", request -> {
                    throw new IOException("secret");
                })
                .on("GET", "/much", request -> Promise.of(new HttpResponse(200, Headers.of(), new byte[200_000])))
                .exchange("POST", "/stream", request -> true, exchange -> {
                    Told told = new Told(exchange);
                    exchanges.add(told);
                    exchange.start(told);
                })
                .exchange("POST", "/unfit", request -> true, exchange -> {
                    throw new IllegalStateException("secret");
                })
                .exchange(
                        "POST",
                        "/bad-route",
                        request -> {
                            throw new IllegalStateException("secret");
                        },
                        exchange -> {})
                .exchange(
                        "POST",
                        "/bad-receiver",
                        request -> true,
                        exchange -> exchange.start(new Exchange.Receiver() {
                            @Override
                            public void received(byte[] array, int offset, int length) {
                                throw new IllegalStateException("secret");
                            }

                            @Override
                            public void ended() {}

                            @Override
                            public void failed(IOException cause) {
                                brokenReceivers++;
                            }
                        }))
                .webSocket(
                        "/socket",
                        (request, socket) -> {
                            Messages heard = new Messages();
                            messages.add(heard);
                            sockets.add(socket);
                            socket.start(heard);
                        },
                        "chat",
                        "chess");
    }

    private Promise<HttpResponse> held() {
        Completer<HttpResponse> never = new Completer<>(sim.loop());
        never.onCancel(() -> canceled++);
        return never.promise();
    }

    /** A connection of whose client nothing has come yet. */
    RawHttp2 silent() {
        BytePipe pipe = new BytePipe(sim.loop());
        RawHttp2 client = new RawHttp2(pipe.left());
        server.accept(pipe.right());
        sim.poll();
        return client;
    }

    /** A connection whose client has said hello with these settings. */
    RawHttp2 connect(int... settings) {
        RawHttp2 client = silent();
        client.hello(settings);
        client.frame(RawHttp2.SETTINGS, RawHttp2.ACK, 0, new byte[0]);
        sim.poll();
        return client;
    }

    Told last() {
        return exchanges.getLast();
    }

    void write(Told to, int length) {
        to.exchange.write(new byte[length], 0, length);
        sim.poll();
    }

    /** What was served costs nothing any more, however it went. */
    void leavesNothingBehind() {
        sockets.forEach(socket -> socket.abort(new IOException("the test is over")));
        exchanges.forEach(each -> each.exchange.abort(Exchange.Reset.CANCEL));
        server.close();
        sim.poll();
        sim.advance(Duration.ofMinutes(10));
        assertEquals(0, server.open());
        assertEquals(0, sim.loop().timer().pending());
        exchanges.forEach(each -> assertEquals(true, each.failures.size() <= 1));
    }
}
