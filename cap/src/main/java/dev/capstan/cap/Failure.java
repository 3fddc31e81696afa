package dev.capstan.cap;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Why a call did not give a result: the only exception that crosses a wire.
 *
 * <p>The {@link Kind} tells the caller what to do about it. Whatever a wire cannot express otherwise travels in {@link #details}. Immutable.
 */
public sealed class Failure extends RuntimeException {
    private static final long serialVersionUID = 1;

    /** What the caller can do. */
    public enum Kind {
        /** Give up: trying again would fail again. */
        FAILED,
        /** Back off and try later. Deadlines that passed are of this kind. */
        OVERLOADED,
        /** Connect again, then try again. */
        DISCONNECTED,
        /** The other side does not know this method or feature: try another way. */
        UNIMPLEMENTED
    }

    /**
     * Machine-readable data that travels with a failure.
     *
     * @param id what kind of data this is; a 64-bit id chosen like a type id
     * @param data the data; not copied, must not be changed
     */
    @SuppressWarnings("ArrayRecordComponent")
    public record Detail(long id, byte[] data) {}

    private final Kind kind;
    private final String reason;
    private final transient List<Detail> details;
    private final @Nullable String trace;

    private Failure(Kind kind, String reason, List<Detail> details, @Nullable String trace, @Nullable Throwable cause) {
        super(reason, cause);
        this.kind = kind;
        this.reason = reason;
        this.details = List.copyOf(details);
        this.trace = trace;
    }

    /** A failure of the given kind. */
    public Failure(Kind kind, String reason) {
        this(kind, reason, List.of(), null, null);
    }

    /** A failure of kind {@link Kind#FAILED}. */
    public static Failure failed(String reason) {
        return new Failure(Kind.FAILED, reason);
    }

    /** A failure of kind {@link Kind#OVERLOADED}. */
    public static Failure overloaded(String reason) {
        return new Failure(Kind.OVERLOADED, reason);
    }

    /** A failure of kind {@link Kind#DISCONNECTED}. */
    public static Failure disconnected(String reason) {
        return new Failure(Kind.DISCONNECTED, reason);
    }

    /** A failure of kind {@link Kind#UNIMPLEMENTED}. */
    public static Failure unimplemented(String reason) {
        return new Failure(Kind.UNIMPLEMENTED, reason);
    }

    /** A failure that came over a wire: it has no Java stack of its own. */
    public static Failure remote(Kind kind, String reason, List<Detail> details, @Nullable String trace) {
        return new WithoutStack(kind, reason, details, trace, null);
    }

    /** Any throwable as a failure: itself if it is one; unsupported operations become UNIMPLEMENTED, timeouts OVERLOADED, the rest FAILED. */
    public static Failure of(Throwable cause) {
        return switch (cause) {
            case Failure failure -> failure;
            case CompletionException wrapped when wrapped.getCause() != null -> of(wrapped.getCause());
            case UnsupportedOperationException e -> wrap(Kind.UNIMPLEMENTED, e);
            case TimeoutException e -> wrap(Kind.OVERLOADED, e);
            case CancellationException e -> wrap(Kind.FAILED, e);
            default -> wrap(Kind.FAILED, cause);
        };
    }

    private static Failure wrap(Kind kind, Throwable cause) {
        String message = cause.getMessage();
        return new WithoutStack(
                kind, message == null ? cause.getClass().getSimpleName() : message, List.of(), null, cause);
    }

    /** Made from something that has a stack, or comes from elsewhere; whoever waits for it adds where that was. */
    private static final class WithoutStack extends Failure {
        private static final long serialVersionUID = 1;

        WithoutStack(
                Kind kind, String reason, List<Detail> details, @Nullable String trace, @Nullable Throwable cause) {
            super(kind, reason, details, trace, cause);
        }

        @Override
        public Throwable fillInStackTrace() {
            return this;
        }
    }

    /** The same failure with one more detail. */
    public Failure with(Detail detail) {
        List<Detail> more = new java.util.ArrayList<>(details);
        more.add(detail);
        return new WithoutStack(kind, reason, more, trace, this);
    }

    /** The same reason, details and trace under another kind: a lost connection fails its calls with the cause's words. */
    public Failure as(Kind other) {
        if (kind == other) {
            return this;
        }
        Throwable origin = this instanceof WithoutStack && getCause() != null ? getCause() : this;
        return new WithoutStack(other, reason, details, trace, origin);
    }

    /** What the caller can do. */
    public Kind kind() {
        return kind;
    }

    /** What went wrong, for people. */
    public String reason() {
        return reason;
    }

    /** Machine-readable data. */
    public List<Detail> details() {
        return details;
    }

    /** The data of the first detail with this id. */
    public Optional<byte[]> detail(long id) {
        return details.stream().filter(d -> d.id() == id).map(Detail::data).findFirst();
    }

    /** The remote stack trace, if the peer sent one. */
    public @Nullable String trace() {
        return trace;
    }

    @Override
    @SuppressWarnings("OverrideThrowableToString") // the message is the reason alone, as it crosses wires
    public String toString() {
        return Failure.class.getName() + ": " + kind + ": " + reason;
    }
}
