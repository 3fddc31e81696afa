package dev.capstan.capnp;

import dev.capstan.async.Loop;
import dev.capstan.async.Promise;
import dev.capstan.cap.Answer;
import dev.capstan.cap.Call;
import dev.capstan.cap.Cap;
import dev.capstan.cap.Format;
import dev.capstan.cap.Hints;
import dev.capstan.cap.Method;
import dev.capstan.cap.Request;
import org.jspecify.annotations.Nullable;

/** A capability that counts its references. */
final class TestCap implements Cap {
    private final Shared shared;
    private boolean closed;

    TestCap() {
        this(new Shared());
    }

    private TestCap(Shared shared) {
        this.shared = shared;
        shared.held++;
    }

    /** References that are held, of all that came from one {@code new}. */
    int held() {
        return shared.held;
    }

    boolean sameAs(@Nullable Cap other) {
        return other instanceof TestCap that && that.shared.equals(shared);
    }

    @Override
    public Cap share() {
        if (closed) {
            throw new IllegalStateException("shared after close");
        }
        return new TestCap(shared);
    }

    @Override
    public void close() {
        if (closed) {
            throw new IllegalStateException("closed twice");
        }
        closed = true;
        shared.held--;
    }

    @Override
    public @Nullable Loop loop() {
        return null;
    }

    @Override
    public Request request(Method method, Format fallback, int sizeHint, Hints hints) {
        throw new AssertionError("messages carry capabilities and do not call them");
    }

    @Override
    public Answer call(Call call) {
        throw new AssertionError("messages carry capabilities and do not call them");
    }

    @Override
    public @Nullable Cap resolved() {
        return null;
    }

    @Override
    public @Nullable Promise<Cap> resolution() {
        return null;
    }

    @Override
    public Object brand() {
        return shared;
    }

    private static final class Shared {
        private int held;
    }
}
