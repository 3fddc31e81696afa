package dev.capstan.grpc.client;

import dev.capstan.grpc.CallContext;
import dev.capstan.grpc.CallMetadata;
import io.grpc.CallOptions;
import io.grpc.Deadline;
import java.net.SocketAddress;
import java.security.Principal;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/** The context of a call on the client's side: a view of what its parts know. */
final class ClientContext implements CallContext {
    private final String method;
    private final String authority;
    private final CallMetadata out;
    private final CallOptions options;
    private final Tries tries;
    private final Inbound<?> inbound;

    ClientContext(
            String method, String authority, CallMetadata out, CallOptions options, Tries tries, Inbound<?> inbound) {
        this.method = method;
        this.authority = authority;
        this.out = out;
        this.options = options;
        this.tries = tries;
        this.inbound = inbound;
    }

    @Override
    public String method() {
        return method;
    }

    @Override
    public CallMetadata in() {
        CallMetadata headers = inbound.headers();
        return headers == null ? CallMetadata.EMPTY : headers;
    }

    @Override
    public CallMetadata out() {
        return out;
    }

    @Override
    public Optional<SocketAddress> peer() {
        return Optional.ofNullable(tries.peer());
    }

    @Override
    public Optional<String> authority() {
        return Optional.of(authority);
    }

    @Override
    public Optional<Principal> identity() {
        SSLSession session = tries.session();
        try {
            return session == null ? Optional.empty() : Optional.of(session.getPeerPrincipal());
        } catch (SSLPeerUnverifiedException e) {
            return Optional.empty(); // It has shown no certificate: it names nobody.
        }
    }

    @Override
    public Optional<Duration> timeLeft() {
        @Nullable Deadline deadline = options.getDeadline();
        return deadline == null
                ? Optional.empty()
                : Optional.of(Duration.ofNanos(Math.max(0, deadline.timeRemaining(TimeUnit.NANOSECONDS))));
    }

    @Override
    public boolean isCancelled() {
        Inbound.End end = inbound.end();
        return end != null && !end.status().isOk();
    }

    @Override
    public void onCancel(Runnable action) {
        AtomicBoolean done = new AtomicBoolean();
        inbound.watch(() -> {
            if (isCancelled() && done.compareAndSet(false, true)) {
                action.run();
            }
        });
    }
}
