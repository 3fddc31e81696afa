package dev.capstan.capnweb;

import dev.capstan.async.Loop;
import dev.capstan.async.MessageStream;
import dev.capstan.async.Promise;
import dev.capstan.cap.Cap;
import dev.capstan.cap.Failure;
import dev.capstan.capnweb.resume.ResumableServer;
import dev.capstan.net.http.WebSocket;
import dev.capstan.net.http.WebSocketClosed;
import dev.capstan.net.webtransport.WebTransportClosed;
import dev.capstan.net.webtransport.WebTransportSession;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Sessions over streams that outlive their connections; WebSockets and WebTransport as such connections. */
final class LastingSession {
    private @Nullable Session session;

    private LastingSession() {}

    /** A session over {@code stream}; takes ownership of both. To be started. */
    static Session over(Loop loop, MessageStream stream, @Nullable Cap main, Options options) {
        Limits.Transport limits = options.limits().transport();
        Duration idle = limits.idleTime();
        LastingSession made = new LastingSession();
        PacedStream paced = new PacedStream(
                loop,
                stream,
                limits,
                () -> made.get().abort(Failure.disconnected("nothing was said in this session for " + idle)));
        Session session = new Session(loop, paced, main, options, (cause, by) -> paced.end());
        made.session = session;
        return session;
    }

    private Session get() {
        Session made = session;
        if (made == null) {
            throw new AssertionError("the session is made with its stream");
        }
        return made;
    }

    /** A WebSocket as one of a session's connections, if its server has agreed to that. Takes ownership of {@code socket}. */
    static Promise<MessageStream> agreed(WebSocket socket) {
        if (socket.subprotocol().equals(ResumableServer.SUBPROTOCOL)) {
            return Promise.of(connection(socket));
        }
        IOException why = new IOException(LastingConnection.NOT_RESUMED);
        socket.abort(why);
        return Promise.failed(why);
    }

    /** A WebSocket as one of a session's connections. Takes ownership of {@code socket}. */
    static MessageStream connection(WebSocket socket) {
        return new LastingConnection(
                socket, cause -> cause instanceof WebSocketClosed && socket.closed() == null, false);
    }

    /** What a server hears of a client that has asked for this. Takes ownership of {@code transport}. */
    static MessageStream connection(Loop loop, WebTransportSession transport, Options options) {
        return over(loop, transport, options, false);
    }

    /** What a client hears of a server that it has {@linkplain #asking asked} for this, which may not have understood. Takes ownership of {@code transport}. */
    static MessageStream asked(Loop loop, WebTransportSession transport, Options options) {
        return over(loop, transport, options, true);
    }

    private static MessageStream over(Loop loop, WebTransportSession transport, Options options, boolean isUnsure) {
        Duration silence = options.limits().transport().silence();
        return new LastingConnection(
                new TransportStream(loop, transport, silence, () -> ""),
                cause -> cause instanceof WebTransportClosed && transport.closed() == null,
                isUnsure);
    }

    /** The address at which a server that resumes sessions over WebTransport is asked to. */
    static URI asking(URI to) {
        String query =
                to.getRawQuery() == null ? ResumableServer.QUERY : to.getRawQuery() + "&" + ResumableServer.QUERY;
        return URI.create(to.getScheme() + "://" + to.getRawAuthority() + to.getRawPath() + "?" + query);
    }

    /** Whether a client asks for this with the query of its request. */
    static boolean isAsked(@Nullable String query) {
        return query != null && List.of(query.split("&", -1)).contains(ResumableServer.QUERY);
    }

    /** What the program has put into a query beside {@link ResumableServer#QUERY}; null if nothing. */
    static @Nullable String rest(@Nullable String query) {
        String rest = query == null
                ? ""
                : Stream.of(query.split("&", -1))
                        .filter(each -> !each.equals(ResumableServer.QUERY))
                        .collect(Collectors.joining("&"));
        return rest.isEmpty() ? null : rest;
    }
}
