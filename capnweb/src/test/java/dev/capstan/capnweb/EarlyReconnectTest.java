package dev.capstan.capnweb;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.capstan.async.Backoff;
import dev.capstan.async.Promise;
import dev.capstan.capnweb.connect.ClientSettings;
import dev.capstan.capnweb.connect.ConnectionState;
import dev.capstan.capnweb.connect.Connector;
import dev.capstan.capnweb.connect.Idempotent;
import dev.capstan.capnweb.connect.ReconnectingClient;
import dev.capstan.capnweb.resume.ResumableServer;
import dev.capstan.capnweb.resume.ResumeLimits;
import dev.capstan.capnweb.resume.TokenKeys;
import dev.capstan.net.Limits.WebTransport;
import dev.capstan.net.http.Headers;
import dev.capstan.net.webtransport.EarlyData;
import dev.capstan.net.webtransport.SessionTickets;
import dev.capstan.net.webtransport.WebTransportClient;
import dev.capstan.testkit.DatagramRelay;
import dev.capstan.testkit.LongRun;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A client that comes back says at once what may happen more than once, and nothing else: through UDP on loopback and a relay that holds back what the server says. */
@LongRun
class EarlyReconnectTest {
    private static final WebTransport ALERT = new WebTransport(
            100,
            100_000,
            16 << 10,
            1 << 20,
            16,
            Duration.ofSeconds(2),
            Duration.ofMillis(600),
            Duration.ofSeconds(30),
            Duration.ofMillis(200));

    private static final SecureRandom RANDOM = new SecureRandom();

    private final List<String> effects = new ArrayList<>();
    private final List<String> doors = new ArrayList<>();
    private final OverWebTransport scene = scene();
    private final DatagramRelay relay = new DatagramRelay(scene.address());
    private final WebClient web = scene.client(Options.DEFAULT);

    private OverWebTransport scene() {
        return new OverWebTransport(
                visitor -> {
                    doors.add(visitor.header("early-data").orElse("no"));
                    return Promise.of(WebTarget.empty()
                            .method("stock", args -> {
                                effects.add("stock " + args.getFirst());
                                return 3L;
                            })
                            .method("order", args -> {
                                effects.add("order " + args.getFirst());
                                return "ordered";
                            })
                            .on(this.scene.loop()));
                },
                Options.DEFAULT,
                Access.SAME_HOST,
                ALERT,
                (server, loop) -> server.resumable(
                        new ResumableServer(loop, TokenKeys.random(RANDOM), RANDOM, ResumeLimits.DEFAULT),
                        visitor -> ""),
                EarlyData.with(RANDOM));
    }

    @AfterEach
    void leavesNothingBehind() {
        scene.server.close();
        until(() -> scene.server.open() == 0 && scene.connections() == 0);
        relay.close();
        scene.close();
    }

    private void until(BooleanSupplier condition) {
        scene.until(() -> {
            relay.pump();
            return condition.getAsBoolean();
        });
    }

    private ReconnectingClient client() {
        URI address = URI.create("https://127.0.0.1:" + relay.port() + "/rpc");
        return new ReconnectingClient(
                scene.loop(),
                Connector.early(() -> web.openEarly(address)),
                ClientSettings.DEFAULT.withBackoff(
                        Backoff.DEFAULT.withDelays(Duration.ofMillis(1), Duration.ofMillis(20))),
                new Random(3));
    }

    /** Sends what was recorded, again and again until {@code to} answers: what comes for a connection that is just going is dropped. */
    private void replay(List<byte[]> recorded, OverWebTransport to) {
        int before = relay.fromServer();
        AtomicInteger looks = new AtomicInteger();
        until(() -> {
            if (looks.getAndIncrement() % 100 == 0) {
                relay.replay(recorded, to.address());
            }
            if (to != scene) {
                to.turns();
            }
            return relay.fromServer() > before;
        });
    }

    private static boolean isReady(ReconnectingClient client) {
        return client.state() instanceof ConnectionState.Ready;
    }

    private static List<Object> asked(Stub stub, String method, String argument) {
        List<Object> heard = new ArrayList<>();
        Stub call = stub.call(method, argument);
        call.value().attach(call).listen(stub.loop(), (value, failure) -> heard.add(failure == null ? value : failure));
        return heard;
    }

