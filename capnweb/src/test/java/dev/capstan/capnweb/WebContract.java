package dev.capstan.capnweb;

import dev.capstan.async.Loop;
import dev.capstan.async.SimLoop;
import dev.capstan.cap.Cap;
import dev.capstan.cap.Format;
import dev.capstan.cap.LocalCap;
import dev.capstan.cap.Method;
import dev.capstan.cap.Path;
import dev.capstan.cap.Payload;
import dev.capstan.cap.Target;
import dev.capstan.testkit.CapContract;
import dev.capstan.testkit.SimNetwork;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The capability contract over Cap'n Web: the objects live at one end of a session and are called from the other. Each reference is the main object of a
 * session of its own.
 */
abstract class WebContract extends CapContract {
    private static final String NUMBER = "number";
    private static final String TEXT = "text";
    private static final String CAPS = "caps";

    private final SimLoop sim = new SimLoop();
    private final SimNetwork network = new SimNetwork(sim, 1);
    private final List<WebPeer> peers = new ArrayList<>();

    @Override
    protected Loop loop() {
        return sim.loop();
    }

    @Override
    protected void turns() {
        sim.poll();
    }

    @Override
    protected Cap reach(Target target) {
        SimNetwork.Host server = network.host("server");
        server.onAccept(stream -> peers.add(
                WebPeer.over(sim.loop(), stream, new LocalCap(sim.loop(), target), Limits.DEFAULT, Compat.V0_12)));
        WebPeer peer = WebPeer.over(
                sim.loop(), network.host("client").connectAnew("server"), null, Limits.DEFAULT, Compat.V0_12);
        peers.add(peer);
        return peer.main();
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
        return (Map<?, ?>) ((List<?>) java.util.Objects.requireNonNull(value)).getFirst();
    }

    @Override
    protected long number(Payload from) {
        return WebPayload.of(from).value() == JsValue.UNDEFINED
                ? 0
                : (Long) note(from).get(NUMBER);
    }

    @Override
    protected String text(Payload from) {
        return WebPayload.of(from).value() == JsValue.UNDEFINED
                ? ""
                : (String) note(from).get(TEXT);
    }

    @Override
    protected Path path(int index) {
        return new Path.Names(List.of(0, CAPS, index));
    }
}
