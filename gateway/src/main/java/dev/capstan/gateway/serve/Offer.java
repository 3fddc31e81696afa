package dev.capstan.gateway.serve;

import dev.capstan.async.Promise;
import dev.capstan.cap.Cap;
import dev.capstan.capnp.rpc.Peer;
import io.grpc.ServerServiceDefinition;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Something that is served, on each wire that has it. Objects are asked for on the loop's thread, for each session, which owns what it gets.
 *
 * @param path where it is for all that is HTTP
 * @param web the object for Cap'n Web; null if it is not there
 * @param capnp the object for one connection of Cap'n Proto, which may ask for it more than once; null if it is not there
 * @param interfaces ids of the interfaces that {@code capnp} has
 * @param services the object for gRPC
 */
public record Offer(
        String path,
        @Nullable Supplier<Promise<Cap>> web,
        @Nullable Function<? super Peer, Promise<Cap>> capnp,
        Set<Long> interfaces,
        List<ServerServiceDefinition> services) {
    /** Copies what could change. */
    public Offer {
        interfaces = Set.copyOf(interfaces);
        services = List.copyOf(services);
    }
}
