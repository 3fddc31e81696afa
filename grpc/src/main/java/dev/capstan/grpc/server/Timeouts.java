package dev.capstan.grpc.server;

import io.grpc.Status;
import java.util.concurrent.TimeUnit;

/** The header {@code grpc-timeout}: at most eight digits and a unit. */
final class Timeouts {
    private static final int MOST_DIGITS = 8;

    private Timeouts() {}

    /**
     * The time in nanoseconds; at most some 292 years.
     *
     * @throws io.grpc.StatusRuntimeException INVALID_ARGUMENT if it is none
     */
    static long nanos(String header) {
        int digits = header.length() - 1;
        if (digits < 1 || digits > MOST_DIGITS || !header.chars().limit(digits).allMatch(c -> c >= '0' && c <= '9')) {
            throw malformed(header);
        }
        TimeUnit unit = switch (header.charAt(digits)) {
            case 'n' -> TimeUnit.NANOSECONDS;
            case 'u' -> TimeUnit.MICROSECONDS;
            case 'm' -> TimeUnit.MILLISECONDS;
            case 'S' -> TimeUnit.SECONDS;
            case 'M' -> TimeUnit.MINUTES;
            case 'H' -> TimeUnit.HOURS;
            default -> throw malformed(header);
        };
        return unit.toNanos(Long.parseLong(header.substring(0, digits)));
    }

    private static RuntimeException malformed(String header) {
        return Status.INVALID_ARGUMENT
                .withDescription("grpc-timeout has at most eight digits and one of n, u, m, S, M, H, unlike '"
                        + header.substring(0, Math.min(header.length(), 32)) + "'")
                .asRuntimeException();
    }
}
