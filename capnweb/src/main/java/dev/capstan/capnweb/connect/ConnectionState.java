package dev.capstan.capnweb.connect;

import dev.capstan.cap.Failure;
import java.time.Duration;

/** What a client's connection is doing. Values. */
public sealed interface ConnectionState {
    /**
     * A connection is being made.
     *
     * @param attempt which one since the last connection that lasted, from 1
     */
    record Connecting(int attempt) implements ConnectionState {}

    /** There is one. */
    record Ready() implements ConnectionState {}

    /**
     * There was one, or an attempt at it, and there will be another attempt.
     *
     * @param delay how long from then
     * @param cause why there is none
     */
    record Waiting(Duration delay, Failure cause) implements ConnectionState {}

    /**
     * There will be none any more.
     *
     * @param cause why: the client was closed, or no attempt was left
     */
    record Closed(Failure cause) implements ConnectionState {}
}
