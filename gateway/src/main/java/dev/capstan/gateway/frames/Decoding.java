package dev.capstan.gateway.frames;

import dev.capstan.capnp.dynamic.SchemaLoader;
import dev.capstan.grpc.services.DescriptorPool;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How frames are taken apart. Without schemas, methods of Cap'n Proto are told by their numbers, and messages of it and of gRPC by their sizes. A value; what it refers to is only read.
 *
 * @param capnp the schemas of what Cap'n Proto servers and clients serve
 * @param grpc the services of gRPC
 * @param secrets what is left out
 * @param limits what it may cost
 */
public record Decoding(SchemaLoader capnp, DescriptorPool grpc, Secrets secrets, Limits limits) {
    /** Without schemas and secrets. */
    public static Decoding plain() {
        return new Decoding(new SchemaLoader(), DescriptorPool.of(List.of()), Secrets.HIDDEN, Limits.DEFAULT);
    }

    /** This with other schemas for Cap'n Proto; null for none. */
    public Decoding with(@Nullable SchemaLoader schemas) {
        return new Decoding(schemas == null ? new SchemaLoader() : schemas, grpc, secrets, limits);
    }

    /** This with other services for gRPC. */
    public Decoding with(DescriptorPool services) {
        return new Decoding(capnp, services, secrets, limits);
    }

    /** This with secrets shown or hidden. */
    public Decoding with(Secrets shown) {
        return new Decoding(capnp, grpc, shown, limits);
    }

    /** This within other limits. */
    public Decoding with(Limits bounds) {
        return new Decoding(capnp, grpc, secrets, bounds);
    }

    /** The beginning of a text that somebody sent, as much as is told of a frame, on one line and without what means something to terminals. */
    String plain(String text) {
        return new Text(limits.texts()).plainly(text).toString();
    }
}
