package dev.capstan.net.http;

import dev.capstan.async.Loop;
import dev.capstan.net.Limits;
import dev.capstan.net.streams.Alarm;

/** Finds out whether a silent client is still there, by a ping that it has to answer in time. Anything that it says is an answer. */
final class KeepAlive {
    private final Limits.Life life;
    private final Runnable ping;
    private final Runnable gone;
    private final Alarm alarm;
    private boolean heard;
    private boolean pinged;

    KeepAlive(Loop loop, Limits.Life life, Runnable ping, Runnable gone) {
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
        if (heard) {
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
