/**
 * gRPC on the API of grpc-java. Start at {@link dev.capstan.grpc.server.GrpcServer}, which serves on the port that everything else has too.
 */
@NullMarked
package dev.capstan.grpc;

import org.jspecify.annotations.NullMarked;
