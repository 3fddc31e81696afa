package dev.capstan.gateway.port;

import dev.capstan.async.Address;
import dev.capstan.async.Loop;
import dev.capstan.async.Network;
import dev.capstan.async.Promise;
import dev.capstan.capnp.rpc.Vat;
import dev.capstan.net.Limits;
import dev.capstan.net.NetLoop;
import dev.capstan.net.http.HttpRoutes;
import dev.capstan.net.http.HttpServer;
import dev.capstan.net.port.Protocol;
import dev.capstan.net.port.SharedPort;
import dev.capstan.net.tls.TlsNetwork;
import dev.capstan.net.webtransport.CertificateHash;
import dev.capstan.net.webtransport.ServerIdentity;
import dev.capstan.net.webtransport.WebTransportRoutes;
import dev.capstan.net.webtransport.WebTransportServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * Every wire at one address: Cap'n Proto, and all that is HTTP (pages, batches and WebSockets of Cap'n Web, gRPC and gRPC-Web), over TCP with or without TLS, and WebTransport over UDP at the same number. What a connection speaks is told by ALPN or by
 * its first bytes.
 *
 * <p>Belongs to its loop and is used on its thread. The vat and whoever answers requests belong to the program: closing this stops listening, lets requests end that have come, and leaves connections of Cap'n Proto to
 * the vat.
 */
public final class OnePort implements AutoCloseable {
    /** ALPN's name for Cap'n Proto here, for clients that say one; there is no registered one. */
    private static final String CAPNP = "capnp";
    /** Ports that the system chooses for TCP may be taken for UDP. */
    private static final int TRIES = 20;

    private final SharedPort port;
    private final @Nullable HttpServer http;
    private final @Nullable WebTransportServer transports;

    private OnePort(SharedPort port, @Nullable HttpServer http, @Nullable WebTransportServer transports) {
        this.port = port;
        this.http = http;
        this.transports = transports;
    }

    /** A port on the loop of {@code net}, at which nothing is spoken yet. */
    public static Builder on(NetLoop net) {
        return new Builder(net);
    }

