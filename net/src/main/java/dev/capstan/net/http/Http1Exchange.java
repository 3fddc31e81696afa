package dev.capstan.net.http;

import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.DefaultLastHttpContent;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.Map;

/**
 * One request of HTTP/1.1 and its answer. An answer without a length goes out in chunks, or, to a client of HTTP/1.0, until the connection ends. An answer that begins before the request
 * has ended is the connection's last.
 */
final class Http1Exchange implements Exchange, Inbox.Owner {
    private static final Logger LOG = System.getLogger(Http1Exchange.class.getName());

    private final ServerConnection connection;
    private final RequestHead head;
    private final HttpRoutes.Found leads;
    private final Inbox inbox;
    private boolean answered;
    private boolean chunked;
    private boolean keep;
    private boolean over;
    /** Bytes that the answer's head has announced and that were not written; -1 if it has announced none. */
    private long missing = -1;

    private boolean wasReady = true;
    private boolean telling;

    Http1Exchange(ServerConnection connection, RequestHead head, HttpRoutes.Found leads) {
        this.connection = connection;
        this.head = head;
        this.leads = leads;
        this.inbox = new Inbox(connection.loop(), this);
    }

    @Override
    public HttpRequest request() {
        return head.request();
    }

    @Override
    public Peer peer() {
        return connection.peer();
    }

    /** Who is to answer it. */
    HttpRoutes.Found leads() {
        return leads;
    }

    // ---- input

    boolean hasBody() {
        return head.hasBody();
    }

    void arrived(byte[] array, int offset, int length) {
        if (!over) {
            boolean delivered = inbox.arrived(array, offset, length);
            if (!delivered) {
                // Nobody has asked for it yet: what follows waits with the client.
                connection.pauseBody();
            }
        }
    }

    void inputEnded() {
        inbox.ended();
    }

    boolean isInputEnded() {
        return inbox.isEnded();
    }

    /** The connection is gone without our doing. */
    void failed(IOException cause) {
        if (!over) {
            over = true;
            inbox.failed(cause);
        }
    }

    @Override
    public void delivered(int bytes) {
        // The stream below was paused, and is resumed by whoever resumes this.
    }

    @Override
    public void threw(RuntimeException cause) {
        LOG.log(Level.WARNING, () -> "what receives " + head.request() + " threw; its exchange is broken", cause);
        abort(Reset.INTERNAL);
    }

    @Override
    public void start(Receiver to) {
        if (head.expectsContinue() && !answered && !over) {
            connection.encode(new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.CONTINUE));
        }
        inbox.start(to);
        connection.resumeBody();
    }

    boolean isAnswered() {
        return answered;
    }

    @Override
    public void pause() {
        inbox.pause();
        connection.pauseBody();
    }

    @Override
    public void resume() {
        inbox.resume();
        connection.resumeBody();
    }

    // ---- output

    @Override
    public void answer(int status, Headers headers) {
        begin();
        if (!over) {
            HttpResponse response = new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.valueOf(status));
            add(response, headers);
            String length = headers.first("content-length");
            if (length != null) {
                missing = Long.parseLong(length);
            } else if (head.isOld()) {
                keep = false;
            } else {
                chunked = true;
                response.headers().set("transfer-encoding", "chunked");
            }
            tellWhetherItStays(response);
            connection.encode(response);
        }
    }

    private void begin() {
        if (answered) {
            throw new IllegalStateException("the exchange was answered before");
        }
        answered = true;
        keep = head.keepAlive() && inbox.isEnded() && connection.mayStay();
    }

    private static void add(HttpResponse response, Headers headers) {
        for (Map.Entry<String, String> field : headers.fields()) {
            response.headers().add(field.getKey(), field.getValue());
        }
    }

    private void tellWhetherItStays(HttpResponse response) {
        if (!keep) {
            response.headers().set("connection", "close");
        } else if (head.isOld()) {
            response.headers().set("connection", "keep-alive");
        }
    }

    @Override
    public void answerOnly(int status, Headers headers) {
        begin();
        if (!over) {
            over = true;
            inbox.close();
            HttpResponse response = new DefaultFullHttpResponse(
                    HttpVersion.HTTP_1_1, HttpResponseStatus.valueOf(status), Unpooled.EMPTY_BUFFER);
            add(response, headers);
            if (headers.first("content-length") == null && status != 204 && status != 304) {
                response.headers().set("content-length", 0);
            }
            tellWhetherItStays(response);
            connection.encode(response);
            connection.answered(keep);
        }
    }

    @Override
    public void write(byte[] array, int offset, int length) {
        if (!answered) {
            throw new IllegalStateException("answer() comes before what is written");
        }
        if (over || length == 0 || head.request().method().equals("HEAD")) {
            return;
        }
        if (missing >= 0 && length > missing) {
            throw new IllegalStateException("the answer is longer than its content-length");
        }
        missing = missing < 0 ? missing : missing - length;
        connection.encode(new DefaultHttpContent(Unpooled.wrappedBuffer(array, offset, length)));
        wasReady = wasReady && isReady();
        if (!wasReady) {
            tellWhenDrained();
        }
    }

    @Override
    public void end(Headers trailers) {
        if (!answered) {
            throw new IllegalStateException("answer() comes before the end");
        }
        if (over) {
            return;
        }
        if (missing > 0 && !head.request().method().equals("HEAD")) {
            abort(Reset.INTERNAL);
            throw new IllegalStateException("the answer is " + missing + " bytes shorter than its content-length");
        }
        over = true;
        inbox.close();
        LastHttpContent last = new DefaultLastHttpContent(Unpooled.EMPTY_BUFFER);
        if (chunked) {
            trailers.fields().forEach(field -> last.trailingHeaders().add(field.getKey(), field.getValue()));
        }
        connection.encode(last);
        connection.answered(keep);
    }

    @Override
    public void abort(Reset reason) {
        if (!over) {
            over = true;
            inbox.close();
            connection.broken(new IOException("the handler of " + head.request() + " has given it up: " + reason));
        }
    }

    @Override
    public long queuedBytes() {
        return connection.queuedBytes();
    }

    @Override
    public boolean isReady() {
        boolean ready = !over && connection.hasRoom();
        if (!ready) {
            wasReady = false;
        }
        return ready;
    }

    private void tellWhenDrained() {
        if (!telling) {
            telling = true;
            connection.drained().listen(connection.loop(), (done, failure) -> {
                telling = false;
                if (failure == null) {
                    maybeReady();
                }
            });
        }
    }

    private void maybeReady() {
        if (!wasReady && isReady()) {
            wasReady = true;
            inbox.ready();
        }
    }

    @Override
    public String toString() {
        return request().toString();
    }
}
