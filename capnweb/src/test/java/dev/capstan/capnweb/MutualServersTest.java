package dev.capstan.capnweb;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.capstan.async.Address;
import dev.capstan.async.BytePipe;
import dev.capstan.async.ByteStream;
import dev.capstan.async.Network;
import dev.capstan.async.Promise;
import dev.capstan.async.SimLoop;
import dev.capstan.net.Limits.Http;
import dev.capstan.net.http.HttpClient;
import dev.capstan.net.http.HttpServer;
import dev.capstan.testkit.Parity;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Processes that are servers and clients of each other. */
final class MutualServersTest {
    private final SimLoop sim = new SimLoop();
    private final Map<String, HttpServer> network = new TreeMap<>();
    private final List<WebServer> servers = new ArrayList<>();
    private final HttpClient http = new HttpClient(sim.loop(), new Pipes(), new Random(1), Http.DEFAULT);

    private final class Pipes implements Network {
        @Override
        public Promise<ByteStream> connect(Address address) {
            BytePipe pipe = new BytePipe(sim.loop());
            Objects.requireNonNull(network.get(address.toString())).accept(pipe.right());
            return Promise.of(pipe.left());
        }

        @Override
        public Promise<Listener> listen(Address address, Consumer<ByteStream> onAccept) {
            throw new UnsupportedOperationException();
        }
    }

    /** A process called {@code name}, which greets, and asks another to greet when it is asked to. */
    private void process(String name, String other, String scheme) {
        WebTarget main = WebTarget.empty()
                .method("greet", args -> "Hello from " + name)
                .method("ask", args -> {
                    WebPeer peer = connect(scheme, other);
                    Stub call;
                    try (Stub theirs = Stub.of(sim.loop(), peer.main())) {
                        call = theirs.call("greet");
                    }
                    return call.value().map(text -> other + " says: " + text).attach(() -> {
                        call.close();
                        peer.close();
                    });
                });
        WebServer server = new WebServer(
                sim.loop(),
                visitor -> Promise.of(main.on(sim.loop())),
                Options.DEFAULT,
                Access.SAME_HOST.withHosts(name));
        servers.add(server);
        network.put(name + ":80", new HttpServer(sim.loop(), server.routes("/rpc"), Http.DEFAULT));
    }

    private WebPeer connect(String scheme, String name) {
        WebClient client = new WebClient(sim.loop(), http);
        URI address = URI.create(scheme + "://" + name + "/rpc");
        return scheme.equals("ws") ? client.connect(address) : client.batch(address);
    }

    private Promise<Object> call(String scheme, String name, String method, @Nullable Object... args) {
        WebPeer peer = connect(scheme, name);
        try (Stub main = Stub.of(sim.loop(), peer.main());
                Stub call = main.call(method, args)) {
            return call.value().attach(peer);
        }
    }

    @AfterEach
    void leavesNothing() {
        sim.poll();
        servers.forEach(server -> assertEquals(0, server.open()));
        servers.forEach(WebServer::close);
        sim.advance(Duration.ofSeconds(60));
        assertEquals(0, sim.loop().timer().pending());
    }

    @ParameterizedTest
    @ValueSource(strings = {"http", "ws"})
    @Parity("PY-001")
    void two_servers_call_each_other(String scheme) {
        process("alice", "bob", scheme);
        process("bob", "alice", scheme);
        for (int round = 0; round < 2; round++) {
            assertEquals("Hello from bob", sim.await(call(scheme, "bob", "greet")));
            assertEquals("Hello from alice", sim.await(call(scheme, "alice", "greet")));
            assertEquals("bob says: Hello from bob", sim.await(call(scheme, "alice", "ask")));
            assertEquals("alice says: Hello from alice", sim.await(call(scheme, "bob", "ask")));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"http", "ws"})
    @Parity("PY-002")
    void calls_in_both_directions_at_a_time_do_not_wait_for_each_other(String scheme) {
        process("alice", "bob", scheme);
        process("bob", "alice", scheme);
        List<Promise<Object>> calls = IntStream.range(0, 20)
                .mapToObj(i -> call(scheme, i % 2 == 0 ? "alice" : "bob", "ask"))
                .toList();
        assertEquals(
                IntStream.range(0, 20)
                        .mapToObj(i ->
                                (Object) (i % 2 == 0 ? "bob says: Hello from bob" : "alice says: Hello from alice"))
                        .toList(),
                sim.await(Promise.all(calls)));
    }
}