    /** Whether WebTransport can listen there: at an address of numbers, since nothing is looked up for it. */
    public static boolean isNumeric(Address.Tcp at) {
        try {
            InetAddress _ = InetAddress.ofLiteral(at.host());
            return true;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    /** What a port is made of. Not thread-safe. */
    public static final class Builder {
        private final NetLoop net;
        private @Nullable Vat vat;
        private @Nullable HttpRoutes routes;
        private Limits.Http httpLimits = Limits.Http.DEFAULT;
        private Limits.Http2 http2Limits = Limits.Http2.DEFAULT;
        private Limits.Port portLimits = Limits.Port.DEFAULT;
        private Limits.WebTransport transportLimits = Limits.WebTransport.DEFAULT;
        private @Nullable SSLContext tls;
        private @Nullable Boolean certificateRequired;
        private UnaryOperator<Network> shown = network -> network;
        private @Nullable ServerIdentity identity;
        private WebTransportRoutes sessions = WebTransportRoutes.none();

        private Builder(NetLoop net) {
            this.net = net;
        }

        /** Cap'n Proto, for {@code spoken}, which has to live on the same loop. */
        public Builder capnp(Vat spoken) {
            vat = spoken;
            return this;
        }

        /** All that is HTTP: routes of several servers are joined by {@link HttpRoutes#and}. */
        public Builder http(HttpRoutes answered) {
            routes = answered;
            return this;
        }

        /** Bounds of HTTP/1.1 and HTTP/2. */
        public Builder limits(Limits.Http http, Limits.Http2 http2) {
            httpLimits = http;
            http2Limits = http2;
            return this;
        }

        /** Bounds of connections that have not said yet what they speak. */
        public Builder limits(Limits.Port port) {
            portLimits = port;
            return this;
        }

        /** Bounds of WebTransport. */
        public Builder limits(Limits.WebTransport transport) {
            transportLimits = transport;
            return this;
        }

        /** All of TCP is TLS, by the key and certificates of {@code context}. */
        public Builder tls(SSLContext context) {
            tls = context;
            return this;
        }

        /** Clients that connect over TLS are asked for a certificate that the context trusts, see {@link TlsNetwork#clientCertificates}; over WebTransport they are not. */
        public Builder clientCertificates(boolean required) {
            certificateRequired = required;
            return this;
        }

        /** What makes streams of the network, after TLS, show what is read and written; those of WebTransport have routes that are {@linkplain WebTransportRoutes#shown shown}. */
        public Builder shown(UnaryOperator<Network> look) {
            shown = look;
            return this;
        }

        /** WebTransport at the UDP port of the same number. It is always encrypted: {@code by} is who the server is. */
        public Builder webTransport(ServerIdentity by, WebTransportRoutes opened) {
            identity = by;
            sessions = opened;
            return this;
        }

        /**
         * Listens; port 0 lets the system choose one that is free for all. Fails with {@link IOException} if the address cannot be had. From any thread.
         *
         * @param at a TCP address of this machine with a host that is a literal, or without WebTransport any address
         * @throws IllegalStateException if nothing is to be spoken there
         * @throws IllegalArgumentException if WebTransport cannot be spoken at such an address
         */
        public Promise<OnePort> listen(Address at) {
            if (vat == null && routes == null) {
                throw new IllegalStateException("say what is spoken at the port: capnp(...), http(...) or both");
            }
            if (identity != null) {
                beside(at);
            }
            return net.loop().fetch(() -> listen(at, TRIES));
        }

        private Promise<OnePort> listen(Address at, int tries) {
            Loop loop = net.loop();
            HttpServer http = routes == null ? null : new HttpServer(loop, routes, httpLimits, http2Limits);
            return SharedPort.listen(loop, shown.apply(network()), at, portLimits, protocols(http))
                    .then(port -> withTransports(port, http, at, tries));
        }

        private Network network() {
            Network plain = net.network();
            if (tls == null) {
                return plain;
            }
            TlsNetwork network = new TlsNetwork(net.loop(), plain, tls, Limits.Tls.DEFAULT).offering(names());
            return certificateRequired == null ? network : network.clientCertificates(certificateRequired);
        }

        private String[] names() {
            List<String> names = new ArrayList<>();
            if (routes != null) {
                names.addAll(List.of("h2", "http/1.1"));
            }
            if (vat != null) {
                names.add(CAPNP);
            }
            return names.toArray(String[]::new);
        }

        private List<Protocol> protocols(@Nullable HttpServer http) {
            List<Protocol> protocols = new ArrayList<>();
            Vat spoken = vat;
            if (spoken != null) {
                protocols.add(new Protocol("Cap'n Proto", List.of(CAPNP), OnePort::isCapnp, spoken::accept));
            }
            if (http != null) {
                protocols.add(Protocol.otherwise("HTTP", List.of("h2", "http/1.1"), http::accept));
            }
            return protocols;
        }

        private Promise<OnePort> withTransports(SharedPort port, @Nullable HttpServer http, Address at, int tries) {
            ServerIdentity by = identity;
            if (by == null) {
                return Promise.of(new OnePort(port, http, null));
            }
            return WebTransportServer.listen(net, beside(port.address()), by, sessions, transportLimits)
                    .<OnePort>map(server -> new OnePort(port, http, server))
                    .recover(failure -> {
                        // Somebody may have come meanwhile.
                        new OnePort(port, http, null).close();
                        boolean again = tries > 1 && at instanceof Address.Tcp(String any, int wanted) && wanted == 0;
                        return again && failure instanceof IOException
                                ? listen(at, tries - 1)
                                : Promise.failed(failure);
                    });
        }

        /** The UDP address of the same number. */
        private static InetSocketAddress beside(Address at) {
            if (!(at instanceof Address.Tcp(String host, int number))) {
                throw new IllegalArgumentException("WebTransport needs a TCP address, not " + at);
            }
            try {
                return new InetSocketAddress(InetAddress.ofLiteral(host), number);
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException("WebTransport needs an address of numbers, not " + at, e);
            }
        }
    }

    private static Protocol.Verdict isCapnp(byte[] first) {
        if (first.length < CapnpStart.BYTES) {
            return Protocol.Verdict.MORE;
        }
        return CapnpStart.is(i -> first[i] & 0xff) ? Protocol.Verdict.YES : Protocol.Verdict.NO;
    }

    /** Where it listens, with the port that the system chose. */
    public Address address() {
        return port.address();
    }

    /** What pages have to know of certificates that the server issues itself; see {@link WebTransportServer#hashes}. Empty without WebTransport. */
    public List<CertificateHash> hashes() {
        return transports == null ? List.of() : transports.hashes();
    }

    /** Stops listening. Requests that have come are still answered; sessions and connections are left to their owners. */
    @Override
    public void close() {
        port.close();
        if (http != null) {
            http.close();
        }
        if (transports != null) {
            transports.close();
        }
    }
}
