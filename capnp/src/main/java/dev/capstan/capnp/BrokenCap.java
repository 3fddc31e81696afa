package dev.capstan.capnp;

import dev.capstan.cap.Cap;

/** What a capability pointer that leads nowhere reads as: the fault shows when it is called, not when it is read. */
final class BrokenCap implements Cap {
    private final String reason;

    private BrokenCap(String reason) {
        this.reason = reason;
    }

    static Cap of(String reason) {
        return new BrokenCap(reason);
    }

    @Override
    public Cap share() {
        return this;
    }

    @Override
    public void close() {}

    @Override
    public String toString() {
        return reason;
    }
}
