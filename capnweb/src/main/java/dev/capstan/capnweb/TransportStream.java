package dev.capstan.capnweb;

import dev.capstan.async.Loop;
import dev.capstan.async.MessageStream;
import dev.capstan.async.Promise;
import dev.capstan.cap.Cap;
import dev.capstan.cap.Failure;
import dev.capstan.net.webtransport.WebTransportClosed;
import dev.capstan.net.webtransport.WebTransportSession;
import java.nio.ByteBuffer;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Sessions over WebTransport: a message is a line of the one stream in both directions. The connection may come later than the first messages, which wait for it.
 *
 * <p>A session that ends, ends its half of the stream behind its last message, so that is not lost; a peer that does not end the other half for as long as
 * {@link Limits.Transport#silence} has its connection closed with code 3000 and the reason, as a WebSocket has. How the peer closes is told in its words. There are no pings: QUIC
 * notices by itself who is gone.
 */
final class TransportStream implements MessageStream, MessageStream.Receiver {
    private static final int CLOSE_CODE = 3000;
    private static final int LONGEST_REASON = 1000;

    private final Loop loop;
    private final MessageStream lines;
    private final Duration patience;
    private final Opening opening;
    private @Nullable Receiver receiver;
    private Promise.Cancelable ending = () -> {};
    private boolean over;

    private TransportStream(Loop loop, MessageStream lines, Duration patience, Opening opening) {
        this.loop = loop;
        this.lines = lines;
        this.patience = patience;
        this.opening = opening;
    }

    /** A session that speaks once it is given its connection; takes ownership of {@code main}. To be started before that. */
    static Opening session(Loop loop, @Nullable Cap main, Options options) {
        Limits.Transport limits = options.limits().transport();
        Opening opening = new Opening(loop, limits.silence());
        Duration idle = limits.idleTime();
        PacedStream paced = new PacedStream(
                loop,
                opening.late,
                limits,
                () -> opening.session().abort(Failure.disconnected("nothing was said in this session for " + idle)));
        opening.session = new Session(loop, paced, main, options, (cause, by) -> {
            opening.reason = by == Ending.By.OWNER ? "" : cause.reason();
            paced.end();
        });
        return opening;
    }

    /** A session and where its connection is put in. */
    static final class Opening {
        private final Loop loop;
        private final Duration patience;
        private final LateStream late;
        private String reason = "";
        private @Nullable Session session;

        private Opening(Loop loop, Duration patience) {
            this.loop = loop;
            this.patience = patience;
            this.late = new LateStream(loop);
        }

        Session session() {
            Session made = session;
            if (made == null) {
                throw new AssertionError("the session is made with its stream");
            }
            return made;
        }

        /** Takes ownership of {@code connection}. */
        void opened(WebTransportSession connection) {
            late.opened(new TransportStream(loop, connection.messages(), patience, this));
        }

        /** There will be no connection. */
        void failed(Throwable cause) {
            session().failed(cause);
        }
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
            ending = loop.timer().after(patience).listen(loop, (rung, failure) -> {
                String why = opening.reason;
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
}
