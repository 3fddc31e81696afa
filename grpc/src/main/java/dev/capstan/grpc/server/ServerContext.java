package dev.capstan.grpc.server;

import dev.capstan.grpc.CallContext;
import dev.capstan.grpc.CallMetadata;
import io.grpc.Context;
import io.grpc.Deadline;
import io.grpc.Grpc;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import java.net.SocketAddress;
import java.security.Principal;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/**
 * What surrounds a call that a typed handler serves, and what the handler says besides its answers. It can be asked from any thread; {@link #headers} and {@link #trailers} are said on the
 * handler's own: the loop for asynchronous handlers, the handler's thread for blocking ones.
 */
public final class ServerContext implements CallContext {
    static final Context.Key<ServerContext> KEY = Context.key("dev.capstan.grpc.call");

    private final ServerCall<?, ?> call;
    private final Metadata headers;
    private volatile @Nullable CallMetadata in;
    private final Reply<?> reply;
    private final @Nullable Deadline deadline;
    private final @Nullable Draining draining;
    private final Signal cancelled = new Signal();

    /** The metadata is given away. */
    ServerContext(ServerCall<?, ?> call, Metadata headers, Reply<?> reply, Context around) {
        this.call = call;
        this.headers = headers;
        this.reply = reply;
        this.deadline = around.getDeadline();
        this.draining = Draining.KEY.get(around);
    }

    /**
     * That of the call whose handler asks: within the handler's own method, the rest of a blocking one included, and where grpc-java's {@link Context} has been carried to. An asynchronous
     * handler keeps it for what it does later.
     *
     * @throws IllegalStateException elsewhere
     */
    public static ServerContext current() {
        ServerContext current = KEY.get();
        if (current == null) {
            throw new IllegalStateException(
                    "no handler of a call runs here: ask within its method, and keep the answer for what is done later");
        }
        return current;
    }

    /** Sends the headers of the answer now. Without this they go with the first message, and are empty. @throws IllegalStateException if they were sent before */
    public void headers(CallMetadata sent) {
        reply.headers(sent);
    }

    /** What is to be sent with the end of the call, also if it fails; instead of what was said before. */
    public void trailers(CallMetadata sent) {
        reply.trailers(sent);
    }

    /** Whether the server has been asked to end, so that streams without an end of their own should find one. Never told by grpc-java's own servers. */
    public boolean isDraining() {
        return draining != null && draining.hasBegun();
    }

    /** Runs {@code action} once when {@link #isDraining} becomes true, on the server's loop, or now if it is. It must not block. */
    public void onDrain(Runnable action) {
        if (draining != null) {
            draining.onBegin(action);
        }
    }

    /** The call as grpc-java has it, for what has no word here, such as compression and attributes. It is answered, and ended, by the handler's result alone. */
    public ServerCall<?, ?> call() {
        return call;
    }

    @Override
    public String method() {
        return call.getMethodDescriptor().getFullMethodName();
    }

    @Override
    public CallMetadata in() {
        CallMetadata made = in;
        if (made == null) {
            made = CallMetadata.of(headers);
            in = made;
        }
        return made;
    }

    @Override
    public CallMetadata out() {
        return reply.headers();
    }

    @Override
    public Optional<SocketAddress> peer() {
        return Optional.ofNullable(call.getAttributes().get(Grpc.TRANSPORT_ATTR_REMOTE_ADDR));
    }

    @Override
    public Optional<String> authority() {
        return Optional.ofNullable(call.getAuthority());
    }

    @Override
    public Optional<Principal> identity() {
        SSLSession session = call.getAttributes().get(Grpc.TRANSPORT_ATTR_SSL_SESSION);
        try {
            return session == null ? Optional.empty() : Optional.of(session.getPeerPrincipal());
        } catch (SSLPeerUnverifiedException e) {
            return Optional.empty(); // It has shown no certificate: it names nobody.
        }
    }

    @Override
    public Optional<Duration> timeLeft() {
        return deadline == null
                ? Optional.empty()
                : Optional.of(Duration.ofNanos(Math.max(0, deadline.timeRemaining(TimeUnit.NANOSECONDS))));
    }

    @Override
    public boolean isCancelled() {
        return cancelled.isGiven();
    }

    @Override
    public void onCancel(Runnable action) {
        cancelled.on(action);
    }

    void cancel() {
        cancelled.give();
    }
}
