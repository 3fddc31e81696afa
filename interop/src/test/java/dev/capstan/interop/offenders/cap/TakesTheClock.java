package dev.capstan.interop.offenders.cap;

import java.time.Instant;
import java.util.UUID;
import java.util.function.LongSupplier;

/** Innocent: the clock comes in, and values are made from given numbers. */
record TakesTheClock(LongSupplier nanos) {
    Instant at() {
        return Instant.ofEpochMilli(nanos.getAsLong());
    }

    UUID name(long high, long low) {
        return new UUID(high, low);
    }

    boolean here() {
        return Thread.currentThread().isVirtual();
    }
}
