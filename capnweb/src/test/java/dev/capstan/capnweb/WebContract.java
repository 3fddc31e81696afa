package dev.capstan.capnweb;

import dev.capstan.async.Loop;
import dev.capstan.async.Promise;
import dev.capstan.async.SimLoop;
import dev.capstan.cap.Answer;
import dev.capstan.cap.Cap;
import dev.capstan.cap.Context;
import dev.capstan.cap.Format;
import dev.capstan.cap.Hints;
import dev.capstan.cap.LocalCap;
import dev.capstan.cap.Method;
import dev.capstan.cap.Path;
import dev.capstan.cap.Payload;
import dev.capstan.cap.Target;
import dev.capstan.testkit.CapContract;
import dev.capstan.testkit.SimNetwork;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;

/**
 * The capability contract over Cap'n Web: the objects live at one end of a session and are called from the other.
 */
abstract class WebContract extends CapContract {
    private static final String NUMBER = "number";
    private static final String TEXT = "text";
    private static final String CAPS = "caps";

    private final SimLoop sim = new SimLoop();
    private final SimNetwork network = new SimNetwork(sim, 1);
    private final List<WebPeer> peers = new ArrayList<>();
    private final Queue<Target> waiting = new ArrayDeque<>();

    @Override
    protected Loop loop() {
        return sim.loop();
    }

    @Override
    protected void turns() {
        sim.poll();
    }

    /** The main object of the callee's side: each call hands out another object. */
    private final class Door implements Target {
        @Override
        public Promise<Void> handle(Context context) {
            WebPayload.of(context.results(0)).set(new LocalCap(sim.loop(), Objects.requireNonNull(waiting.poll())));
            return Promise.done();
        }
    }

    /** How many processes the calls go through between the two ends. */
    int hops() {
        return 0;
    }

    private WebPeer peer() {
        if (peers.isEmpty()) {
            Cap main = new LocalCap(sim.loop(), new Door());
            for (int hop = 0; hop <= hops(); hop++) {
                main = connect("host " + hop, "host " + (hop + 1), main).main();
            }
            main.close();
        }
        return peers.getLast();
    }

    /** Takes ownership of {@code main}. */
    private WebPeer connect(String server, String client, Cap main) {
        network.host(server)
                .onAccept(stream ->
                        peers.add(WebPeer.over(sim.loop(), stream, main, Options.DEFAULT.withMessagesShown())));
        WebPeer peer = WebPeer.over(
                sim.loop(), network.host(client).connect(server), null, Options.DEFAULT.withMessagesShown());
        sim.poll();
        peers.add(peer);
        return peer;
    }

    @Override
    protected Cap reach(Target target) {
        waiting.add(target);
        try (Cap main = peer().main();
                Answer answer = main.request(method(0), format(), 0, Hints.NONE).send();
                Payload results = sim.await(answer.results())) {
            return results.cap(Path.Names.NONE);
        }
    }

    @Override
    protected List<String> leftovers() {
        List<String> left = new ArrayList<>();
        for (WebPeer peer : peers) {
            WebPeer.Tables tables = peer.tables();
            if (tables.calls() > 0 || tables.imports() > 1 || tables.exports() > 1) {
                left.add(tables.toString());
            }
        }
        return left;
    }

    @Override
    protected void close() {
        peers.forEach(WebPeer::close);
        sim.poll();
    }

    // ---- the vocabulary

    @Override
    protected Method method(int number) {
        return new Method.Member(Path.Names.of("m" + number), false);
    }

    @Override
    protected Format format() {
        return WebFormat.INSTANCE;
    }

    @Override
    protected void write(Payload into, long number, String text, List<Cap> caps) {
        WebPayload.of(into).set(List.of(Map.of(NUMBER, number, TEXT, text, CAPS, List.copyOf(caps))));
    }

    private static Map<?, ?> note(Payload from) {
        Object value = WebPayload.of(from).value();
        return (Map<?, ?>) ((List<?>) Objects.requireNonNull(value)).getFirst();
    }

    @Override
    protected long number(Payload from) {
        return WebPayload.of(from).value() == JsValue.UNDEFINED
                ? 0
                : (Long) Objects.requireNonNull(note(from).get(NUMBER));
    }

    @Override
    protected String text(Payload from) {
        return WebPayload.of(from).value() == JsValue.UNDEFINED
                ? ""
                : (String) Objects.requireNonNull(note(from).get(TEXT));
    }

    @Override
    protected String nothingThere() {
        return "Cannot read properties of undefined (reading 'm0')";
    }

    /** A promise that is rejected would fail the whole result with it, so what is broken is told as an object that fails its calls. */
    @Override
    protected boolean tellsBroken() {
        return false;
    }

    @Override
    protected Path path(int index) {
        return new Path.Names(List.of(0, CAPS, index));
    }
}
