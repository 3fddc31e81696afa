package dev.capstan.capnweb;

import dev.capstan.cap.Cap;
import org.jspecify.annotations.Nullable;

/** What an {@link Encoder} meets that only the session can name: each writes one expression, or throws a {@link WebException} without having written. */
interface Outgoing {
    /** {@code ["export", id]}, or {@code ["import", id]} for what came from the peer. Borrows {@code cap}. */
    void stub(JsonWriter out, Cap cap);

    /** {@code ["promise", id]} or {@code ["pipeline", id, path]}. */
    void deferred(JsonWriter out, Deferred promise);

    /** {@code ["readable", id]}, behind a pipe. */
    void readable(JsonWriter out, Readable stream);

    /** {@code ["writable", id]}. */
    void writable(JsonWriter out, Writable stream);

    /** {@code ["blob", type, ["readable", id]]}. */
    void blob(JsonWriter out, Blob blob);

    /** What the peer is told of an error that is part of a value; {@code thrown} is what it was before, null if that was a {@link JsError}. */
    JsError told(JsError error, @Nullable Throwable thrown);
}
