package dev.capstan.grpc.server;

import dev.capstan.async.Address;
import dev.capstan.net.http.Peer;
import io.grpc.Attributes;
import io.grpc.Grpc;
import io.grpc.ServerCall;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;

/** The other side of a connection in the words of grpc-java: pure functions. */
final class PeerAttributes {
    private static final Attributes.Key<Object> CONNECTION = Attributes.Key.create("dev.capstan.grpc.connection");

    private PeerAttributes() {}

    /** Of a call that {@code peer} carries. */
    static Attributes of(Peer peer) {
        Attributes.Builder attributes = Attributes.newBuilder().set(CONNECTION, peer);
        if (peer.address() != null) {
            attributes.set(Grpc.TRANSPORT_ATTR_REMOTE_ADDR, socketAddress(peer.address()));
        }
        if (peer.tls() != null) {
            attributes.set(Grpc.TRANSPORT_ATTR_SSL_SESSION, peer.tls());
        }
        return attributes.build();
    }

    /** What the calls of one connection have in common, by identity, whichever server it is; the call itself if the server does not tell. */
    static Object connection(ServerCall<?, ?> call) {
        Attributes of = call.getAttributes();
        Object ours = of.get(CONNECTION);
        if (ours != null) {
            return ours;
        }
        // grpc-java's servers make it once for each connection; within the process it is the server's, and the
        // attributes are made once for each.
        SocketAddress theirs = of.get(Grpc.TRANSPORT_ATTR_REMOTE_ADDR);
        if (theirs == null) {
            return call;
        }
        return theirs == of.get(Grpc.TRANSPORT_ATTR_LOCAL_ADDR) ? of : theirs;
    }

    private static SocketAddress socketAddress(Address address) {
        return switch (address) {
            case Address.Tcp(String host, int port) -> tcp(host, port);
            case Address.Unix(String path) -> UnixDomainSocketAddress.of(path);
        };
    }

    private static SocketAddress tcp(String host, int port) {
        try {
            return new InetSocketAddress(InetAddress.ofLiteral(host), port);
        } catch (IllegalArgumentException e) {
            return InetSocketAddress.createUnresolved(host, port); // A name, of a network that is no real one.
        }
    }
}
