package dev.capstan.gateway.grpc;

import dev.capstan.async.Loop;
import dev.capstan.cap.Failure;
import dev.capstan.cap.Membrane;
import dev.capstan.grpc.server.GrpcServer;
import dev.capstan.grpc.server.ServerContext;
import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import java.util.IdentityHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The clients of a gateway that come by gRPC: what the calls of one connection get hold of passes a border of its own, which closes when the last of them has ended
 * and nothing that they began behind it is still at work: giving calls up makes no room. Belongs to its loop; hears of calls on any thread.
 */
final class Visitors implements ServerInterceptor {
    private final Loop loop;
    private final Membrane.Limits limits;
    private final IdentityHashMap<Object, Visitor> byConnection = new IdentityHashMap<>();

    private static final class Visitor {
        final Membrane border;
        int calls;
        boolean waiting;

        Visitor(Membrane border) {
            this.border = border;
        }
    }

    Visitors(Loop loop, Membrane.Limits limits) {
        this.loop = loop;
        this.limits = limits;
    }

    /** How many there are. */
    int size() {
        return byConnection.size();
    }

    /** The border of whoever calls. @throws Failure DISCONNECTED if that client is gone */
    Membrane border(ServerContext context) {
        Visitor visitor = byConnection.get(GrpcServer.connection(context.call()));
        if (visitor == null) {
            throw Failure.disconnected("the client is gone");
        }
        return visitor.border;
    }

    @Override
    public <Q, S> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, S> call, Metadata headers, ServerCallHandler<Q, S> next) {
        Object connection = GrpcServer.connection(call);
        onLoop(() -> came(connection));
        ServerCall.Listener<Q> listener;
        try {
            listener = next.startCall(call, headers);
        } catch (RuntimeException | Error e) {
            onLoop(() -> left(connection));
            throw e;
        }
        return new SimpleForwardingServerCallListener<>(listener) {
            @Override
            public void onCancel() {
                try {
                    super.onCancel();
                } finally {
                    onLoop(() -> left(connection));
                }
            }

            @Override
            public void onComplete() {
                try {
                    super.onComplete();
                } finally {
                    onLoop(() -> left(connection));
                }
            }
        };
    }

    private void onLoop(Runnable task) {
        if (loop.inLoop()) {
            task.run();
        } else {
            loop.post(task);
        }
    }

    private void came(Object connection) {
        Visitor visitor = byConnection.computeIfAbsent(
                connection, key -> new Visitor(new Membrane(loop, Membrane.Policy.ALL, limits)));
        visitor.calls++;
    }

    private void left(Object connection) {
        @Nullable Visitor visitor = byConnection.get(connection);
        if (visitor != null && --visitor.calls == 0 && !visitor.waiting) {
            visitor.waiting = true;
            visitor.border.whenQuiet(() -> quiet(connection, visitor));
        }
    }

    private void quiet(Object connection, Visitor visitor) {
        visitor.waiting = false;
        if (visitor.calls == 0) {
            byConnection.remove(connection);
            visitor.border.revoke(Failure.disconnected("the client is gone"));
        }
    }
}
