package dev.capstan.capnp;

import dev.capstan.cap.Cap;
import dev.capstan.cap.Method;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A typed reference to an object that speaks Cap'n Proto, wherever it lives. Generated clients extend it.
 *
 * <p>Owns one {@link Cap} and gives it back with {@link #close}. May be used from any thread: calls made by one thread arrive in the order in
 * which it made them.
 */
public abstract class Client implements AutoCloseable {
    private final Cap cap;
    private final AtomicBoolean closed = new AtomicBoolean();

    /** Takes ownership of {@code cap}. */
    protected Client(Cap cap) {
        this.cap = cap;
    }

    /** The reference itself; borrowed. */
    public final Cap cap() {
        if (closed.get()) {
            throw new IllegalStateException("this client was closed: share() it where it is needed longer");
        }
        return cap;
    }

    /** Another client of the same object; the caller owns it. */
    public abstract Client share();

    /** A request for generated code; {@code pipelining} is false if the results can hold no capability. */
    protected final <P extends StructBuilder, A> Request<P, A> newRequest(
            Method.Ordinal method, StructType<P, ?> params, AnswerType<A> answer, boolean pipelining) {
        return new Request<>(cap(), method, params, answer, pipelining);
    }

    /** A request of a stream for generated code. */
    protected final <P extends StructBuilder> StreamingRequest<P> newStreamingRequest(
            Method.Ordinal method, StructType<P, ?> params) {
        return new StreamingRequest<>(cap(), method, params);
    }

    /** Gives the reference back. Does nothing the second time. */
    @Override
    public final void close() {
        if (closed.compareAndSet(false, true)) {
            cap.close();
        }
    }

    @Override
    public String toString() {
        return getClass().getName() + "(" + cap + ")";
    }
}
