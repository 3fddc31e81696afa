/** The official interoperability cases: our client and server with each other, with those of grpc-java, and with the official programs. */
@NullMarked
package dev.capstan.grpc.interop;

import org.jspecify.annotations.NullMarked;
