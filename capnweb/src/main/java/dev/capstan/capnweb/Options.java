package dev.capstan.capnweb;

import dev.capstan.cap.ObservedSession;
import dev.capstan.cap.Observer;
import java.time.Duration;

/**
 * How a session is held: what {@link WebPeer}, {@link WebServer} and {@link WebClient} take besides what they speak through. A value: {@code
 * Options.DEFAULT.withCompat(Compat.V0_8)}.
 *
 * @param limits what the peer may cost
 * @param compat the oldest version that the peer may run
 * @param onSendError sees each error before the peer is told of it
 * @param callTime how long a result of a call of ours is waited for, from the moment on that somebody asks for it; zero for as long as it takes. The call fails as {@link
 *     dev.capstan.cap.Failure.Kind#OVERLOADED} then, and is given up. {@link Stub#within} sets it for single calls
 * @param observer is told of each session and its calls
 * @param origin what the observer is told of the peer; {@link WebServer} and {@link WebClient} know better
 */
public record Options(
        Limits limits,
        Compat compat,
        OnSendError onSendError,
        Duration callTime,
        Observer observer,
        ObservedSession.Origin origin) {
    /** Default limits, for peers of version 0.11 and later, which are told what was meant for them. */
    public static final Options DEFAULT = new Options(
            Limits.DEFAULT,
            Compat.V0_12,
            (error, thrown) -> null,
            Duration.ZERO,
            Observer.NONE,
            ObservedSession.Origin.UNKNOWN);

    /** Refuses a time that is negative. */
    public Options {
        if (callTime.isNegative()) {
            throw new IllegalArgumentException("a call takes time, not " + callTime);
        }
    }

    /** These options with other limits. */
    public Options withLimits(Limits other) {
        return new Options(other, compat, onSendError, callTime, observer, origin);
    }

    /** These options for peers of another version. */
    public Options withCompat(Compat oldest) {
        return new Options(limits, oldest, onSendError, callTime, observer, origin);
    }

    /** These options with another view of errors. */
    public Options withOnSendError(OnSendError hook) {
        return new Options(limits, compat, hook, callTime, observer, origin);
    }

    /** These options with another time for calls of ours; zero for as long as they take. */
    public Options withCallTime(Duration longest) {
        return new Options(limits, compat, onSendError, longest, observer, origin);
    }

    /** These options with another observer. */
    public Options withObserver(Observer who) {
        return new Options(limits, compat, onSendError, callTime, who, origin);
    }

    /** These options for a session with {@code peer}. */
    public Options withOrigin(ObservedSession.Origin peer) {
        return observer == Observer.NONE ? this : new Options(limits, compat, onSendError, callTime, observer, peer);
    }

    /**
     * These options, and the peer reads the messages of all exceptions, also of those that were not meant for it: paths, addresses, statements of a database. For peers that are
     * trusted as the program itself is.
     */
    public Options withMessagesShown() {
        return withOnSendError((error, thrown) -> error.withStack(null));
    }
}
