package dev.capstan.gateway.serve;

import dev.capstan.async.Promise;
import dev.capstan.cap.Cap;
import dev.capstan.capnp.dynamic.InterfaceSchema;
import dev.capstan.capnp.dynamic.SchemaLoader;
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
 * @param about what is known of {@code web} for people who want to call it; null if nothing is
 */
public record Offer(
        String path,
        @Nullable Supplier<Promise<Cap>> web,
        @Nullable Function<? super Peer, Promise<Cap>> capnp,
        Set<Long> interfaces,
        List<ServerServiceDefinition> services,
        @Nullable About about) {
    /** Copies what could change. */
    public Offer {
        interfaces = Set.copyOf(interfaces);
        services = List.copyOf(services);
    }

    /** What can be called. */
    public sealed interface About {
        /** An interface of Cap'n Proto, whose methods have names in {@code schemas}. */
        record Interface(InterfaceSchema type, SchemaLoader schemas) implements About {}

        /** Declarations of TypeScript. */
        record Declarations(String typescript) implements About {}
    }
}
