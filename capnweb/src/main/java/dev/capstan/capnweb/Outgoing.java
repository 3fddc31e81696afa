package dev.capstan.capnweb;

import dev.capstan.cap.Cap;

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
}
