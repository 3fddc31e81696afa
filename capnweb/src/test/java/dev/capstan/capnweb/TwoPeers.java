package dev.capstan.capnweb;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.capstan.async.Loop;
import dev.capstan.async.Promise;
import dev.capstan.async.SimLoop;
import dev.capstan.cap.Answer;
import dev.capstan.cap.Cap;
import dev.capstan.cap.Failure;
import dev.capstan.cap.Hints;
import dev.capstan.cap.Method;
import dev.capstan.cap.Path;
import dev.capstan.cap.Payload;
import dev.capstan.cap.Request;
import dev.capstan.testkit.SimNetwork;
import dev.capstan.testkit.SimStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Two sessions joined by a simulated network, with the lines that go over it. {@link #close} asserts that neither keeps anything. */
final class TwoPeers implements AutoCloseable {
    final SimLoop sim;
    final List<String> fromClient = new ArrayList<>();
    final List<String> fromServer = new ArrayList<>();
    /** What the objects of {@link #counted} have heard. */
    final List<String> released = new ArrayList<>();

    final Scripted main;
    final Scripted clientMain;
    final Cap api;
    private final List<WebPeer> peers = new ArrayList<>();
    private final SimStream wire;
    private boolean over;

    TwoPeers() {
        this(new SimLoop(), Limits.DEFAULT, Limits.DEFAULT);
    }

    TwoPeers(SimLoop sim, Limits client, Limits server) {
        this(sim, Options.DEFAULT.withLimits(client), Options.DEFAULT.withLimits(server));
    }

    TwoPeers(SimLoop sim, Options client, Options server) {
        this.sim = sim;
        main = new Scripted(sim.loop());
        clientMain = new Scripted(sim.loop());
        SimNetwork network = new SimNetwork(sim, 1);
        network.host("server").onAccept(stream -> {
            peers.add(WebPeer.over(sim.loop(), stream, main.cap(), server));
        });
        network.host("server").onSend(line -> fromServer.add(new String(line, StandardCharsets.UTF_8)));
        network.host("client").onSend(line -> fromClient.add(new String(line, StandardCharsets.UTF_8)));
        wire = network.host("client").connect("server");
        WebPeer peer = WebPeer.over(sim.loop(), wire, clientMain.cap(), client);
        sim.poll();
        peers.add(peer);
        api = peer.main();
    }

    Loop loop() {
        return sim.loop();
    }

    WebPeer client() {
        return peers.getLast();
    }

    WebPeer server() {
        return peers.getFirst();
    }

    /** An object whose release is noted. */
    Scripted counted(String name) {
        return new Scripted(loop()).onReleased(() -> released.add(name));
    }

    static Path.Names path(String dotted) {
        return dotted.isEmpty() ? Path.Names.NONE : Path.Names.of(dotted.split("\\."));
    }

    static Request request(Cap target, String path, @Nullable Object... arguments) {
        Request request = target.request(new Method.Member(path(path), false), WebFormat.INSTANCE, 0, Hints.NONE);
        WebPayload.of(request.params()).set(new ArrayList<>(Arrays.asList(arguments)));
        return request;
    }

    /** Sends a call, which owns the objects among its arguments. */
    static Answer call(Cap target, String path, @Nullable Object... arguments) {
        return request(target, path, arguments).send();
    }

    static Answer read(Cap target, String path) {
        return target.request(new Method.Member(path(path), true), WebFormat.INSTANCE, 0, Hints.NONE)
                .send();
    }

    /** The object that a call will return; its value is not asked for. */
    static Cap object(Answer answer) {
        Cap cap = answer.pipeline().cap(Path.Names.NONE);
        answer.close();
        return cap;
    }

    static Promise<Payload> results(Answer answer) {
        answer.pipeline().close();
        return answer.results();
    }

    @Nullable
    Object value(Answer answer) {
        return WebPayload.of(sim.await(results(answer))).take();
    }

    /** The error that a call fails with, as it would be told to a peer. */
    JsError error(Answer answer) {
        Failure failure = failure(answer);
        return (JsError) Objects.requireNonNull(Errors.value(failure));
    }

    Failure failure(Answer answer) {
        return assertThrows(Failure.class, () -> sim.await(results(answer)));
    }

    /** Lets everything happen that can without further doing. */
    void settle() {
        sim.poll();
        sim.advance(Duration.ofSeconds(1));
        sim.poll();
    }

    void cut() {
        wire.disconnect(new IOException("cut"));
        over = true;
    }

    void assertNothingLeft() {
        settle();
        for (WebPeer peer : peers) {
            assertEquals(over ? new WebPeer.Tables(0, 0, 0) : new WebPeer.Tables(0, 1, 1), peer.tables());
        }
    }

    @Override
    public void close() {
        if (!over) {
            assertNothingLeft();
        }
        api.close();
        peers.forEach(WebPeer::close);
        settle();
        over = true;
        assertNothingLeft();
    }
}
