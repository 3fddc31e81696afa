package dev.capstan.capnp.rpc;

import dev.capstan.async.Promise;
import dev.capstan.cap.Answer;
import dev.capstan.cap.BrokenCap;
import dev.capstan.cap.Call;
import dev.capstan.cap.CallWatch;
import dev.capstan.cap.Cap;
import dev.capstan.cap.CountedCap;
import dev.capstan.cap.Failure;
import dev.capstan.cap.Flow;
import dev.capstan.cap.Format;
import dev.capstan.cap.Hints;
import dev.capstan.cap.Method;
import dev.capstan.cap.Request;
import dev.capstan.capnp.CapnpPayload;
import dev.capstan.capnp.rpc.protocol.CapDescriptor;
import dev.capstan.capnp.rpc.protocol.MessageTarget;
import org.jspecify.annotations.Nullable;

/** A reference that leads over a connection. */
abstract class RemoteCap extends CountedCap {
    final Connection connection;
    private @Nullable Flow flow;

    RemoteCap(Connection connection) {
        super(connection.loop);
        this.connection = connection;
    }

    /** Names this reference to the peer. Returns what was described, which is where the peer's messages will go from now on. Borrowed. */
    abstract RemoteCap describe(CapDescriptor.Builder descriptor);

    /** Addresses a message to this reference; or returns where it must go instead, because it leads elsewhere by now. Borrowed. */
    abstract @Nullable Cap address(MessageTarget.Builder target);

    /** The entry of the peer's tables that messages to this reference are addressed to now. Borrowed. */
    RemoteCap way() {
        return this;
    }

    /** A promise on this connection has resolved to this reference. Returns whether calls must be held back until the old path is empty. */
    boolean promiseResolvedHere(boolean hadCalls) {
        return false;
    }

    /** Here, so that a wrapper in this package can hand it on. */
    @Override
    protected void ledFrom(int length) {
        super.ledFrom(length);
    }

    @Override
    public Request request(Method method, Format fallback, int sizeHint, Hints hints) {
        Failure down = connection.down();
        if (down != null) {
            try (Cap broken = new BrokenCap(down)) {
                return broken.request(method, fallback, sizeHint, hints);
            }
        }
        return switch (method) {
            case Method.Ordinal ordinal -> new RpcRequest(this, ordinal, sizeHint, hints);
            case Method.Member member -> {
                try (Cap broken = new BrokenCap(foreign(member))) {
                    yield broken.request(method, fallback, sizeHint, hints);
                }
            }
        };
    }

    /** Forwards a call that came from elsewhere: its parameters are copied into a message of ours. */
    @Override
    public Answer call(Call call) {
        CallWatch watch = call.watch();
        if (watch == CallWatch.NONE || connection.observed == null) {
            return forward(call);
        }
        try (CallWatch.Running _ = watch.running()) {
            return forward(call);
        }
    }

    private Answer forward(Call call) {
        Failure down = connection.down();
        if (down != null) {
            call.close();
            return Answer.broken(down);
        }
        if (!(call.method() instanceof Method.Ordinal ordinal)) {
            Failure foreign = foreign(call.method());
            call.close();
            return Answer.broken(foreign);
        }
        RpcRequest request;
        try {
            CapnpPayload params = CapnpPayload.of(call.params());
            long words = params.reader().targetSizeWords();
            request = new RpcRequest(this, ordinal, (int) Math.min(words, 1 << 20), call.hints());
            request.params().builder().set(params.reader());
        } catch (RuntimeException e) {
            call.close();
            return Answer.broken(Failure.of(e));
        }
        call.releaseParams();
        Answer tail = call.tailCall(request);
        if (tail != null) {
            call.close();
            return tail;
        }
        request.onEnd(call::close);
        return request.send();
    }

    private static Failure foreign(Method method) {
        return Failure.unimplemented("'" + method
                + "' is a name, and a Cap'n Proto object is called by numbers: put a gateway between the two");
    }

    @Override
    public @Nullable Cap resolved() {
        return null;
    }

    @Override
    public @Nullable Promise<Cap> resolution() {
        return null;
    }

    @Override
    public final Object brand() {
        return connection;
    }

    Flow flow() {
        Flow known = flow;
        if (known == null) {
            known = new Flow(connection.loop, connection.limits.streamWindowBytes());
            flow = known;
            if (connection.observed != null) {
                connection.observed.streams(known);
            }
        }
        return known;
    }

    /** Goes on with the window of the promise that resolved to this reference, so that bytes on their way still count. */
    void adoptFlow(RemoteCap before) {
        if (flow == null) {
            flow = before.flow;
        }
    }
}
