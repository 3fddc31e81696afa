package dev.capstan.net.tls;

import dev.capstan.async.Address;
import dev.capstan.async.ByteStream;
import dev.capstan.async.Completer;
import dev.capstan.async.Loop;
import dev.capstan.async.Network;
import dev.capstan.async.Promise;
import dev.capstan.net.Limits;
import java.io.IOException;
import java.util.List;
import java.util.function.Consumer;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import org.jspecify.annotations.Nullable;

/**
 * A network whose streams are TLS sessions over the streams of another. It makes {@code https} and {@code wss} of what speaks {@code http} and {@code ws}: given to a {@link
 * dev.capstan.net.http.HttpServer} in place of the other, or to {@link dev.capstan.net.http.HttpClient#secure}.
 *
 * <p><b>Who is trusted</b> is the context's business: which certificates a client accepts, and which one a server shows. A client also checks that the server's certificate is made
 * out for the host that it connects to; there is no way to leave that out, but {@link #named} tells another name to check.
 *
 * <p>Streams are handed over when the handshake is done. A stream that ends without the peer having said so breaks: somebody may have cut it. Belongs to its loop; {@link #connect} and
 * {@link #listen} may be called from any thread.
 */
public final class TlsNetwork implements Network {
    private final Loop loop;
    private final Network plain;
    private final SSLContext context;
    private final Limits.Tls limits;
    private final @Nullable String name;
    private final List<String> protocols;
    private final Clients clients;
    private final Handshakes handshakes;

    /** What a server wants to know of its clients. */
    private enum Clients {
        NOTHING,
        CERTIFICATE_IF_ANY,
        CERTIFICATE
    }

    /** Handshakes of servers that are under way, on the loop's thread. */
    private static final class Handshakes {
        private int count;
    }

    /** TLS with what {@code context} holds over the streams of {@code plain}, which belongs to {@code loop}. */
    public TlsNetwork(Loop loop, Network plain, SSLContext context, Limits.Tls limits) {
        this(loop, plain, context, limits, null, List.of(), Clients.NOTHING, new Handshakes());
    }

    private TlsNetwork(
            Loop loop,
            Network plain,
            SSLContext context,
            Limits.Tls limits,
            @Nullable String name,
            List<String> protocols,
            Clients clients,
            Handshakes handshakes) {
        this.loop = loop;
        this.plain = plain;
        this.context = context;
        this.limits = limits;
        this.name = name;
        this.protocols = protocols;
        this.clients = clients;
        this.handshakes = handshakes;
    }

    /**
     * This network, whose servers are to prove the name {@code host} instead of that in their address: for a server behind a tunnel, or at a Unix socket,
     * which has no name.
     */
    public TlsNetwork named(String host) {
        return new TlsNetwork(loop, plain, context, limits, host, protocols, clients, handshakes);
    }

    /**
     * This network, which offers the other side these protocols to speak (ALPN), the best first: {@code h2} and {@code http/1.1} for one. A server chooses; one that speaks none of what
     * its client offers ends the handshake. What was chosen tells {@link TlsSession#protocol}.
     */
    public TlsNetwork offering(String... protocols) {
        return new TlsNetwork(loop, plain, context, limits, name, List.of(protocols), clients, handshakes);
    }

    /**
     * This network, whose servers ask each client for a certificate that the context trusts, and end the handshake with one that shows another or, where {@code required}, none. Who the
     * client is tells {@link TlsSession#session}.
     */
    public TlsNetwork clientCertificates(boolean required) {
        Clients asked = required ? Clients.CERTIFICATE : Clients.CERTIFICATE_IF_ANY;
        return new TlsNetwork(loop, plain, context, limits, name, protocols, asked, handshakes);
    }

    @Override
    public Promise<ByteStream> connect(Address to) {
        Completer<ByteStream> completer = new Completer<>(loop);
        Promise<ByteStream> promise = completer.promise();
        onLoop(() -> {
            SSLEngine engine;
            try {
                engine = engineFor(to);
            } catch (IOException e) {
                completer.fail(e);
                return;
            }
            Promise.Cancelable connecting = plain.connect(to).listen(loop, (stream, failure) -> {
                if (stream != null) {
                    handshake(stream, engine, to, completer);
                } else {
                    completer.fail(failure == null ? new IOException("there is no connection to " + to) : failure);
                }
            });
            completer.onCancel(connecting::cancel);
        });
        return promise;
    }

    private SSLEngine engineFor(Address to) throws IOException {
        String host = name;
        int port = 0;
        if (to instanceof Address.Tcp(String itsHost, int itsPort)) {
            host = host == null ? itsHost : host;
            port = itsPort;
        }
        if (host == null) {
            throw new IOException(
                    to + " has no host that a certificate could be made out for: tell its name with named()");
        }
        SSLEngine engine = context.createSSLEngine(host, port);
        engine.setUseClientMode(true);
        SSLParameters parameters = engine.getSSLParameters();
        parameters.setEndpointIdentificationAlgorithm("HTTPS");
        parameters.setApplicationProtocols(protocols.toArray(String[]::new));
        engine.setSSLParameters(parameters);
        return engine;
    }

    private void handshake(ByteStream stream, SSLEngine engine, Address to, Completer<ByteStream> completer) {
        TlsStream tls = new TlsStream(loop, stream, engine, "the server at " + to, limits, (session, failure) -> {
            if (failure == null) {
                completer.complete(session);
            } else {
                completer.fail(failure);
            }
        });
        completer.onCancel(() -> tls.abort(new IOException("the connection was given up")));
        tls.begin();
    }

    @Override
    public Promise<Listener> listen(Address at, Consumer<ByteStream> onAccept) {
        return plain.listen(at, stream -> {
            if (handshakes.count >= limits.handshakes()) {
                stream.abort(new IOException(
                        "the server has " + handshakes.count + " TLS handshakes under way, which is its limit"));
                return;
            }
            handshakes.count++;
            SSLEngine engine = context.createSSLEngine();
            engine.setUseClientMode(false);
            SSLParameters parameters = engine.getSSLParameters();
            parameters.setApplicationProtocols(protocols.toArray(String[]::new));
            switch (clients) {
                case NOTHING -> {}
                case CERTIFICATE_IF_ANY -> parameters.setWantClientAuth(true);
                case CERTIFICATE -> parameters.setNeedClientAuth(true);
            }
            engine.setSSLParameters(parameters);
            new TlsStream(loop, stream, engine, "a client", limits, (session, failure) -> {
                        handshakes.count--;
                        if (failure == null) {
                            onAccept.accept(session);
                        }
                    })
                    .begin();
        });
    }

    private void onLoop(Runnable task) {
        if (loop.inLoop()) {
            task.run();
        } else {
            loop.post(task);
        }
    }
}
