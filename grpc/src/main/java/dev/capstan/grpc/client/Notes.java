package dev.capstan.grpc.client;

import dev.capstan.grpc.MessageSize;
import io.grpc.ClientCall;
import java.io.InputStream;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** What the caller of a call has done to it, so that it can be done again. Guarded by that call. */
final class Notes<Q> {
    /** What a message counts whose size is not known. */
    private static final int BYTES_OF_UNKNOWN = 1 << 10;
    /** What a note takes besides its message. */
    private static final int BYTES_OF_NOTE = 64;

    /** A message, and whether it was to be compressed; the one after it. */
    private static final class Sent<Q> {
        final Q message;
        final boolean compressed;

        @Nullable
        Sent<Q> next;

        Sent(Q message, boolean compressed) {
            this.message = message;
            this.compressed = compressed;
        }
    }

    /** How much of it has been done to one attempt, which has been started. */
    static final class Done<Q> {
        private @Nullable Sent<Q> last;
        private boolean compressed = true;
        private boolean ended;
        private boolean cancelled;
    }

    private final Kept kept;
    /** Whether the method has one request, which waits in the call's buffer for the end of the requests. */
    private final boolean single;

    private @Nullable Sent<Q> first;
    private @Nullable Sent<Q> last;
    /** What it has of {@link #kept}. */
    private long bytes;
    /** Of the messages that came after the first. */
    private long further;

    private int requested;
    private boolean compressed = true;
    private boolean ended;
    private @Nullable Consumer<ClientCall<Q, ?>> cancel;

    Notes(Kept kept, boolean single) {
        this.kept = kept;
        this.single = single;
    }

    void request(int messages) {
        requested = sum(requested, messages);
    }

    /** How many messages the caller has asked for; no more than an int can tell. */
    int requested() {
        return requested;
    }

    static int sum(int messages, int more) {
        return messages + more < 0 ? Integer.MAX_VALUE : messages + more;
    }

    void compress(boolean enabled) {
        compressed = enabled;
    }

    /** What {@code message} counts, if it can be sent twice; -1 if not. Runs what the message is made of, so it is not guarded. */
    static long size(Object message) {
        if (message instanceof InputStream) {
            return -1;
        }
        long known = MessageSize.of(message);
        return BYTES_OF_NOTE + (known < 0 ? BYTES_OF_UNKNOWN : known);
    }

    /** False if it cannot be sent twice, or is too much to be kept; it is noted all the same. */
    boolean send(Q message, long size) {
        Sent<Q> before = last;
        Sent<Q> sent = new Sent<>(message, compressed);
        last = sent;
        if (before == null) {
            first = sent;
        } else {
            before.next = sent;
            further += size;
        }
        if (size < 0 || further > kept.limits().bytesOfCall() || !kept.add(size)) {
            return false;
        }
        bytes += size;
        return true;
    }

    void end() {
        ended = true;
    }

    boolean isEnded() {
        return ended;
    }

    void cancel(@Nullable String message, @Nullable Throwable cause) {
        cancel = call -> call.cancel(message, cause);
    }

    /** What is to be done next to an attempt, besides requests; null if it has caught up. */
    @Nullable
    Consumer<ClientCall<Q, ?>> next(Done<Q> done) {
        // A single message is in a buffer that only the end of the requests lets go of.
        boolean holds = single && ended && !done.ended && done.last != null;
        if (cancel != null && !holds) {
            boolean before = done.cancelled;
            done.cancelled = true;
            return before ? null : cancel;
        }
        Sent<Q> message = (single && !ended) || cancel != null ? null : after(done);
        boolean compress = message == null ? compressed : message.compressed;
        if (done.compressed != compress) {
            done.compressed = compress;
            return call -> call.setMessageCompression(compress);
        }
        if (message != null) {
            done.last = message;
            return call -> call.sendMessage(message.message);
        }
        if (ended && !done.ended) {
            done.ended = true;
            return ClientCall::halfClose;
        }
        return null;
    }

    private @Nullable Sent<Q> after(Done<Q> done) {
        Sent<Q> before = done.last;
        return before == null ? first : before.next;
    }

    /** Whether there is a message that an attempt has not been given yet. */
    boolean isBehind(Done<Q> done) {
        return after(done) != null;
    }

    /** Forgets the messages. */
    void free() {
        first = null;
        last = null;
        kept.free(bytes);
        bytes = 0;
    }
}
