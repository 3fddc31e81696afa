package dev.capstan.capnweb;

import dev.capstan.cap.Cap;
import dev.capstan.cap.Format;
import dev.capstan.cap.Method;
import dev.capstan.cap.Path;
import dev.capstan.cap.Payload;
import dev.capstan.testkit.WireContract;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** The contract of connections over Cap'n Web: its vocabulary, and what its tables hold. */
abstract class WebWire extends WireContract {
    final List<WebPeer> peers = new ArrayList<>();

    /** Of the end that serves: the main object takes a place of its own. */
    static Options serving() {
        return Options.DEFAULT.withLimits(
                Limits.DEFAULT.withExports(MOST_CALLS + 1).withMessageBytes(MOST_BYTES));
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

    Ends ends(WebPeer caller, WebPeer server) {
        peers.add(caller);
        peers.add(server);
        return new Ends(caller.main(), caller::close, server::close, caller.onDisconnect(), server.onDisconnect());
    }

    @Override
    protected Format format() {
        return WebFormat.INSTANCE;
    }

    @Override
    protected Method method(int number) {
        return new Method.Member(Path.Names.of("m" + number), false);
    }

    @Override
    protected void write(Payload into, long number, String text, List<Cap> caps) {
        WebPayload.of(into).set(List.of(Map.of("number", number, "text", text, "caps", List.copyOf(caps))));
    }

    private static Map<?, ?> note(Payload from) {
        return (Map<?, ?>) Objects.requireNonNull(
                ((List<?>) Objects.requireNonNull(WebPayload.of(from).value())).getFirst());
    }

    @Override
    protected long number(Payload from) {
        return (Long) Objects.requireNonNull(note(from).get("number"));
    }

    @Override
    protected String text(Payload from) {
        return (String) Objects.requireNonNull(note(from).get("text"));
    }

    @Override
    protected Path path() {
        return new Path.Names(List.of(0, "caps", 0));
    }
}
