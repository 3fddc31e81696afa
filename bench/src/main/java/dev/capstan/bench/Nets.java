package dev.capstan.bench;

import dev.capstan.net.Limits;
import dev.capstan.net.NetLoop;
import dev.capstan.net.Transport;
import java.time.Duration;

/** The loops of servers and clients that are measured: {@code -Dcapstan.spin=MICROSECONDS} makes them look for input for so long before they sleep instead of for the usual time ({@link Limits#spin}). */
public final class Nets {
    private Nets() {}

    private static Limits limits() {
        Long micros = Long.getLong("capstan.spin");
        return micros == null ? Limits.DEFAULT : Limits.DEFAULT.withSpin(Duration.ofNanos(1_000L * micros));
    }

    /** A loop with a thread of its own. */
    public static NetLoop open(String name) {
        return NetLoop.open(name, Transport.AUTO, limits(), dev.capstan.async.Limits.DEFAULT);
    }

    /** A loop that its owner drives. */
    public static NetLoop onThisThread() {
        return NetLoop.onThisThread(Transport.AUTO, limits(), dev.capstan.async.Limits.DEFAULT);
    }
}
