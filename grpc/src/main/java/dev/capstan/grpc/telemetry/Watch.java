package dev.capstan.grpc.telemetry;

import io.grpc.Status;

/** Told of one call. The requests come one after the other, and so do the answers; {@link #ended} comes once, and may come while others do. */
interface Watch {
    /** A request goes or comes; its bytes before compression, or -1 if nobody can tell. */
    void request(long bytes);

    /** An answer goes or comes; its bytes before compression, or -1 if nobody can tell. */
    void response(long bytes);

    void ended(Status status);
}
