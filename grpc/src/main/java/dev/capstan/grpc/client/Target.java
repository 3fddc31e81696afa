package dev.capstan.grpc.client;

import dev.capstan.async.Address;
import io.grpc.ChannelCredentials;
import io.grpc.Grpc;
import io.grpc.ManagedChannelBuilder;
import io.grpc.netty.NettyChannelBuilder;
import java.util.List;
import java.util.concurrent.Flow;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Where the servers of a client are. */
sealed interface Target {
    /** A channel to them that is not built yet. {@code authority} is the one that the client was told, if it was. */
    ManagedChannelBuilder<?> channel(ChannelCredentials with, @Nullable String authority);

    default boolean isUnix() {
        return false;
    }

    /** Whether connections to them are ours to make, over TCP. */
    default boolean isOfTcp() {
        return !isUnix();
    }

    /** All that DNS has for a name. */
    record Name(Address.Tcp at) implements Target {
        @Override
        public ManagedChannelBuilder<?> channel(ChannelCredentials with, @Nullable String authority) {
            return Grpc.newChannelBuilder("dns:///" + at, with);
        }
    }

    /** One Unix socket, or any number of TCP addresses. */
    record Servers(List<Address> addresses) implements Target {
        public Servers {
            if (addresses.isEmpty()) {
                throw new IllegalArgumentException("to() needs at least one address");
            }
            if (addresses.size() > 1 && addresses.stream().anyMatch(Address.Unix.class::isInstance)) {
                throw new IllegalArgumentException("a Unix socket is a client's only server: make one client for each");
            }
        }

        @Override
        public boolean isUnix() {
            return addresses.getFirst() instanceof Address.Unix;
        }

        @Override
        public ManagedChannelBuilder<?> channel(ChannelCredentials with, @Nullable String authority) {
            return addresses.getFirst() instanceof Address.Unix(String path)
                    ? Grpc.newChannelBuilder("unix:" + path, with)
                    : listed(
                            with,
                            ListResolver.fixed(addresses),
                            authority == null ? addresses.getFirst().toString() : authority);
        }
    }

    /** Those of the latest list. */
    record Lists(Flow.Publisher<List<Address>> lists) implements Target {
        @Override
        public ManagedChannelBuilder<?> channel(ChannelCredentials with, @Nullable String authority) {
            return listed(with, lists, authority == null ? "servers" : authority);
        }
    }

    /** Wherever somebody else's channels lead. */
    record Made(Supplier<? extends ManagedChannelBuilder<?>> channels) implements Target {
        @Override
        public boolean isOfTcp() {
            return false;
        }

        @Override
        public ManagedChannelBuilder<?> channel(ChannelCredentials with, @Nullable String authority) {
            return channels.get();
        }
    }

    @SuppressWarnings(
            "deprecation") // The other way to name a resolver is a registry of the whole process; the one that takes a
    // registry of its own (1.85.1) does not look there.
    private static ManagedChannelBuilder<?> listed(
            ChannelCredentials with, Flow.Publisher<List<Address>> lists, String authority) {
        return NettyChannelBuilder.forTarget(ListResolver.SCHEME + ":///servers", with)
                .nameResolverFactory(ListResolver.of(lists, authority));
    }
}
