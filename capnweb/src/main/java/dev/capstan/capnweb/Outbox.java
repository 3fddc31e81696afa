package dev.capstan.capnweb;

import dev.capstan.async.MessageStream;
import dev.capstan.cap.Failure;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * What is said to the peer. A message is written in place, where the last one was, and handed to the stream; while more of them wait there than may, the peer is not heard.
 *
 * <p>Invariant: between {@link #begin} and {@link #commit} or {@link #rollback} nothing else is said.
 */
final class Outbox {
    private static final String PIPE = "[\"pipe\"]";
    private static final int FIRST_BUFFER_BYTES = 512;
    private static final int LARGEST_KEPT_BUFFER_BYTES = 1 << 20;

    final ToldErrors told;
    final OutgoingNames names;

    private final Session session;
    private final MessageStream stream;
    private JsonWriter out = new JsonWriter(FIRST_BUFFER_BYTES);
    private Encoder encoder;
    private long bytesSent;
    private boolean congested;
    /** The stream has refused a message. */
    private boolean mute;

    Outbox(Session session, MessageStream stream, ToldErrors told) {
        this.session = session;
        this.stream = stream;
        this.told = told;
        this.names = new OutgoingNames(session);
        this.encoder = new Encoder(out, session.limits, names, session.compat());
    }

    Encoder encoder() {
        return encoder;
    }

    /** Whether more waits to be written than may: what nobody waits for is not said then. */
    boolean isFull() {
        return stream.queuedBytes() > session.limits.queuedBytes();
    }

    long queuedBytes() {
        return session.isUp() ? stream.queuedBytes() : 0;
    }

    /** Bytes of all messages so far. */
    long bytesSent() {
        return bytesSent;
    }

    /** Where the next message is written; {@link #commit} sends it, {@link #rollback} forgets it. */
    JsonWriter begin() {
        out.clear();
        names.begin();
        return out;
    }

    void commit() {
        for (int left = names.pipes(); left > 0 && session.isUp(); left--) {
            bytesSent += PIPE.length();
            write(ByteBuffer.wrap(PIPE.getBytes(StandardCharsets.US_ASCII)));
        }
        transmit();
        names.sent();
    }

    void rollback() {
        names.notSent();
    }

    private void transmit() {
        if (!session.isUp()) {
            return;
        }
        bytesSent += out.size();
        session.touched();
        write(ByteBuffer.wrap(out.array(), 0, out.size()));
        if (out.size() > LARGEST_KEPT_BUFFER_BYTES) {
            out = new JsonWriter(FIRST_BUFFER_BYTES);
            encoder = new Encoder(out, session.limits, names, session.compat());
        }
        if (!congested && isFull()) {
            // The peer asks faster than it reads: let it wait.
            congested = true;
            stream.pause();
            stream.drained().listen(session.loop, (ignored, failure) -> {
                congested = false;
                stream.resume();
            });
        }
    }

    /**
     * A message that the stream refuses leaves the two sides out of step, so the session ends; not now, for whoever sends is in the middle of it, but before
     * anything else is sent.
     */
    private void write(ByteBuffer message) {
        if (mute) {
            return;
        }
        try {
            stream.send(message);
        } catch (RuntimeException e) {
            mute = true;
            session.loop.post(() -> session.failed(e));
        }
    }

    void pull(long id) {
        out.clear();
        out.raw("[\"pull\",").number(id).raw(']');
        transmit();
    }

    void release(long id, long count) {
        if (session.isUp()) {
            out.clear();
            out.raw("[\"release\",").number(id).raw(',').number(count).raw(']');
            transmit();
        }
    }

    /** Borrows what is in {@code value}. A value that cannot be sent becomes a rejection that says why. */
    void resolve(long id, @Nullable Object value) {
        if (!session.isUp()) {
            return;
        }
        try {
            begin().raw("[\"resolve\",").number(id).raw(',');
            encoder.value(value);
            out.raw(']');
        } catch (WebException | Failure e) {
            rollback();
            reject(id, Errors.failure(e));
            return;
        }
        commit();
    }

    void reject(long id, Failure failure) {
        if (session.isUp()) {
            error("reject", id, failure);
        }
    }

    private void begin(String kind, @Nullable Long id) {
        begin().raw("[\"").raw(kind).raw("\",");
        if (id != null) {
            out.number(id).raw(',');
        }
    }

    /** A message whose last part is an error: {@code kind} with {@code id}, or without if that is null. */
    void error(String kind, @Nullable Long id, Failure failure) {
        begin(kind, id);
        try {
            encoder.value(told.thrown(failure));
        } catch (WebException | Failure e) {
            // It is too long, or has parts that cannot be sent. Something has to be told.
            rollback();
            begin(kind, id);
            untold(e);
        }
        out.raw(']');
        commit();
    }

    private void untold(Throwable why) {
        int from = out.size();
        try {
            String reason = Tree.excerpt(String.valueOf(why.getMessage()));
            encoder.value(new ToldErrors.Told(JsError.of("Error", "the error cannot be told: " + reason)));
        } catch (WebException | Failure e) {
            // Not even that, where messages are as short as in a test.
            out.truncate(from);
            out.raw("[\"error\",\"Error\",\"the error cannot be told\"]");
        }
    }
}
