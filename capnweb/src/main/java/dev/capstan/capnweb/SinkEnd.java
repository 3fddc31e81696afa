package dev.capstan.capnweb;

import dev.capstan.cap.Failure;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** How a {@link ChunkSink} has come to its end, and who is told if that was not the writer's own doing. */
final class SinkEnd {
    private boolean ended;
    private @Nullable Failure cause;
    private boolean broken;
    private List<Consumer<Failure>> listeners = new ArrayList<>(0);

    /** The writer has ended it. */
    void ended() {
        ended = true;
    }

    boolean isEnded() {
        return ended;
    }

    /** The writer has aborted it, or is gone; ignored if it failed before. */
    void failed(Failure why) {
        if (cause == null) {
            cause = why;
        }
    }

    /** Nothing can arrive any more, and the writer is to be told of it; ignored if it failed before. */
    void broken(Failure why) {
        if (cause == null) {
            cause = why;
            broken = true;
        }
    }

    /** Why nothing can be written any more; null while it has not failed. */
    @Nullable
    Failure cause() {
        return cause;
    }

    boolean isBroken() {
        return broken;
    }

    /** Why a write or an end is refused; null if it is not. */
    @Nullable
    Failure refusal() {
        if (cause != null) {
            return cause;
        }
        return ended ? Errors.type("This stream was ended: nothing can be written after that.") : null;
    }

    /** As {@link ChunkSink#onBroken}. */
    void onBroken(Consumer<Failure> listener) {
        Failure known = cause;
        if (known == null) {
            listeners.add(listener);
        } else if (broken) {
            listener.accept(known);
        }
    }

    /** Tells those who listen, if it is broken. */
    void tell() {
        Failure known = cause;
        if (broken && known != null) {
            List<Consumer<Failure>> all = listeners;
            listeners = new ArrayList<>(0);
            all.forEach(listener -> listener.accept(known));
        }
    }
}
