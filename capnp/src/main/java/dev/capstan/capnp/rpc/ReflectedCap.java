package dev.capstan.capnp.rpc;

import dev.capstan.async.Promise;
import dev.capstan.cap.Answer;
import dev.capstan.cap.Call;
import dev.capstan.cap.Cap;
import dev.capstan.cap.Format;
import dev.capstan.cap.Hints;
import dev.capstan.cap.Method;
import dev.capstan.cap.Request;
import dev.capstan.capnp.rpc.protocol.CapDescriptor;
import dev.capstan.capnp.rpc.protocol.MessageTarget;
import org.jspecify.annotations.Nullable;

/**
 * An export of ours that the peer names back to us and that by now leads over the same connection to the peer.
 *
 * <p>The peer did not know that yet when it named it, so it may still be reflecting calls to us, and must go on doing so (the four-way race
 * that the schema's comment on Disembargo is about). A promise that resolves to this reference therefore needs an embargo, although both ends lie
 * on one connection. In everything else it is what it wraps.
 */
final class ReflectedCap extends RemoteCap {
    private final RemoteCap inner;

    /** Takes ownership of {@code inner}. */
    ReflectedCap(RemoteCap inner) {
        super(inner.connection);
        this.inner = inner;
    }

    @Override
    RemoteCap way() {
        return inner.way();
    }

    @Override
    boolean promiseResolvedHere(boolean calls) {
        inner.promiseResolvedHere(calls);
        return calls;
    }

    @Override
    protected void ledFrom(int length) {
        super.ledFrom(length);
        inner.ledFrom(length);
    }

    @Override
    RemoteCap describe(CapDescriptor.Builder descriptor) {
        return inner.describe(descriptor);
    }

    @Override
    @Nullable
    Cap address(MessageTarget.Builder target) {
        return inner.address(target);
    }

    @Override
    public Request request(Method method, Format fallback, int sizeHint, Hints hints) {
        return inner.request(method, fallback, sizeHint, hints);
    }

    @Override
    public Answer call(Call call) {
        return inner.call(call);
    }

    @Override
    public @Nullable Cap resolved() {
        return inner.resolved();
    }

    @Override
    public @Nullable Promise<Cap> resolution() {
        return inner.resolution();
    }

    @Override
    protected void released() {
        inner.close();
    }

    @Override
    public String toString() {
        return "reflected " + inner;
    }
}
