package dev.capstan.capnweb;

import dev.capstan.async.Loop;
import dev.capstan.async.MessageStream;
import dev.capstan.cap.Cap;
import dev.capstan.cap.Failure;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** A session and where its connection is put in, which may come later than the first messages. */
final class Opening {
    private final LateStream late;
    private final Duration silence;
    private @Nullable Session session;
    private @Nullable Failure cause;
    private Ending.By by = Ending.By.OWNER;

    private Opening(Loop loop, Duration silence) {
        this.late = new LateStream(loop);
        this.silence = silence;
    }

    /** A session that speaks once it is given its connection; takes ownership of {@code main}. To be started before that. */
    static Opening session(Loop loop, @Nullable Cap main, Options options) {
        Limits.Transport limits = options.limits().transport();
        Opening opening = new Opening(loop, limits.silence());
        Duration idle = limits.idleTime();
        PacedStream paced = new PacedStream(
                loop,
                opening.late,
                limits,
                () -> opening.session().abort(Failure.disconnected("nothing was said in this session for " + idle)));
        opening.session = new Session(loop, paced, main, options, (cause, by) -> {
            opening.cause = cause;
            opening.by = by;
            paced.end();
        });
        return opening;
    }

    Session session() {
        Session made = session;
        if (made == null) {
            throw new AssertionError("the session is made with its stream");
        }
        return made;
    }

    /** How long a peer may say nothing at all. */
    Duration silence() {
        return silence;
    }

    /** Whose doing it was that the session has ended. */
    Ending.By by() {
        return by;
    }

    /** Why the session has ended, for the peer; {@code otherwise} if its owner was done with it. */
    String reason(String otherwise) {
        Failure known = cause;
        return known == null || by == Ending.By.OWNER ? otherwise : known.reason();
    }

    /** Takes ownership of {@code connection}. */
    void opened(MessageStream connection) {
        late.opened(connection);
    }

    /** There will be no connection. */
    void failed(Throwable why) {
        session().failed(why);
    }
}
