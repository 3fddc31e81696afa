package dev.capstan.capnweb;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.capstan.async.SimLoop;
import dev.capstan.cap.BrokenCap;
import dev.capstan.cap.Cap;
import dev.capstan.cap.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A session that knows no ids: what comes in remembers its expression, and goes out as the same. */
final class FakeSession implements Incoming, Outgoing {
    /** Values that nobody was to see. */
    final List<@Nullable Object> dropped = new ArrayList<>();

    private final Map<Long, Cap> caps = new HashMap<>();
    private final Map<Long, Readable> sources = new HashMap<>();
    private final Map<Long, Writable> sinks = new HashMap<>();
    private final SimLoop sim = new SimLoop();
    Limits limits = Limits.DEFAULT;
    Compat compat = Compat.V0_12;

    record Later(String tag, long id) implements Deferred {}

    record Reference(
            String tag, long id, Path.Names path, @Nullable List<@Nullable Object> args) implements Deferred {}

    record Mapped(long id, Path.Names path, List<@Nullable Object> captures, List<@Nullable Object> instructions)
            implements Deferred {}

    record BlobToCome(String type, Object content) {}

    @Nullable
    Object decode(String json) {
        byte[] utf8 = json.getBytes(UTF_8);
        return new Decoder(limits, this).value(Json.parse(utf8, 0, utf8.length, limits));
    }

    String encode(@Nullable Object value) {
        JsonWriter out = new JsonWriter(0);
        new Encoder(out, limits, this, compat).value(value);
        return out.toString();
    }

    Cap cap(long id) {
        return caps.computeIfAbsent(id, n -> BrokenCap.because("export " + n));
    }

    @Override
    public Cap export(long id) {
        return cap(id);
    }

    @Override
    public Object promise(long id) {
        return new Later("promise", id);
    }

    @Override
    public Writable writable(long id) {
        return sinks.computeIfAbsent(id, n -> new Writable(new Pipe(sim.loop())));
    }

    @Override
    public Readable readable(long id) {
        return sources.computeIfAbsent(id, n -> new Readable(sim.loop(), new Pipe(sim.loop())));
    }

    private static <S> long id(Map<Long, S> streams, S stream) {
        return streams.entrySet().stream()
                .filter(known -> known.getValue().equals(stream))
                .findFirst()
                .orElseThrow()
                .getKey();
    }

    @Override
    public Object imported(long id, Path.Names path, @Nullable List<@Nullable Object> args) {
        return new Reference("import", id, path, args);
    }

    @Override
    public Object pipelined(long id, Path.Names path, @Nullable List<@Nullable Object> args) {
        return new Reference("pipeline", id, path, args);
    }

    @Override
    public Object remap(
            long id, Path.Names path, List<@Nullable Object> captures, List<@Nullable Object> instructions) {
        return new Mapped(id, path, captures, instructions);
    }

    @Override
    public Object blob(String type, Object content) {
        return new BlobToCome(type, content);
    }

    @Override
    public void dropped(@Nullable Object value) {
        dropped.add(value);
    }

    @Override
    public void stub(JsonWriter out, Cap cap) {
        for (Map.Entry<Long, Cap> known : caps.entrySet()) {
            if (known.getValue() == cap) {
                out.raw("[\"export\",").number(known.getKey().longValue()).raw(']');
                return;
            }
        }
        throw WebException.of("this capability is of another session");
    }

    @Override
    public void deferred(JsonWriter out, Deferred promise) {
        if (!(promise instanceof Later later)) {
            throw new AssertionError("Only promises are sent by tests, not " + promise);
        }
        out.raw("[\"promise\",").number(later.id).raw(']');
    }

    @Override
    public void readable(JsonWriter out, Readable stream) {
        out.raw("[\"readable\",").number(id(sources, stream)).raw(']');
    }

    @Override
    public void writable(JsonWriter out, Writable stream) {
        out.raw("[\"writable\",").number(id(sinks, stream)).raw(']');
    }

    @Override
    public void blob(JsonWriter out, Blob blob) {
        out.raw("[\"blob\",").string(blob.type()).raw(",[\"readable\",1]]");
    }

    @Override
    public JsError told(JsError error, @Nullable Throwable thrown) {
        return error;
    }
}
