package dev.capstan.grpc.client;

import java.time.Duration;

/**
 * What proves who calls, for a time.
 *
 * @param value what is sent as {@code authorization}, its scheme included, as in {@code Bearer abc}
 * @param lifetime for how long it holds, from the moment in which it was got
 */
public record Token(String value, Duration lifetime) {
    /** Checks the lifetime. */
    public Token {
        ServiceConfig.positive("lifetime", lifetime);
    }

    /** The value is a secret. */
    @Override
    public String toString() {
        return "Token[lifetime=" + lifetime + "]";
    }
}
