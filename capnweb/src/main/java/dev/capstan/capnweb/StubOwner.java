package dev.capstan.capnweb;

import java.lang.ref.Cleaner;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/** One reference to what a stub leads to; places in it are used through it. Any thread. */
final class StubOwner implements StubRoot {
    private final StubState state;
    private final Release release;
    private final Cleaner.@Nullable Cleanable watch;

    /** Takes ownership of one reference to {@code state}. */
    StubOwner(StubState state) {
        this.state = state;
        this.release = new Release(state);
        Leftovers leftovers = state.leftovers();
        this.watch = leftovers == null ? null : leftovers.watch(this, release);
    }

    /** What is done when the owner was forgotten; does not refer to it. */
    static final class Release implements Runnable {
        private final StubState state;
        private final AtomicBoolean closed = new AtomicBoolean();

        @Nullable
        Throwable madeAt;

        Release(StubState state) {
            this.state = state;
        }

        @Override
        public void run() {
            if (closed.compareAndSet(false, true)) {
                Leftovers.report(madeAt);
                state.forgotten();
            }
        }
    }

    StubState state() {
        return state;
    }

    /** One more reference to the state; whoever calls owns it. */
    StubState share() {
        if (release.closed.get() || !state.tryShare()) {
            throw new IllegalStateException("this stub was closed: dup() it before, to use it after");
        }
        return state;
    }

    @Override
    public void close() {
        if (release.closed.compareAndSet(false, true)) {
            state.close();
            if (watch != null) {
                watch.clean();
            }
        }
    }

    @Override
    public String toString() {
        return release.closed.get() ? "closed" : state.toString();
    }
}
