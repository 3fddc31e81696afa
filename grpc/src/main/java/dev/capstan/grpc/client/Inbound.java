package dev.capstan.grpc.client;

import dev.capstan.grpc.CallMetadata;
import dev.capstan.grpc.Changes;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.Status;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What has arrived of a call and nobody has taken. Told by the channel, on whichever thread; asked from any. It holds at most the messages that were asked for.
 */
final class Inbound<S> extends ClientCall.Listener<S> {
    /** How a call has ended. */
    record End(Status status, Metadata trailers) {}

    /** Somebody to whom messages may be handed as they come, so that they need not wait here. */
    interface Taker<S> {
        /** Takes {@code message}, if this is a moment to; else it waits here, after which watchers are told. */
        boolean take(S message);
    }

    /** Those that wait, but for the first if there is one here: mostly there is no other. */
    private volatile @Nullable S first;

    private volatile @Nullable Queue<S> others;
    private volatile @Nullable Taker<S> taker;

    /** Told of each change, if there is somebody. */
    private final AtomicReference<@Nullable Runnable> watcher = new AtomicReference<>();

    /** Of whoever waits first. */
    private volatile @Nullable Changes changes;
    /** As they came: few ask for them. */
    private volatile @Nullable Metadata headers;

    private volatile @Nullable End end;
    /** Of the channel's thread; others see what it was when the call ended. */
    private int received;

    @Override
    public void onHeaders(Metadata sent) {
        headers = sent;
        changed();
    }

    @Override
    public void onMessage(S message) {
        received++;
        Taker<S> now = taker;
        if (now != null && !hasMessage() && now.take(message)) {
            return;
        }
        Queue<S> behind = others;
        if (behind != null) {
            behind.add(message);
        } else if (first == null) {
            first = message;
        } else {
            // From now on everything goes through the queue: what is first was there before.
            behind = new ConcurrentLinkedQueue<>();
            behind.add(message);
            others = behind;
        }
        changed();
    }

    @Override
    public void onClose(Status status, Metadata trailers) {
        end = new End(honest(status), trailers);
        changed();
    }

    /**
     * grpc-java says CANCELLED for what went wrong while a message was sent; the cause knows better. It says INTERNAL for an answer of HTTP with 431 (header fields too large), which the
     * protocol's table of codes has not, so it is UNKNOWN; the description is the only place that tells.
     */
    private static Status honest(Status status) {
        String description = status.getDescription();
        if (status.getCode() == Status.Code.INTERNAL
                && description != null
                && description.startsWith("HTTP status code 431")) {
            return Status.UNKNOWN.withDescription(description).withCause(status.getCause());
        }
        if (status.getCode() == Status.Code.CANCELLED && status.getCause() != null) {
            Status cause = Status.fromThrowable(status.getCause());
            if (cause.getCode() != Status.Code.UNKNOWN) {
                return cause;
            }
        }
        return status;
    }

    @Override
    public void onReady() {
        changed();
    }

    private void changed() {
        Changes waited = changes;
        if (waited != null) {
            waited.tell();
        }
        Runnable told = watcher.get();
        if (told != null) {
            told.run();
        }
    }

    /** Waits until {@code condition} holds, as {@link Changes#until} does. */
    void until(BooleanSupplier condition) {
        Changes waited = changes;
        if (waited == null) {
            synchronized (this) {
                waited = changes;
                if (waited == null) {
                    waited = new Changes();
                    changes = waited;
                }
            }
        }
        waited.until(condition);
    }

    /** Runs {@code action} after each change, and once now. */
    void watch(Runnable action) {
        Runnable before = null;
        while (!watcher.compareAndSet(before, before == null ? action : both(before, action))) {
            before = watcher.get();
        }
        action.run();
    }

    private static Runnable both(Runnable one, Runnable other) {
        Stream<Runnable> before = one instanceof Several(List<Runnable> more) ? more.stream() : Stream.of(one);
        return new Several(Stream.concat(before, Stream.of(other)).toList());
    }

    /** Watchers as one: side by side, since nested ones would be as deep as they are many. */
    private record Several(List<Runnable> all) implements Runnable {
        @Override
        public void run() {
            all.forEach(Runnable::run);
        }
    }

    /** From now on {@code to} is asked first; once. What is here already stays. */
    void handTo(Taker<S> to) {
        taker = to;
    }

    /** Of one thread at a time. */
    @Nullable
    S poll() {
        // Looked at before the first: when there are others, what was first before them can be seen.
        Queue<S> behind = others;
        S message = first;
        if (message != null) {
            first = null;
            return message;
        }
        return behind == null ? null : behind.poll();
    }

    boolean hasMessage() {
        if (first != null) {
            return true;
        }
        Queue<S> behind = others;
        return behind != null && !behind.isEmpty();
    }

    boolean hasHeaders() {
        return headers != null;
    }

    /** Null before they have come, and of a call that ends without. */
    @Nullable
    CallMetadata headers() {
        Metadata came = headers;
        return came == null ? null : CallMetadata.of(came);
    }

    /** Null while the call goes on; messages may be left when it has ended. */
    @Nullable
    End end() {
        return end;
    }

    /** How far the call has come, for the text of failures. */
    String state(boolean sent) {
        if (received > 0) {
            return "after " + received + (received == 1 ? " message" : " messages") + " of the answer";
        }
        if (headers != null) {
            return "after the headers of the answer";
        }
        return sent ? "before any answer" : "before it was sent";
    }
}
