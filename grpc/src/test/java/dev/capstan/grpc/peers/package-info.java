/** gRPC of other languages and authors, as processes, before our server and behind our client. */
@NullMarked
package dev.capstan.grpc.peers;

import org.jspecify.annotations.NullMarked;
