package dev.capstan.capnweb;

import dev.capstan.async.CanceledException;
import dev.capstan.cap.Failure;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import org.jspecify.annotations.Nullable;

/** What the peer of a session is told of errors: what the program decides ({@link OnSendError}), else what was meant for it. */
final class ToldErrors {
    private static final Logger LOG = System.getLogger(ToldErrors.class.getName());

    private final OnSendError hook;

    ToldErrors(OnSendError hook) {
        this.hook = hook;
    }

    /** An error about which has been decided. */
    record Told(JsError error) {}

    /** What a failure is to the peer: an error, unless another peer threw something else. */
    @Nullable
    Object thrown(Failure failure) {
        Object value = Errors.value(failure);
        return value instanceof JsError error ? new Told(thrown(error, failure)) : value;
    }

    private JsError thrown(JsError error, Failure failure) {
        Throwable origin = origin(failure);
        JsError told = decided(error, origin);
        if (told != null) {
            return told;
        }
        if (isForThePeer(failure, origin)) {
            return error.withStack(null);
        }
        LOG.log(Level.WARNING, "the peer is not told the message of this exception", origin);
        return new JsError(error.name(), "this failed at the other side, whose log says why", null, error.props());
    }

    /** What an error that is a value, or part of one, is to the peer: the program has handed it over. */
    JsError value(JsError error, @Nullable Throwable thrown) {
        JsError told = decided(error, thrown);
        return told == null ? error.withStack(null) : told;
    }

    private @Nullable JsError decided(JsError error, @Nullable Throwable thrown) {
        try {
            return hook.sending(error, thrown);
        } catch (RuntimeException e) {
            LOG.log(Level.ERROR, "onSendError has thrown an exception; the peer is told the default", e);
            return null;
        }
    }

    /** What a failure was made from. */
    private static Throwable origin(Failure failure) {
        Throwable at = failure;
        while (at instanceof Failure && at.getCause() != null) {
            at = at.getCause();
        }
        return at;
    }

    /** Failures are meant for callers; and so are what connections say of themselves, and words of our own. */
    private static boolean isForThePeer(Failure failure, Throwable origin) {
        return origin instanceof Failure
                || origin instanceof WebException
                || origin instanceof CanceledException
                || failure.kind() == Failure.Kind.DISCONNECTED;
    }
}
