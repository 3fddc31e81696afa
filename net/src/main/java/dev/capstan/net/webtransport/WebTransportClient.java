package dev.capstan.net.webtransport;

import dev.capstan.async.Loop;
import dev.capstan.async.Promise;
import dev.capstan.net.Limits;
import dev.capstan.net.NetLoop;
import dev.capstan.net.channels.ChannelHost;
import dev.capstan.net.http.Headers;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Opens WebTransport sessions: each over a connection of its own, as browsers do for servers that are known by a hash. */
public final class WebTransportClient {
    private static final int HTTPS = 443;

    private WebTransportClient() {}

    /** As {@link #connect(NetLoop, URI, ServerTrust, Headers, Limits.WebTransport)} without headers and with default limits. */
    public static Promise<WebTransportSession> connect(NetLoop net, URI url, ServerTrust trust) {
        return connect(net, url, trust, Headers.of(), Limits.WebTransport.DEFAULT);
    }

    /**
     * Opens a session. All addresses of the host are tried, one after the other. Fails with {@link IOException} if there is nobody, if it is somebody
     * else, or if the server does not want to. Cancelling gives the attempt up. May be called from any thread.
     *
     * @param url with the scheme https; for a WebTransport server that also means UDP
     * @param headers sent along
     * @throws IllegalArgumentException if the URL is of another kind
     */
    public static Promise<WebTransportSession> connect(
            NetLoop net, URI url, ServerTrust trust, Headers headers, Limits.WebTransport limits) {
        return open(net, url, SessionTickets.none(trust), headers, limits);
    }

    /**
     * As {@link #connect(NetLoop, URI, ServerTrust, Headers, Limits.WebTransport)}, but a session with a server that is known from before, and that accepts this, is handed out at once: what is said in it
     * leaves with the first datagrams (0-RTT), so that the server has it half a round trip later.
     *
     * <p><b>Whoever can record these datagrams can send them again, and the server may act on them again.</b> So nothing but what may happen more than once is to be said until {@link
     * WebTransportSession#confirmed}; headers belong to it. A session that turns out not to be taken fails. If nothing is known of the server, the session is handed out when it is confirmed.
     *
     * @param tickets what is known of servers; used on the loop of {@code net} alone
     */
    public static Promise<WebTransportSession> connectEarly(
            NetLoop net, URI url, SessionTickets tickets, Headers headers, Limits.WebTransport limits) {
        return open(net, url, tickets, headers, limits);
    }

    private static Promise<WebTransportSession> open(
            NetLoop net, URI url, SessionTickets tickets, Headers headers, Limits.WebTransport limits) {
        String host = url.getHost();
        if (!"https".equalsIgnoreCase(url.getScheme()) || host == null || url.getRawFragment() != null) {
            throw new IllegalArgumentException(
                    "a WebTransport session needs a URL such as https://host:port/path, unlike " + url);
        }
        int port = url.getPort() < 0 ? HTTPS : url.getPort();
        String path = url.getRawPath() == null || url.getRawPath().isEmpty() ? "/" : url.getRawPath();
        WebTransportRequest request = new WebTransportRequest(
                url.getPort() < 0 ? host : host + ":" + port, path, url.getRawQuery(), null, headers);
        ChannelHost channels = ChannelHost.of(net.network());
        String name = host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
        return resolve(net.loop(), name, port)
                .then(addresses -> first(channels, addresses.iterator(), request, tickets, limits));
    }

    private static Promise<List<InetSocketAddress>> resolve(Loop loop, String host, int port) {
        try {
            InetSocketAddress literal = new InetSocketAddress(InetAddress.ofLiteral(host), port);
            return loop.later(() -> Promise.of(List.of(literal)));
        } catch (IllegalArgumentException e) {
            return loop.offload(() -> resolveName(host, port));
        }
    }

    private static List<InetSocketAddress> resolveName(String host, int port) throws IOException {
        try {
            return List.of(InetAddress.getAllByName(host)).stream()
                    .map(each -> new InetSocketAddress(each, port))
                    .toList();
        } catch (UnknownHostException e) {
            throw new IOException(
                    "the host name " + host + " is unknown: check its spelling, or use a numeric address", e);
        }
    }

    /** The first address that leads to a session, or what went wrong with the last. */
    private static Promise<WebTransportSession> first(
            ChannelHost host,
            Iterator<InetSocketAddress> addresses,
            WebTransportRequest request,
            SessionTickets tickets,
            Limits.WebTransport limits) {
        Promise<WebTransportSession> session = ClientConnection.open(host, addresses.next(), request, tickets, limits);
        return addresses.hasNext()
                ? session.recover(failure ->
                        isFinal(failure) ? Promise.failed(failure) : first(host, addresses, request, tickets, limits))
                : session;
    }

    /** Whether another address of the same host would say the same. */
    private static boolean isFinal(@Nullable Throwable failure) {
        return failure instanceof ClientConnection.Refused;
    }
}
