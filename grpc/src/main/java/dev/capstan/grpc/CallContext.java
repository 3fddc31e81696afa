package dev.capstan.grpc;

import java.net.SocketAddress;
import java.security.Principal;
import java.time.Duration;
import java.util.Optional;

/**
 * What surrounds a call, on either side. A view of the call: what it tells may change until the call has ended. May be used from any thread.
 */
public interface CallContext {
    /** Service and method, as in {@code grpc.testing.TestService/UnaryCall}. */
    String method();

    /** What the other side has sent before its messages: on the server the request's metadata, on the client the response's headers; none while they are not there. */
    CallMetadata in();

    /** What this side has sent before its messages. */
    CallMetadata out();

    /** Who the other side is; none while no connection carries the call. */
    Optional<SocketAddress> peer();

    /** The host that the client meant. */
    Optional<String> authority();

    /** Whom the other side's certificate names; none without TLS or without a certificate. */
    Optional<Principal> identity();

    /** Time until the call's deadline, at least zero; none if it has none. */
    Optional<Duration> timeLeft();

    /** Whether nobody waits for the call's end any more: it was cancelled, has failed, or its deadline has passed. */
    boolean isCancelled();

    /** Runs {@code action} once when {@link #isCancelled} becomes true, at once if it is; never when the call ends well. On any thread: it must not block. */
    void onCancel(Runnable action);
}
