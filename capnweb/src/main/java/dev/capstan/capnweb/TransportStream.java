package dev.capstan.capnweb;

import dev.capstan.async.Loop;
import dev.capstan.async.MessageStream;
import dev.capstan.async.Promise;
import dev.capstan.net.http.Headers;
import dev.capstan.net.http.HttpRequest;
import dev.capstan.net.webtransport.WebTransportClosed;
import dev.capstan.net.webtransport.WebTransportRequest;
import dev.capstan.net.webtransport.WebTransportSession;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * WebTransport as the connection of a session: a message is a line of the one stream in both directions.
 *
 * <p>A session that ends, ends its half of the stream behind its last message, so that is not lost; a peer that does not end the other half for as long as
 * {@link Limits.Transport#silence} has its connection closed with code 3000 and the reason, as a WebSocket has. How the peer closes is told in its words. There are no pings: QUIC
 * notices by itself who is gone.
 */
final class TransportStream implements MessageStream, MessageStream.Receiver {
    private static final int CLOSE_CODE = 3000;
    private static final int LONGEST_REASON = 1000;
    /** RFC 8470 section 5.1. */
    private static final String EARLY = "early-data";

    private final Loop loop;
    private final MessageStream lines;
    private final Duration silence;
    private final Supplier<String> reason;
    private @Nullable Receiver receiver;
    private Promise.Cancelable ending = () -> {};
    private boolean over;

    /** The connection of the session that is opened. Takes ownership of {@code connection}. */
    TransportStream(Loop loop, WebTransportSession connection, Opening opening) {
        this(loop, connection, opening.silence(), () -> opening.reason(""));
    }

    /**
     * Takes ownership of {@code connection}.
     *
     * @param silence how long a peer may take to end its half
     * @param reason for a peer that has not ended it
     */
    TransportStream(Loop loop, WebTransportSession connection, Duration silence, Supplier<String> reason) {
        this.loop = loop;
        this.lines = connection.messages();
        this.silence = silence;
        this.reason = reason;
    }

    // ---- what comes

    @Override
    public void start(Receiver to) {
        receiver = to;
        lines.start(this);
    }

    private Receiver owner() {
        Receiver to = receiver;
        if (to == null) {
            throw new AssertionError("a stream that was not started has delivered something");
        }
        return to;
    }

    @Override
    public void received(byte[] array, int offset, int length, boolean lent) {
        owner().received(array, offset, length, lent);
    }

    @Override
    public void ended() {
        over = true;
        ending.cancel();
        owner().ended();
    }

    @Override
    public void failed(Throwable cause) {
        over = true;
        ending.cancel();
        owner().failed(cause);
    }

    @Override
    public void pause() {
        lines.pause();
    }

    @Override
    public void resume() {
        lines.resume();
    }

    // ---- what goes

    @Override
    public void send(ByteBuffer... pieces) {
        lines.send(pieces);
    }

    @Override
    public long queuedBytes() {
        return lines.queuedBytes();
    }

    @Override
    public Promise<Void> drained() {
        return lines.drained();
    }

    @Override
    public void end() {
        lines.end();
        if (!over) {
            ending = loop.timer().after(silence).listen(loop, (rung, failure) -> {
                String why = reason.get();
                lines.abort(
                        new WebTransportClosed(CLOSE_CODE, why.substring(0, Math.min(why.length(), LONGEST_REASON))));
            });
        }
    }

    @Override
    public void abort(Throwable cause) {
        over = true;
        ending.cancel();
        lines.abort(cause);
    }

    /**
     * What was asked for, as a WebSocket would have asked. What stands for itself, in HTTP/3 or below, is not believed when it comes a second time, as a header.
     *
     * @param isEarly whether it may be a repetition of what somebody has recorded
     */
    static HttpRequest head(WebTransportRequest asked, @Nullable String query, boolean isEarly) {
        Headers headers = Headers.of("host", asked.authority());
        String origin = asked.origin();
        if (origin != null) {
            headers = headers.with("origin", origin);
        }
        if (isEarly) {
            headers = headers.with(EARLY, "1");
        }
        for (Map.Entry<String, String> field : asked.headers().fields()) {
            if (!List.of("host", "origin", EARLY).contains(field.getKey().toLowerCase(Locale.ROOT))) {
                headers = headers.with(field.getKey(), field.getValue());
            }
        }
        return new HttpRequest("CONNECT", asked.path(), query, headers, new byte[0]);
    }
}
