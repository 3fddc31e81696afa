package dev.capstan.capnweb.connect;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.capstan.async.Backoff;
import dev.capstan.async.Completer;
import dev.capstan.async.Loop;
import dev.capstan.async.Promise;
import dev.capstan.async.SimLoop;
import dev.capstan.cap.Failure;
import dev.capstan.capnweb.Stub;
import dev.capstan.capnweb.WebPeer;
import dev.capstan.capnweb.WebTarget;
import dev.capstan.testkit.SimNetwork;
import dev.capstan.testkit.SimStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A server that counts what happens to it, and what clients need to connect to it on a simulated network that can be cut. */
final class Scene {
    final SimLoop sim = new SimLoop();
    final Loop loop = sim.loop();
    final SimNetwork network;
    /** How often each effect has happened. */
    final Map<String, Integer> effects = new LinkedHashMap<>();

    final List<String> fromClient = new ArrayList<>();
    /** When each attempt at a connection was made, in milliseconds. */
    final List<Long> attempts = new ArrayList<>();

    final List<WebPeer> clients = new ArrayList<>();
    final List<WebPeer> servers = new ArrayList<>();
    final List<SimStream> wires = new ArrayList<>();
    /** Calls of {@code later} that wait for an answer, oldest first. */
    final List<Completer<Object>> unanswered = new ArrayList<>();

    final List<String> log = new ArrayList<>();
    boolean reachable = true;
    boolean letsIn = true;
    private final WebTarget users =
            WebTarget.empty().method("find", args -> "user " + args.getFirst()).property("count", () -> 3L);

    /** Exact delays: 100 ms, 200 ms, 400 ms, up to 2 s; a connection lasts after 5 s. */
    static final Backoff BACKOFF = Backoff.DEFAULT
            .withJitter(0)
            .withDelays(Duration.ofMillis(100), Duration.ofSeconds(2))
            .withSteady(Duration.ofSeconds(5));

    static final ClientSettings SETTINGS = ClientSettings.DEFAULT.withBackoff(BACKOFF);

    Scene() {
        this(1);
    }

    Scene(long seed) {
        network = new SimNetwork(sim, seed);
        network.host("client").onSend(line -> fromClient.add(new String(line, StandardCharsets.UTF_8)));
        network.host("server").onAccept(stream -> servers.add(WebPeer.over(loop, stream, main().on(loop))));
    }

    private WebTarget main() {
        return WebTarget.empty()
                .method("echo", List::getFirst)
                .method("effect", args -> effects.merge((String) args.getFirst(), 1, Integer::sum))
                .method("later", args -> {
                    effects.merge((String) args.getFirst(), 1, Integer::sum);
                    Completer<Object> answer = new Completer<>(loop);
                    unanswered.add(answer);
                    return answer.promise();
                })
                .method("fail", args -> {
                    throw Failure.failed("as asked");
                })
                .method("authenticate", args -> {
                    log.add("authenticate " + args.getFirst());
                    if (!letsIn) {
                        throw Failure.failed("not you");
                    }
                    return session((String) args.getFirst());
                })
                .method("isSession", args -> Objects.toString(args.getFirst()))
                .method("list", args -> List.of(1L, 2L, 3L))
                .method("callMe", args -> ((Stub) Objects.requireNonNull(args.getFirst())).apply(args.get(1)))
                .property("users", () -> users);
    }

    private WebTarget session(String name) {
        return WebTarget.empty()
                .method("whoami", args -> name)
                .method("effect", args -> effects.merge((String) args.getFirst(), 1, Integer::sum));
    }

    /** A new connection over the network, if the server can be reached. */
    Promise<WebPeer> connect() {
        attempts.add(sim.now().toMillis());
        if (!reachable) {
            return Promise.failed(new IOException("nobody listens"));
        }
        SimStream wire = network.host("client").connectAnew("server");
        wires.add(wire);
        WebPeer peer = WebPeer.over(loop, wire, null);
        clients.add(peer);
        return Promise.of(peer);
    }

    /** The network loses the latest connection. */
    void cut() {
        wires.getLast().disconnect(new IOException("cut"));
    }

    Object await(Stub result) {
        try (result) {
            return sim.await(result.value());
        }
    }

    Failure failure(Promise<?> promise) {
        return assertInstanceOf(Failure.class, assertThrows(RuntimeException.class, () -> sim.await(promise)));
    }

    /** The promise of a result, which is asked for now. */
    static Promise<Object> value(Stub result) {
        try (result) {
            return result.value();
        }
    }

    /** Reads all text that was sent since. */
    List<String> sentSince(int lines) {
        return List.copyOf(fromClient.subList(lines, fromClient.size()));
    }

    /** After all clients were closed: no session, no stream, no timer is left. */
    void assertNothingIsLeft() {
        sim.poll();
        for (WebPeer peer : clients) {
            assertEquals(new WebPeer.Tables(0, 0, 0), peer.tables());
        }
        for (WebPeer peer : servers) {
            assertEquals(new WebPeer.Tables(0, 0, 0), peer.tables());
        }
        assertEquals(List.of(), network.openStreams());
        assertEquals(0, loop.timer().pending());
    }

    /** Between calls, with one connection that holds its main object alone. */
    void assertIdle() {
        sim.poll();
        assertEquals(1, clients.stream().filter(Scene::isUp).count());
        assertEquals(new WebPeer.Tables(0, 1, 0), up().tables());
        assertEquals(new WebPeer.Tables(0, 1, 1), servers.getLast().tables());
    }

    WebPeer up() {
        return clients.stream().filter(Scene::isUp).findFirst().orElseThrow();
    }

    private static boolean isUp(WebPeer peer) {
        return peer.tables().imports() > 0;
    }

    static String text(@Nullable Object value) {
        return String.valueOf(value);
    }
}
