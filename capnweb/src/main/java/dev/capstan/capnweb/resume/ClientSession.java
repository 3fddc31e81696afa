package dev.capstan.capnweb.resume;

import dev.capstan.async.Backoff;
import dev.capstan.async.Loop;
import dev.capstan.async.Promise;
import dev.capstan.cap.Failure;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A session as its client keeps it: its newest token, the connection in the making, and the time that is left to come back.
 *
 * <p><b>Leaving.</b> A client that ends its session while it has no connection makes one more attempt to tell the server, which otherwise would keep everything for the grace period: the one that is being
 * made, or one at once. It has {@link ResumeLimits#handshakeTime}, and whatever comes of it the session is over here already.
 */
final class ClientSession implements ReliableStream.Owner {
    /** What was heard last may be one silence old; asking takes another, not being answered a third. The rest is for coming back. */
    private static final int GRACE_BY_SILENCE = 4;

    /** A server cannot make its clients ask without end. */
    private static final long LEAST_SILENCE_MILLIS = 1_000;

    private final Loop loop;
    private final ResumableClient.Dialer dialer;
    private final ResumeLimits limits;
    private final ControlCodec codec;
    private final ReliableStream stream;
    private final Backoff.Series series;
    private final Alarm pause;
    private final Alarm giveUp;
    private Promise.Cancelable dialing = () -> {};
    private @Nullable Greeting greeting;
    private @Nullable String token;
    private @Nullable Throwable last;
    private boolean isDialing;
    /** The session is over, and the server is still to be told. */
    private boolean leaving;

    private long attachedAtNanos;

    ClientSession(Loop loop, ResumableClient.Dialer dialer, Reconnection how) {
        this.loop = loop;
        this.dialer = dialer;
        this.limits = how.limits();
        this.codec = new ControlCodec(limits.controlBytes());
        this.stream = new ReliableStream(loop, limits, new Kept.Budget(Long.MAX_VALUE), this);
        this.series = how.backoff().series(how.random());
        this.pause = new Alarm(loop);
        this.giveUp = new Alarm(loop);
    }

    ReliableStream stream() {
        return stream;
    }

    /** On the loop's thread. */
    void begin() {
        mayBeAway();
        dial(true);
    }

    private void mayBeAway() {
        giveUp.set(limits.away(), () -> stream.fail(unreachable("within " + limits.away())));
    }

    private Failure unreachable(String how) {
        String why = last == null ? "it does not answer" : String.valueOf(last.getMessage());
        return Failure.disconnected("the server could not be reached again " + how + ": " + why);
    }

    private void dial(boolean first) {
        if (stream.isOver() && !leaving) {
            return;
        }
        isDialing = true;
        dialing = dialer.dial().listen(loop, (socket, failure) -> {
            isDialing = false;
            if (socket != null) {
                Greeting next = new Greeting();
                greeting = next;
                next.begin(new Line(loop, socket, codec, limits.silence(), next));
            } else if (first) {
                stream.fail(failure == null ? Failure.disconnected("there is no connection") : failure);
            } else {
                retry(failure);
            }
        });
    }

    private void retry(@Nullable Throwable why) {
        last = why;
        greeting = null;
        if (leaving) {
            left();
            return;
        }
        Optional<Duration> delay = series.failed();
        if (delay.isEmpty()) {
            stream.fail(unreachable("in " + series.failures() + " attempts"));
        } else {
            pause.set(delay.get(), () -> dial(false));
        }
    }

    // ---- the beginning of a connection

    private final class Greeting implements Line.Listener {
        private final Alarm alarm = new Alarm(loop);
        private Line line;

        @SuppressWarnings(
                "NullAway.Init") // begin() is the second half of the constructor: line and listener know one another
        Greeting() {}

        void begin(Line with) {
            line = with;
            alarm.set(limits.handshakeTime(), () -> {
                Failure silent = Failure.disconnected("the server has not answered within " + limits.handshakeTime());
                line.drop(silent);
                retry(silent);
            });
            String shown = token;
            line.send(shown == null ? new Control.New() : new Control.Resume(shown, stream.received()));
            line.start();
        }

        @Override
        public void message(byte[] array, int offset, int length, boolean lent) {
            throw new ControlCodec.Mistake("a server's first word is a token, or why there is none");
        }

        @Override
        public void control(Control message) {
            alarm.cancel();
            switch (message) {
                case Control.Welcome(String next, long generation, long received, long graceMillis) -> {
                    if (!leaving && !stream.reaches(received)) {
                        throw new ControlCodec.Mistake("of what was sent to you " + received
                                + " messages cannot have come, or what came after them is not kept");
                    }
                    if (leaving) {
                        greeting = null;
                        stream.sayGoodbye(line, received);
                        left();
                        return;
                    }
                    // A cut that only the server has noticed is to be found before the grace period is over.
                    line.silence(Duration.ofMillis(Math.max(LEAST_SILENCE_MILLIS, graceMillis / GRACE_BY_SILENCE)));
                    welcome(line, next, generation, received);
                }
                case Control.Refuse(String word, String reason) -> {
                    line.end();
                    over(Refused.told(word, reason));
                }
                case Control other ->
                    throw new ControlCodec.Mistake("a server's first word is a token, or why there is none");
            }
        }

        @Override
        public void cut(Throwable cause) {
            alarm.cancel();
            if (cause instanceof Refused mistake) {
                over(mistake);
            } else {
                retry(cause);
            }
        }

        /** One side does not go on. */
        private void over(Refused why) {
            greeting = null;
            stream.fail(why);
            left();
        }

        void drop() {
            alarm.cancel();
            line.drop(Failure.disconnected("the session is over"));
        }
    }

    private void welcome(Line line, String next, long generation, long received) {
        greeting = null;
        giveUp.cancel();
        attachedAtNanos = loop.timer().nanoTime();
        token = next;
        line.send(new Control.Confirm(generation));
        stream.attach(line, received);
    }

    // ---- what the stream tells

    @Override
    public void cut(Throwable cause) {
        series.lasted(Duration.ofNanos(loop.timer().nanoTime() - attachedAtNanos));
        mayBeAway();
        retry(cause);
    }

    @Override
    public void control(Control message) {
        switch (message) {
            case Control.Renewal(String next, long generation) -> {
                token = next;
                stream.tell(new Control.Confirm(generation));
            }
            case Control.Refuse(String word, String reason) -> stream.fail(Refused.told(word, reason));
            case Control other ->
                throw new ControlCodec.Mistake("this is said at the beginning of a connection, or by clients");
        }
    }

    @Override
    public boolean hasRoom() {
        return true;
    }

    @Override
    public void over(boolean untold) {
        pause.cancel();
        if (greeting == null && (!untold || token == null)) {
            left();
            return;
        }
        leaving = true;
        giveUp.set(limits.handshakeTime(), this::left);
        if (greeting == null && !isDialing) {
            dial(false);
        }
    }

    /** Nothing is waited for any more. */
    private void left() {
        leaving = false;
        pause.cancel();
        giveUp.cancel();
        dialing.cancel();
        Greeting begun = greeting;
        greeting = null;
        if (begun != null) {
            begun.drop();
        }
        stream.forget();
    }
}
