/** Typed services: generated interfaces as clients and as handlers, on our server and on grpc-java's. */
@NullMarked
package dev.capstan.grpc.typed;

import org.jspecify.annotations.NullMarked;
