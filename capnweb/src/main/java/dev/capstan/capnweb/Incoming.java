package dev.capstan.capnweb;

import dev.capstan.cap.Cap;
import dev.capstan.cap.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a {@link Decoder} meets that only the session understands. Ids are as the peer spelled them, nothing is known about them but that
 * they are integers. What is returned is put into the value tree as it is; a {@link WebException} refuses the expression and gets its path
 * added. Called on the session's thread, in the order of the text.
 */
interface Incoming {
    /** {@code ["export", id]}: a capability of the peer. */
    Cap export(long id);

    /** {@code ["promise", id]}: a value that the peer will send. */
    Object promise(long id);

    /** {@code ["writable", id]}: a stream into the peer. */
    Object writable(long id);

    /** {@code ["readable", id]}: the readable end of a pipe. */
    Object readable(long id);

    /** {@code ["import", id, path, args]}: a capability of ours, or inside it, or what it returns. Owns what is in {@code args}, which is null if nothing is called. */
    Object imported(long id, Path.Names path, @Nullable List<@Nullable Object> args);

    /** {@code ["pipeline", id, path, args]}: as {@link #imported}, but to be waited for. */
    Object pipelined(long id, Path.Names path, @Nullable List<@Nullable Object> args);

    /** {@code ["remap", id, path, captures, instructions]}. The captures are pairs of {@code "import"} or {@code "export"} and an id; the instructions are the JSON tree. */
    Object remap(long id, Path.Names path, List<@Nullable Object> captures, List<@Nullable Object> instructions);

    /** {@code ["blob", type, content]}, the content being what {@link #readable} returned. */
    Object blob(String type, Object content);

    /** A decoded value that nobody will see: the capabilities and streams in it are released. */
    void dropped(@Nullable Object value);
}
