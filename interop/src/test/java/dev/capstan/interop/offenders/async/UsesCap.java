package dev.capstan.interop.offenders.async;

import dev.capstan.interop.offenders.cap.UsesAsync;

/** The arrow points the other way; with it, the two packages form a ring. */
public final class UsesCap {
    UsesAsync upwards() {
        return new UsesAsync(this);
    }
}
