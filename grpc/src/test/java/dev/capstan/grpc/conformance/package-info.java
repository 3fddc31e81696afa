/** The cases of connectrpc/conformance for gRPC and gRPC-Web, as tables of our own. */
@NullMarked
package dev.capstan.grpc.conformance;

import org.jspecify.annotations.NullMarked;