    @Test
    void only_marked_calls_reach_the_server_before_it_was_heard_and_a_repetition_has_no_effect() {
        try (ReconnectingClient client = client();
                Stub main = client.main();
                // A reference of its own: on one reference no call overtakes another.
                Stub own = client.main();
                Stub safe = Idempotent.repeating(own, 3, "stock")) {
            List<Object> first = asked(main, "order", "coffee");
            until(() -> !first.isEmpty());
            // The ticket comes behind the handshake.
            List<Object> second = asked(main, "order", "milk");
            until(() -> !second.isEmpty());
            assertEquals(List.of("no"), doors);
            effects.clear();

            // From here on: the client may connect again before anybody has seen that it is not connected.
            int said = relay.fromClients().size();
            relay.lose();
            relay.holdBack(true);
            int heard = relay.toClients();
            until(() -> !isReady(client));
            List<Object> order = asked(main, "order", "tea");
            List<Object> stock = asked(safe, "stock", "tea");
            until(() -> effects.contains("stock tea"));
            // Nothing of what the server has said was let through, and the other call has not come, although it was
            // made first.
            assertEquals(heard, relay.toClients());
            assertEquals(List.of("stock tea"), effects);
            assertEquals(List.of("no", "1"), doors);
            assertTrue(stock.isEmpty());
            List<byte[]> recorded =
                    relay.fromClients().subList(said, relay.fromClients().size());

            relay.holdBack(false);
            until(() -> !order.isEmpty() && !stock.isEmpty());
            assertEquals(List.of("ordered"), order);
            assertEquals(List.of(3L), stock);
            assertEquals(List.of("stock tea", "order tea"), effects);

            // Somebody who has recorded the beginning sends it again: while the session lasts, and after it.
            relay.replay(recorded, scene.address());
            List<Object> again = asked(main, "order", "sugar");
            until(() -> !again.isEmpty());
            Runnable end = client::close;
            end.run();
            until(() -> scene.connections() == 0);
            // The server answers the repetition as it does any connection, which may be over before anybody looks.
            replay(recorded, scene);
            until(() -> scene.connections() == 0);
            assertEquals(List.of("stock tea", "order tea", "order sugar"), effects);
            assertEquals(2, doors.size());

            // Another server, or this one started anew, has other keys.
            try (OverWebTransport other = scene()) {
                replay(recorded, other);
                until(() -> {
                    other.turns();
                    return other.connections() == 0;
                });
            }
            assertEquals(List.of("stock tea", "order tea", "order sugar"), effects);
            assertEquals(2, doors.size());
        }
    }

    @Test
    void a_session_that_wants_to_be_resumed_waits_until_it_is_confirmed() {
        SessionTickets tickets = SessionTickets.of(scene.trust());
        String path = "/rpc?" + ResumableServer.QUERY;
        say(tickets, path, "{\"new\":true}");
        until(() -> !answers.isEmpty());
        answers.clear();
        until(() -> scene.connections() == 0);
        relay.holdBack(true);
        int before = relay.fromServer();
        say(tickets, path, "{\"new\":true}");
        until(() -> relay.fromServer() > before + 2);
        scene.turns();
        assertEquals(1, doors.size());
        relay.holdBack(false);
        until(() -> !answers.isEmpty());
        assertTrue(answers.getFirst().startsWith("{\"token\":"), answers.getFirst());
    }

    private final List<String> answers = new ArrayList<>();

    private void say(SessionTickets tickets, String path, String line) {
        WebTransportClient.connectEarly(
                        scene.net,
                        URI.create("https://127.0.0.1:" + relay.port() + path),
                        tickets,
                        Headers.of(),
                        WebTransport.DEFAULT)
                .listen(scene.loop(), (session, failure) -> {
                    if (session == null) {
                        answers.add(String.valueOf(failure));
                        return;
                    }
                    var stream = session.messages();
                    stream.start(new dev.capstan.async.MessageStream.Receiver() {
                        @Override
                        public void received(byte[] array, int offset, int length, boolean lent) {
                            answers.add(new String(array, offset, length, StandardCharsets.UTF_8));
                            stream.abort(new java.io.IOException("enough"));
                        }

                        @Override
                        public void ended() {}

                        @Override
                        public void failed(Throwable cause) {}
                    });
                    stream.send(ByteBuffer.wrap(line.getBytes(StandardCharsets.UTF_8)));
                });
    }
}
