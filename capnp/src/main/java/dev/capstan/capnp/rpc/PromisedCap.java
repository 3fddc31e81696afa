package dev.capstan.capnp.rpc;

import dev.capstan.async.Promise;
import dev.capstan.cap.Answer;
import dev.capstan.cap.BrokenCap;
import dev.capstan.cap.Call;
import dev.capstan.cap.Cap;
import dev.capstan.cap.Failure;
import dev.capstan.cap.Format;
import dev.capstan.cap.Hints;
import dev.capstan.cap.Method;
import dev.capstan.cap.Request;
import dev.capstan.cap.Watchers;
import dev.capstan.capnp.rpc.protocol.CapDescriptor;
import dev.capstan.capnp.rpc.protocol.MessageTarget;
import org.jspecify.annotations.Nullable;

/**
 * A reference that the peer will resolve: a promise that it exported, or a place in an answer that has not returned.
 *
 * <p>Calls go ahead to the peer over {@code initial}. When the peer tells what the promise is, later calls may take a shorter way and so arrive
 * before the earlier ones, which the peer is still sending back to us. If calls were made and the new way does not lead over this connection, they
 * are therefore held back behind an <em>embargo</em>: a Disembargo follows the earlier calls, the peer returns it, and then they are let go.
 */
final class PromisedCap extends RemoteCap {
    private final RemoteCap initial;
    private final Runnable onUnused;
    private volatile @Nullable Cap target;
    private boolean hadCalls;
    private final Watchers watchers;

    /** Takes ownership of {@code initial}; {@code onUnused} runs if the last reference is closed before it resolves. */
    PromisedCap(RemoteCap initial, Runnable onUnused) {
        super(initial.connection);
        this.initial = initial;
        this.onUnused = onUnused;
        this.watchers = new Watchers(connection.loop, this);
    }

    @Override
    RemoteCap way() {
        return initial;
    }

    boolean isResolved() {
        return target != null;
    }

    /** The peer says what this is. Takes ownership of {@code replacement}. */
    void resolve(Cap replacement) {
        if (target != null) {
            replacement.close();
            throw connection.protocolError("a promise was resolved twice");
        }
        Cap next = checkedStep(replacement);
        boolean embargo;
        if (next instanceof RemoteCap remote && remote.connection == connection) {
            embargo = remote.promiseResolvedHere(hadCalls);
            remote.adoptFlow(this);
        } else {
            // A failure needs no order, and the null capability cannot be called in any.
            embargo = hadCalls && !(next.innermost() instanceof BrokenCap);
        }
        if (embargo && connection.isUp() && !connection.faults.contains(Fault.NO_EMBARGO)) {
            next = connection.embargoes.impose(initial, next);
        }
        become(next, null);
    }

    @Override
    protected boolean isLedBackFrom(Cap next) {
        return super.isLedBackFrom(next)
                || (next.innermost() instanceof ReflectedCap reflected && reflected.way() == initial);
    }

    /** The peer or the connection says that this will never be anything. */
    void fail(Failure failure) {
        if (target == null) {
            become(new BrokenCap(failure), failure);
        }
    }

    private void become(Cap next, @Nullable Failure failure) {
        boolean abandoned = isGone();
        target = next;
        // Those who waited may have been the last that kept this reference, and with it the target.
        Cap held = next.share();
        watchers.tell(next, failure);
        initial.close();
        if (abandoned) {
            next.close();
        }
        held.close();
    }

    @Override
    boolean promiseResolvedHere(boolean calls) {
        if (target != null) {
            throw connection.protocolError(
                    "a promise cannot resolve to another promise that is itself resolved; see CapDescriptor.senderPromise");
        }
        hadCalls |= calls;
        return false;
    }

    @Override
    RemoteCap describe(CapDescriptor.Builder descriptor) {
        hadCalls = true;
        return initial.describe(descriptor);
    }

    @Override
    @Nullable
    Cap address(MessageTarget.Builder to) {
        Cap known = target;
        if (known != null) {
            return known instanceof RemoteCap remote && remote.connection == connection ? remote.address(to) : known;
        }
        hadCalls = true;
        return initial.address(to);
    }

    @Override
    public Request request(Method method, Format fallback, int sizeHint, Hints hints) {
        Cap known = target;
        return known != null
                ? known.request(method, fallback, sizeHint, hints)
                : super.request(method, fallback, sizeHint, hints);
    }

    @Override
    public Answer call(Call call) {
        Cap known = target;
        return known != null ? known.call(call) : super.call(call);
    }

    @Override
    public @Nullable Cap resolved() {
        return target;
    }

    @Override
    public @Nullable Promise<Cap> resolution() {
        Cap known = target;
        if (known instanceof BrokenCap broken) {
            return broken.resolution();
        }
        if (known != null) {
            return Promise.of(known.share());
        }
        return watchers.add().promise();
    }

    @Override
    protected void released() {
        Cap known = target;
        if (known != null) {
            known.close();
        } else {
            onUnused.run();
        }
    }

    @Override
    public String toString() {
        return "promise over " + initial;
    }
}
