package dev.capstan.capnweb.resume;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.capstan.async.Backoff;
import dev.capstan.async.Loop;
import dev.capstan.async.MessageStream;
import dev.capstan.async.Promise;
import dev.capstan.async.SimLoop;
import dev.capstan.cap.Cap;
import dev.capstan.capnweb.WebPeer;
import dev.capstan.testkit.SimNetwork;
import dev.capstan.testkit.SimStream;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A server, clients and connections between them that can be cut, on one simulated loop. */
final class ResumeScene {
    static final Backoff BACKOFF = Backoff.DEFAULT;

    /** Who notices that a connection is cut. */
    enum Notice {
        BOTH,
        CLIENT,
        SERVER
    }

    final SimLoop sim = new SimLoop();
    final Loop loop = sim.loop();
    final SimNetwork network;
    final ResumeLimits limits;
    final ResumableServer server;
    final List<WebPeer> serverPeers = new ArrayList<>();
    final List<String> fromClient = new ArrayList<>();
    final List<String> fromServer = new ArrayList<>();
    private final List<Wire> serverEnds = new ArrayList<>();
    private final List<Wire> clientEnds = new ArrayList<>();
    private final List<SimStream> streams = new ArrayList<>();
    private final Random random;

    /** What the server offers; a new object for each session. */
    Supplier<Cap> main = () -> {
        throw new AssertionError("the test offers nothing");
    };

    /** What the server knows of who connects. */
    String principal = "";

    /** Whether the network lets anybody through. */
    boolean reachable = true;

    Runnable onArrivalAtServer = () -> {};
    Runnable onArrivalAtClient = () -> {};

    ResumeScene(long seed, ResumeLimits limits) {
        this.limits = limits;
        random = new Random(seed);
        network = new SimNetwork(sim, seed);
        server = new ResumableServer(loop, TokenKeys.random(random), random, limits);
        network.host("server").onAccept(stream -> {
            Wire wire = new Wire(stream, line -> {
                fromClient.add(line);
                onArrivalAtServer.run();
            });
            serverEnds.add(wire);
            server.accept(wire, principal, this::opened);
        });
    }

    private void opened(MessageStream session) {
        serverPeers.add(WebPeer.over(loop, session, main.get()));
    }

    Promise<MessageStream> dial() {
        return reachable ? Promise.of(wire()) : Promise.failed(new IOException("nobody listens"));
    }

    /** A connection to the server, without anything said on it. */
    Wire wire() {
        SimStream stream = network.host("client").connectAnew("server");
        streams.add(stream);
        Wire wire = new Wire(stream, line -> {
            fromServer.add(line);
            onArrivalAtClient.run();
        });
        clientEnds.add(wire);
        return wire;
    }

    MessageStream stream() {
        return ResumableClient.open(loop, this::dial, new Reconnection(BACKOFF, random, limits));
    }

    WebPeer client(@Nullable Cap own) {
        return WebPeer.over(loop, stream(), own);
    }

    /** Connections there were. */
    int connections() {
        return streams.size();
    }

    /** The newest connection is gone, and what is on its way. */
    void cut(Notice who) {
        serverEnds.getLast().deaf |= who == Notice.CLIENT;
        clientEnds.getLast().deaf |= who == Notice.SERVER;
        streams.getLast().disconnect(new IOException("cut"));
    }

    /** All connections are gone, and both sides notice. */
    void cutAll() {
        streams.forEach(stream -> stream.disconnect(new IOException("cut")));
    }

    void settle() {
        sim.poll();
        sim.advance(Duration.ofSeconds(1));
        sim.poll();
    }

    /** The last token that a client was given. */
    String token() {
        return last(line -> line.startsWith("{\"token\":\"") ? line.substring(10, line.indexOf('"', 10)) : null);
    }

    private String last(Function<String, @Nullable String> pick) {
        for (String line : fromServer.reversed()) {
            String picked = pick.apply(line);
            if (picked != null) {
                return picked;
            }
        }
        throw new AssertionError("not among " + fromServer);
    }

    /** Ends everything and asserts that nothing is left. */
    void close() {
        reachable = false;
        server.close();
        sim.poll();
        sim.advance(Duration.ofMinutes(10));
        assertEquals(0, server.sessions());
        assertEquals(0, server.suspended());
        assertEquals(0, server.keptBytes());
        assertEquals(0, loop.timer().pending());
        for (WebPeer peer : serverPeers) {
            assertEquals(new WebPeer.Tables(0, 0, 0), peer.tables());
        }
    }
}
