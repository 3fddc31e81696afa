package dev.capstan.grpc.client;

import io.grpc.ConnectivityState;

/**
 * One of a client's connections, as it was when it was asked.
 *
 * @param state of grpc-java's channel behind it
 * @param calls calls that have begun and not ended
 * @param started calls that have begun, ever
 * @param failed calls that have ended with another status than OK, ever
 */
public record Connection(ConnectivityState state, int calls, long started, long failed) {}
