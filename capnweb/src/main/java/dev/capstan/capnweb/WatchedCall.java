package dev.capstan.capnweb;

import dev.capstan.async.Loop;
import dev.capstan.cap.Answer;
import dev.capstan.cap.Call;
import dev.capstan.cap.CallWatch;
import dev.capstan.cap.Failure;
import dev.capstan.cap.Hints;
import dev.capstan.cap.Method;
import dev.capstan.cap.Payload;
import dev.capstan.cap.Request;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A call of the peer that an observer watches. If the peer waits for the result, it ends when that is told; else when the work is over, as far as is known then.
 */
final class WatchedCall implements Call {
    private final Call call;
    private final CallWatch watch;
    private final Loop loop;
    private final Set<WatchedCall> open;
    private boolean awaited;
    private @Nullable Failure failure;

    /** One of the {@code open} calls, until it ends. */
    WatchedCall(Call call, CallWatch watch, Loop loop, Set<WatchedCall> open) {
        this.call = call;
        this.watch = watch;
        this.loop = loop;
        this.open = open;
        open.add(this);
    }

    /** The peer waits for the result. */
    void awaited() {
        awaited = true;
    }

    /** The peer is told the result, in a message of so many bytes. */
    void told(@Nullable Failure with, long bytes) {
        if (open.remove(this)) {
            watch.ended(with, bytes);
        }
    }

    /** The peer has given up what it was waiting for, or is gone. */
    void cancelled() {
        if (open.remove(this)) {
            watch.cancelled();
        }
    }

    /** The peer has given up the result. If it did not wait for it, it wants the effect all the same. */
    void dropped() {
        if (awaited) {
            cancelled();
        }
    }

    // ---- Call

    @Override
    public CallWatch watch() {
        return watch;
    }

    @Override
    public void failed(Failure why) {
        failure = why;
        call.failed(why);
    }

    @Override
    public void close() {
        call.close();
        if (!awaited) {
            // Who waits says so in a message of its own, which may have come with the call.
            loop.atLast().listen(loop, (done, ignored) -> {
                if (!awaited) {
                    told(failure, 0);
                }
            });
        }
    }

    @Override
    public Method method() {
        return call.method();
    }

    @Override
    public Payload params() {
        return call.params();
    }

    @Override
    public void releaseParams() {
        call.releaseParams();
    }

    @Override
    public Payload newResults(int sizeHint) {
        return call.newResults(sizeHint);
    }

    @Override
    public Hints hints() {
        return call.hints();
    }

    @Override
    public @Nullable Answer tailCall(Request request) {
        return call.tailCall(request);
    }
}
