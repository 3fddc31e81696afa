package dev.capstan.capnp;

import dev.capstan.cap.Cap;

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

    boolean sameAs(Cap other) {
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

    private static final class Shared {
        private int held;
    }
}
