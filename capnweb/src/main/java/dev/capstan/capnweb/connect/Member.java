package dev.capstan.capnweb.connect;

import dev.capstan.async.Backoff;
import dev.capstan.async.Completer;
import dev.capstan.async.Loop;
import dev.capstan.async.Promise;
import dev.capstan.cap.Answer;
import dev.capstan.cap.Call;
import dev.capstan.cap.Cap;
import dev.capstan.cap.CountedCap;
import dev.capstan.cap.Failure;
import dev.capstan.cap.Format;
import dev.capstan.cap.Hints;
import dev.capstan.cap.Method;
import dev.capstan.cap.Payload;
import dev.capstan.cap.Request;
import dev.capstan.capnweb.WebFormat;
import dev.capstan.capnweb.WebPeer;
import java.time.Duration;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** One connection of a pool, from its making to its loss. On the loop's thread. */
final class Member {
    private final Loop loop;
    private final Link link;
    private final Runnable onFree;
    private final WebPeer.Tables unused = new WebPeer.Tables(0, 1, 0);
    /** Calls whose results are waited for. */
    private int awaited;

    private int leases;
    private long lastUsedNanos;
    private long readySinceNanos;
    private boolean ready;
    private Promise.Cancelable idleAlarm = () -> {};

    /**
     * A connection that is to be begun.
     *
     * @param onState hears of what happens to it
     * @param onFree runs when a call has ended
     */
    Member(
            Loop loop,
            Connector connector,
            ClientSettings settings,
            Backoff.Series once,
            Consumer<ConnectionState> onState,
            Runnable onFree) {
        this.loop = loop;
        this.onFree = onFree;
        this.link = new Link(loop, connector, settings, once, state -> {
            switch (state) {
                case ConnectionState.Ready there -> {
                    ready = true;
                    readySinceNanos = loop.timer().nanoTime();
                    lastUsedNanos = readySinceNanos;
                }
                case ConnectionState.Closed closed -> idleAlarm.cancel();
                case ConnectionState.Connecting connecting -> {}
                case ConnectionState.Waiting waiting -> {}
            }
            onState.accept(state);
        });
    }

    void begin() {
        link.begin();
    }

    void close(Failure why) {
        link.close(why);
    }

    /** Null while it is being made, and once it is lost. */
    @Nullable
    WebPeer peer() {
        return link.main() == null ? null : link.peer();
    }

    boolean isConnecting() {
        return link.state() instanceof ConnectionState.Connecting;
    }

    /** Whether it was made at all. */
    boolean wasReady() {
        return ready;
    }

    /** How long it has been there. */
    Duration age() {
        return Duration.ofNanos(loop.timer().nanoTime() - readySinceNanos);
    }

    int awaited() {
        return awaited;
    }

    /** Calls whose results the peer keeps: what it has to do, and what it holds. */
    int outstanding() {
        WebPeer peer = link.peer();
        return peer == null ? Integer.MAX_VALUE : peer.tables().calls();
    }

    /** Runs {@code whenIdle} after each {@code time} in which nobody has used this and nobody holds anything of it. */
    void watchIdle(Duration time, Runnable whenIdle) {
        long left = time.toNanos() - (loop.timer().nanoTime() - lastUsedNanos);
        idleAlarm = loop.timer().after(left > 0 ? Duration.ofNanos(left) : time).listen(loop, (rung, failure) -> {
            WebPeer peer = link.peer();
            boolean idle = loop.timer().nanoTime() - lastUsedNanos >= time.toNanos();
            if (peer != null && idle && leases == 0 && peer.tables().equals(unused)) {
                whenIdle.run();
            }
            if (link.peer() != null) {
                watchIdle(time, whenIdle);
            }
        });
    }

    /** Makes a call here; it counts from when its result is waited for to when that is there, or nobody waits. Takes ownership of {@code call}. */
    Answer call(Call call) {
        Cap main = link.main();
        if (main == null) {
            call.close();
            return Answer.broken(Failure.disconnected("the connection of this call is lost; it was not sent"));
        }
        lastUsedNanos = loop.timer().nanoTime();
        Answer made = main.call(call);
        return new Answer(new Counted(made.results()).results.promise(), made.pipeline());
    }

    private final class Counted {
        final Completer<Payload> results = new Completer<>(loop);
        private final Promise<Payload> source;
        private Promise.@Nullable Cancelable waiting;

        Counted(Promise<Payload> source) {
            this.source = source;
            results.onAwaited(this::awaited);
            results.onCancel(this::canceled);
        }

        private void awaited() {
            awaited++;
            waiting = source.listen(loop, (value, failure) -> {
                if (value != null) {
                    results.complete(value);
                } else {
                    results.fail(failure == null ? Failure.failed("no result") : failure);
                }
                ended();
            });
        }

        private void canceled() {
            if (waiting == null) {
                source.cancel();
            } else {
                waiting.cancel();
                ended();
            }
        }

        private void ended() {
            awaited--;
            lastUsedNanos = loop.timer().nanoTime();
            onFree.run();
        }
    }

    /** The main object, for somebody who stays; the caller owns it. */
    Cap lease(Cap main) {
        leases++;
        return new Leased(main.share());
    }

    @Nullable
    Cap main() {
        return link.main();
    }

    private final class Leased extends CountedCap {
        private final Cap main;

        Leased(Cap main) {
            super(loop);
            this.main = main;
        }

        @Override
        public Request request(Method method, Format fallback, int sizeHint, Hints hints) {
            return Request.of(this, method, WebFormat.INSTANCE, sizeHint, hints);
        }

        @Override
        public Answer call(Call call) {
            return Member.this.call(call);
        }

        @Override
        public Promise<Void> stream(Call call) {
            return main.stream(call);
        }

        @Override
        public Cap resolved() {
            return main;
        }

        @Override
        public Promise<Cap> resolution() {
            return Promise.of(main.share());
        }

        @Override
        public Object brand() {
            return main.brand();
        }

        @Override
        protected void released() {
            leases--;
            lastUsedNanos = loop.timer().nanoTime();
            main.close();
        }
    }
}
