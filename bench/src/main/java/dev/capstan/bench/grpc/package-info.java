/** The service of gRPC's official interoperability tests, as server and as client: for those tests and for load. */
@NullMarked
package dev.capstan.bench.grpc;

import org.jspecify.annotations.NullMarked;
