package dev.capstan.examples.database;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import java.security.MessageDigest;
import java.util.Set;

/** Lets those calls through whose {@code authorization} is a token that is known. */
// snippet tokens
final class Tokens implements ServerInterceptor {
    private final Metadata.Key<String> authorization =
            Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);
    private final Set<String> known;

    Tokens(Set<String> known) {
        this.known = Set.copyOf(known);
    }

    @Override
    public <Q, S> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, S> call, Metadata headers, ServerCallHandler<Q, S> next) {
        String told = headers.get(authorization);
        if (told != null && isKnown(told)) {
            return next.startCall(call, headers);
        }
        call.close(
                Status.UNAUTHENTICATED.withDescription(
                        told == null ? "this call has no token: send one with it" : "nobody here knows this token"),
                new Metadata());
        return new ServerCall.Listener<>() {};
    }

    /** Takes as long for a token that is nearly right as for any other. */
    private boolean isKnown(String told) {
        boolean found = false;
        for (String each : known) {
            found |= MessageDigest.isEqual(("Bearer " + each).getBytes(UTF_8), told.getBytes(UTF_8));
        }
        return found;
    }
}
// end snippet
