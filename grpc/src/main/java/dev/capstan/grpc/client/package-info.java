/**
 * gRPC's client, on grpc-java's channels. Start at {@link dev.capstan.grpc.client.GrpcClient}; a call is a {@link dev.capstan.grpc.client.GrpcCall}, whichever its shape.
 */
@NullMarked
package dev.capstan.grpc.client;

import org.jspecify.annotations.NullMarked;
