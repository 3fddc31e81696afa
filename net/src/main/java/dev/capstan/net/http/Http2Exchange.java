package dev.capstan.net.http;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;

/**
 * One stream of HTTP/2.
 *
 * <p><b>Windows.</b> Bytes that the receiver has taken are given back to the windows of the stream and of the connection at once; those that wait for a paused receiver are not, so no
 * more than a window's worth waits.
 */
final class Http2Exchange implements Exchange, Inbox.Owner {
    private static final Logger LOG = System.getLogger(Http2Exchange.class.getName());
    /** As many bytes as a writer may leave behind without being asked to wait. */
    private static final int READY_BYTES = 32 << 10;

    private final Http2Streams streams;
    private final int id;
    private final HttpRequest request;
    private final long announced;
    private final Inbox inbox;
    private Runnable onDrained = () -> {};
    private long arrived;
    private long queued;
    private long left;
    /** At the last look; -1 if nothing waited then. */
    private long leftBefore = -1;

    /** Bytes that the answer's head has announced and that were not written; -1 if it has announced none. */
    private long missing = -1;

    private boolean answered;
    private boolean outputEnded;
    private boolean over;
    private boolean wasReady = true;

    /** {@code announced} is the length of the body that the head tells, or -1. */
    Http2Exchange(Http2Streams streams, int id, HttpRequest request, long announced) {
        this.streams = streams;
        this.id = id;
        this.request = request;
        this.announced = announced;
        this.inbox = new Inbox(streams.loop(), this);
    }

    int id() {
        return id;
    }

    @Override
    public HttpRequest request() {
        return request;
    }

    @Override
    public Peer peer() {
        return streams.peer();
    }

    // ---- input

    /** Bytes of the body; how many of them are done with. */
    int arrived(byte[] array, int offset, int length) {
        arrived += length;
        return over || outputEnded || inbox.arrived(array, offset, length) ? length : 0;
    }

    /** Whether more has come than was announced, or at the end less. */
    boolean breaksItsLength(int more, boolean end) {
        long whole = arrived + more;
        return announced >= 0 && (whole > announced || (end && whole != announced));
    }

    void inputEnded() {
        inbox.ended();
    }

    boolean isOver() {
        return over;
    }

    /** The stream is gone without our doing. */
    void failed(IOException cause) {
        if (!over) {
            over = true;
            inbox.failed(cause);
        }
    }

    @Override
    public void delivered(int bytes) {
        streams.consumed(id, bytes);
    }

    @Override
    public void threw(RuntimeException cause) {
        LOG.log(Level.WARNING, () -> "what receives " + request + " threw; its exchange is broken", cause);
        abort(Reset.INTERNAL);
    }

    @Override
    public void start(Receiver to) {
        inbox.start(to);
    }

    @Override
    public void pause() {
        inbox.pause();
    }

    @Override
    public void resume() {
        inbox.resume();
    }

    // ---- output

    @Override
    public void answer(int status, Headers headers) {
        begin();
        if (!over) {
            String length = headers.first("content-length");
            missing = length == null ? -1 : Long.parseLong(length);
            streams.writeHeaders(this, Http2Heads.answer(status, headers), false);
        }
    }

    private void begin() {
        if (answered) {
            throw new IllegalStateException("the exchange was answered before");
        }
        answered = true;
    }

    @Override
    public void write(byte[] array, int offset, int length) {
        if (!answered) {
            throw new IllegalStateException("answer() comes before what is written");
        }
        if (!over && !outputEnded && length > 0 && !isHead()) {
            if (missing >= 0) {
                if (length > missing) {
                    throw new IllegalStateException("the answer is longer than its content-length");
                }
                missing -= length;
            }
            queued += length;
            streams.writeData(this, array, offset, length, false);
            wasReady = wasReady && isReady();
        }
    }

    private boolean isHead() {
        return request.method().equals("HEAD");
    }

    @Override
    public void end(Headers trailers) {
        if (!answered) {
            throw new IllegalStateException("answer() comes before the end");
        }
        if (!over && !outputEnded) {
            if (missing > 0 && !isHead()) {
                abort(Reset.INTERNAL);
                throw new IllegalStateException("the answer is " + missing + " bytes shorter than its content-length");
            }
            outputEnded = true;
            if (trailers.fields().isEmpty()) {
                streams.writeData(this, new byte[0], 0, 0, true);
            } else {
                streams.writeHeaders(this, Http2Heads.trailers(trailers), true);
            }
        }
    }

    @Override
    public void answerOnly(int status, Headers headers) {
        begin();
        if (!over) {
            outputEnded = true;
            streams.writeHeaders(this, Http2Heads.answer(status, headers), true);
        }
    }

    @Override
    public void abort(Reset reason) {
        if (!over) {
            over = true;
            inbox.close();
            streams.reset(id, reason.code());
        }
    }

    /** Bytes of this stream have left for the connection. */
    void left(int bytes) {
        queued -= bytes;
        left += bytes;
        if (queued == 0) {
            onDrained.run();
        }
        maybeReady();
    }

    /** What had not left is lost with the stream; how much that was. */
    long dropped() {
        long lost = queued;
        queued = 0;
        return lost;
    }

    /** Progress counts from now. */
    void beginsToWait() {
        leftBefore = queued > 0 ? left : -1;
    }

    /** Nobody writes to this any more, and the client has taken nothing: what waits for it is dropped. */
    void giveUpIfStuck() {
        if (outputEnded && queued > 0 && left == leftBefore) {
            failed(new IOException("the client reads nothing of its answer"));
            streams.reset(id, Reset.CANCEL.code());
        }
    }

    /** Runs {@code action} whenever all that was written has left. */
    void onDrained(Runnable action) {
        onDrained = action;
    }

    /** The connection has room again. */
    void maybeReady() {
        if (!wasReady && !outputEnded && isReady()) {
            wasReady = true;
            inbox.ready();
        }
    }

    /** All that there was to send has left: what the client still sends is not wanted. */
    void outputLeft() {
        if (!over) {
            over = true;
            inbox.close();
            if (!inbox.isEnded()) {
                streams.reset(id, 0);
            }
        }
    }

    @Override
    public long queuedBytes() {
        return queued;
    }

    @Override
    public boolean isReady() {
        boolean ready = !over && queued < READY_BYTES && streams.hasRoom();
        if (!ready) {
            wasReady = false;
        }
        return ready;
    }

    @Override
    public String toString() {
        return request + ", stream " + id;
    }
}
