package dev.capstan.net.http;

import dev.capstan.async.Loop;
import dev.capstan.net.Limits;
import dev.capstan.net.streams.Alarm;
import java.util.function.BooleanSupplier;

/**
 * Finds out whether a silent client is still there, by a ping that it has to answer in time. Anything that it says is an answer. While nothing is read of it, since it reads too slowly
 * itself, it cannot be heard: then who watches what it takes decides.
 */
final class KeepAlive {
    private final Limits.Life life;
    private final Runnable ping;
    private final Runnable gone;
    private final BooleanSupplier deaf;
    private final Alarm alarm;
    private boolean heard;
    private boolean pinged;

    /** {@code deaf} tells whether nothing is read at present. */
    KeepAlive(Loop loop, Limits.Life life, Runnable ping, Runnable gone, BooleanSupplier deaf) {
        this.deaf = deaf;
        this.life = life;
        this.ping = ping;
        this.gone = gone;
        this.alarm = new Alarm(loop, this::rang);
    }

    void begin() {
        if (!life.keepAlive().isZero()) {
            alarm.set(life.keepAlive());
        }
    }

    void heard() {
        heard = true;
    }

    private void rang() {
        if (heard || deaf.getAsBoolean()) {
            heard = false;
            pinged = false;
            alarm.set(life.keepAlive());
        } else if (pinged) {
            gone.run();
        } else {
            pinged = true;
            ping.run();
            alarm.set(life.keepAliveTimeout());
        }
    }

    void end() {
        alarm.cancel();
    }
}
