package dev.capstan.grpc.client;

import java.time.Duration;

/**
 * What holds for the calls of one method, of one service, or of all.
 *
 * @param path {@code package.Service/Method} for one method, {@code package.Service} for all of a service, empty for all; the most exact one counts
 * @param deadline time that a call may take; zero for no end. A shorter one of the call itself counts
 * @param waitForReady whether calls wait for a connection rather than fail when none can be made
 * @param attempts whether calls are sent more than once
 */
public record MethodPolicy(String path, Duration deadline, boolean waitForReady, Attempts attempts) {
    /** Checks path and deadline. */
    public MethodPolicy {
        int slash = path.indexOf('/');
        if (slash == 0 || (slash > 0 && (slash == path.length() - 1 || path.indexOf('/', slash + 1) >= 0))) {
            throw new IllegalArgumentException(
                    "'" + path + "' is no path of a method: write package.Service/Method, package.Service or nothing");
        }
        if (deadline.isNegative()) {
            throw new IllegalArgumentException("deadline must not be negative, but is " + deadline);
        }
    }

    /** Nothing special yet for {@code path}. */
    public static MethodPolicy of(String path) {
        return new MethodPolicy(path, Duration.ZERO, false, new Attempts.Once());
    }

    /** This with another deadline. */
    public MethodPolicy within(Duration time) {
        return new MethodPolicy(path, time, waitForReady, attempts);
    }

    /** This, waiting for a connection. */
    public MethodPolicy waiting() {
        return new MethodPolicy(path, deadline, true, attempts);
    }

    /** This with other attempts. */
    public MethodPolicy with(Attempts more) {
        return new MethodPolicy(path, deadline, waitForReady, more);
    }
}
