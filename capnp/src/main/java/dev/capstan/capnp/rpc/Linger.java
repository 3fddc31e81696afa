package dev.capstan.capnp.rpc;

import dev.capstan.async.Loop;
import dev.capstan.async.MessageStream;
import dev.capstan.async.Promise;
import java.io.IOException;
import java.time.Duration;

/** The time between our end of a connection and the peer's: it may hear why, and is cut off if it then does not end too. */
final class Linger {
    private final Loop loop;
    private final Duration time;
    private final MessageStream stream;
    private final Runnable gone;
    private boolean inputOver;
    private boolean outputOver;
    private Promise.Cancelable alarm = () -> {};

    /** {@code gone} runs when the stream is closed, perhaps twice. */
    Linger(Vat vat, MessageStream stream, Runnable gone) {
        this.loop = vat.loop();
        this.time = vat.limits().linger();
        this.stream = stream;
        this.gone = gone;
    }

    /** We have ended. */
    void begin() {
        alarm = loop.timer().after(time).listen(loop, (ignored, failure) -> {
            stream.abort(new IOException("the peer has not closed its side of a"
                    + " connection that has ended within " + time + " (Limits.linger)"));
            gone.run();
        });
        stream.drained().listen(loop, (ignored, failure) -> {
            outputOver = true;
            stopIfOver();
        });
    }

    /** The peer has ended; before or after us. */
    void inputOver() {
        inputOver = true;
        stopIfOver();
    }

    private void stopIfOver() {
        if (inputOver && outputOver) {
            alarm.cancel();
            gone.run();
        }
    }
}
