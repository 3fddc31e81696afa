package dev.capstan.capnweb;

import dev.capstan.async.Promise;
import dev.capstan.cap.BrokenCap;
import dev.capstan.cap.Cap;
import dev.capstan.cap.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** How objects and promises are named to the peer. Holds what the message that is being written introduces. */
final class OutgoingNames implements Outgoing {
    private final Session session;
    /** Promises that the message introduces: what they are can be told once it was sent. */
    private final List<Long> promises = new ArrayList<>(0);

    private long firstIntroduced;

    OutgoingNames(Session session) {
        this.session = session;
    }

    void begin() {
        promises.clear();
        firstIntroduced = session.exports.nextIntroduced();
    }

    void sent() {
        for (Long id : promises) {
            session.exports.tellWhenKnown(id);
        }
        promises.clear();
    }

    void notSent() {
        promises.clear();
        session.exports.takeBack(firstIntroduced);
    }

    /** {@code ["pipeline", target, path, arguments]}, without what is empty at its end. */
    void pipeline(JsonWriter out, long target, Path.Names path, @Nullable List<?> arguments) {
        out.raw("[\"pipeline\",").number(target);
        if (!path.isEmpty() || arguments != null) {
            char before = '[';
            out.raw(',');
            for (Object step : path.steps()) {
                out.raw(before);
                before = ',';
                if (step instanceof String name) {
                    out.string(name);
                } else {
                    out.number((Integer) step);
                }
            }
            out.raw(path.isEmpty() ? "[]" : "]");
        }
        if (arguments != null) {
            Encoder encoder = session.encoder();
            char before = '[';
            out.raw(',');
            for (Object argument : arguments) {
                out.raw(before);
                before = ',';
                encoder.value(argument);
            }
            out.raw(arguments.isEmpty() ? "[]" : "]");
        }
        out.raw(']');
    }

    @Override
    public void stub(JsonWriter out, Cap cap) {
        Cap inner = cap.innermost();
        switch (inner) {
            case PipelineCap place
            when place.session == session -> {
                place.named();
                pipeline(out, place.id(), place.place(), null);
            }
            case ImportCap known
            when known.session == session ->
                out.raw("[\"import\",").number(known.id()).raw(']');
            case ValueCap plain -> session.encoder().value(plain.value());
            case BrokenCap broken when broken.isNull() -> out.raw("null");
            default -> introduce(out, inner);
        }
    }

    private void introduce(JsonWriter out, Cap inner) {
        Promise<Cap> resolution = inner.resolution();
        long id = session.exports.introduce(inner);
        if (resolution == null) {
            out.raw("[\"export\",");
        } else {
            resolution.cancel();
            promises.add(id);
            out.raw("[\"promise\",");
        }
        out.number(id).raw(']');
    }

    @Override
    public void deferred(JsonWriter out, Deferred promise) {
        if (!(promise instanceof PromisedValue(Cap cap))) {
            throw WebException.of("This promise is none of a session.");
        }
        stub(out, cap);
    }

    @Override
    public void readable(JsonWriter out, Readable stream) {
        throw unsupported();
    }

    @Override
    public void writable(JsonWriter out, Writable stream) {
        throw unsupported();
    }

    @Override
    public void blob(JsonWriter out, Blob blob) {
        throw unsupported();
    }

    private static WebException unsupported() {
        return WebException.of("Streams and blobs are not sent by this version.");
    }
}
