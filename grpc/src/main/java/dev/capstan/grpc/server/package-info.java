/**
 * The server: what grpc-java calls a {@code ServerCall}, over an exchange of {@code net.http}. {@link dev.capstan.grpc.server.GrpcServer} finds who answers,
 * {@code ExchangeCall} is one call; how messages and metadata lie in it, {@link dev.capstan.grpc.MessageReader} and its neighbours know.
 */
@NullMarked
package dev.capstan.grpc.server;

import org.jspecify.annotations.NullMarked;
