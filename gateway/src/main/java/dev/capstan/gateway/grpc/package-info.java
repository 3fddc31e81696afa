/**
 * gRPC and the other wires, each called from the other: messages and methods, translated by the descriptors of {@code .proto} files that were loaded. Nothing is generated. Start at {@link
 * dev.capstan.gateway.grpc.GrpcBridge}.
 */
@NullMarked
package dev.capstan.gateway.grpc;

import org.jspecify.annotations.NullMarked;
