package dev.capstan.capnweb;

import dev.capstan.cap.Cap;
import dev.capstan.cap.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Values outside of any session: nothing in them can refer to an object. */
final class Unsendable implements Outgoing, Incoming {
    @Override
    public void stub(JsonWriter out, Cap cap) {
        throw refused();
    }

    @Override
    public void deferred(JsonWriter out, Deferred promise) {
        throw refused();
    }

    @Override
    public void readable(JsonWriter out, Readable stream) {
        throw refused();
    }

    @Override
    public void writable(JsonWriter out, Writable stream) {
        throw refused();
    }

    @Override
    public void blob(JsonWriter out, Blob blob) {
        throw refused();
    }

    @Override
    public JsError told(JsError error, @Nullable Throwable thrown) {
        return error;
    }

    @Override
    public Cap export(long id) {
        throw refused();
    }

    @Override
    public Object promise(long id) {
        throw refused();
    }

    @Override
    public Object writable(long id) {
        throw refused();
    }

    @Override
    public Object readable(long id) {
        throw refused();
    }

    @Override
    public Object imported(long id, Path.Names path, @Nullable List<@Nullable Object> args) {
        throw refused();
    }

    @Override
    public Object pipelined(long id, Path.Names path, @Nullable List<@Nullable Object> args) {
        throw refused();
    }

    @Override
    public Object remap(
            long id, Path.Names path, List<@Nullable Object> captures, List<@Nullable Object> instructions) {
        throw refused();
    }

    @Override
    public Object blob(String type, Object content) {
        throw refused();
    }

    @Override
    public void dropped(@Nullable Object value) {}

    private static WebException refused() {
        return WebException.of("Objects, promises and streams need a session to be sent in.");
    }
}
