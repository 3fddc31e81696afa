package dev.capstan.net;

import java.time.Duration;

/**
 * Bounds of the sockets of one {@link NetLoop}.
 *
 * @param readChunkBytes bytes that one read asks for; a loop has one buffer of this size for all its sockets
 * @param readsPerWake reads from one socket before others get their turn; a peer that streams cannot starve the rest
 * @param writeChunkBytes size of the pieces that output is gathered in; one write carries as many as there are
 * @param idleChunks pieces that a loop keeps for reuse; more are left to the garbage collector
 * @param maxQueuedBytes output queued for one peer above which a warning names it: it does not read what it asks for. Whoever writes is to
 *     heed {@link dev.capstan.async.ByteStream#drained}; nothing is cut here
 * @param acceptsPerWake connections accepted from one listener before others get their turn
 * @param backlog connections that the operating system holds for a listener until they are accepted
 * @param connectTimeout time for one attempt to connect to one address
 */
public record Limits(
        int readChunkBytes,
        int readsPerWake,
        int writeChunkBytes,
        int idleChunks,
        long maxQueuedBytes,
        int acceptsPerWake,
        int backlog,
        Duration connectTimeout) {
    /** 64 KiB and 8 reads; 16 KiB pieces, 256 of them kept; 64 MiB; 64 accepts, backlog 1024; 20 seconds. */
    public static final Limits DEFAULT =
            new Limits(64 << 10, 8, 16 << 10, 256, 64L << 20, 64, 1024, Duration.ofSeconds(20));

    /** Checks the ranges. */
    public Limits {
        atLeastOne("readChunkBytes", readChunkBytes);
        atLeastOne("readsPerWake", readsPerWake);
        atLeastOne("writeChunkBytes", writeChunkBytes);
        atLeastOne("maxQueuedBytes", maxQueuedBytes);
        atLeastOne("acceptsPerWake", acceptsPerWake);
        atLeastOne("backlog", backlog);
        if (idleChunks < 0) {
            throw new IllegalArgumentException("idleChunks must not be negative, but is " + idleChunks);
        }
        if (connectTimeout.isNegative() || connectTimeout.isZero()) {
            throw new IllegalArgumentException("connectTimeout must be positive, not " + connectTimeout);
        }
    }

    private static void atLeastOne(String name, long value) {
        if (value < 1) {
            throw new IllegalArgumentException(name + " must be at least 1, not " + value);
        }
    }
}
