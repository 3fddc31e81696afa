package dev.capstan.grpc.client;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.capstan.grpc.CallMetadata;
import dev.capstan.grpc.Changes;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.Status;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What has arrived of a call and nobody has taken. Told by the channel, on whichever thread; asked from any.
 *
 * <p>Its monitor is never held while other code runs: watchers and waiters are told afterwards. It holds at most the messages that were asked for.
 */
final class Inbound<S> extends ClientCall.Listener<S> {
    /** How a call has ended. */
    record End(Status status, Metadata trailers) {}

    @GuardedBy("this")
    private final Deque<S> messages = new ArrayDeque<>();

    /** Never changed in place. */
    private volatile List<Runnable> watchers = List.of();

    private final Changes changes = new Changes();
    private volatile @Nullable CallMetadata headers;
    private volatile @Nullable End end;
    private volatile int received;

    @Override
    public void onHeaders(Metadata sent) {
        headers = CallMetadata.of(sent);
        changed();
    }

    @Override
    public void onMessage(S message) {
        synchronized (this) {
            messages.add(message);
            received++;
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
        changes.tell();
        List<Runnable> told = watchers;
        for (int i = 0; i < told.size(); i++) {
            told.get(i).run();
        }
    }

    /** For who waits. */
    Changes changes() {
        return changes;
    }

    /** Runs {@code watcher} after each change, and once now. */
    void watch(Runnable watcher) {
        synchronized (this) {
            List<Runnable> more = new ArrayList<>(watchers);
            more.add(watcher);
            watchers = List.copyOf(more);
        }
        watcher.run();
    }

    synchronized @Nullable S poll() {
        return messages.poll();
    }

    synchronized boolean hasMessage() {
        return !messages.isEmpty();
    }

    @Nullable
    CallMetadata headers() {
        return headers;
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
