/**
 * The server: what grpc-java calls a {@code ServerCall}, over an exchange of {@code net.http}. {@link dev.capstan.grpc.server.GrpcServer} finds who answers,
 * {@code ExchangeCall} is one call, {@code MessageReader} and {@code MessageFrames} are the framing of messages, {@code Metadatas} that of metadata and status.
 */
@NullMarked
package dev.capstan.grpc.server;

import org.jspecify.annotations.NullMarked;
