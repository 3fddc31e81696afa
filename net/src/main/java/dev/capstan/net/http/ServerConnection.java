package dev.capstan.net.http;

import dev.capstan.async.ByteStream;
import dev.capstan.async.Loop;
import dev.capstan.async.Promise;
import dev.capstan.net.Limits;
import dev.capstan.net.streams.Alarm;
import dev.capstan.net.streams.Farewell;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpResponseEncoder;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One connection of a server, until it is over or has become a WebSocket.
 *
 * <p><b>One request at a time.</b> While a handler works, the stream is paused, and what was read already stays undecoded: the decoder makes one
 * message at a time ({@code proceed}). So a client that sends ten thousand requests in one packet holds one packet of our memory.
 *
 * <p><b>Exchanges</b> may take as long as they like, but not without their client. While one is answered the stream is read on, since only so is it known that the client has ended its
 * side: what comes is kept for its turn, up to the size of a head. A client that takes nothing of the answer within {@code idleTimeout}, or sends nothing of a request that is wanted,
 * counts as gone.
 *
 * <p><b>The end.</b> After a request that cannot be understood the rest of the input means nothing. The answer is sent, our side ended, and what
 * still comes thrown away until the peer ends too or {@code closeTimeout} is over, as {@link Farewell} counts it: closing at once would reset the
 * connection, and the answer might be lost with it.
 */
final class ServerConnection implements ByteStream.Receiver, Codec.Owner, HttpServer.Connection {
    private static final Logger LOG = System.getLogger(ServerConnection.class.getName());

    private enum State {
        /** Before the first byte of a request. */
        IDLE,
        HEAD,
        BODY,
        /** A handler works, or its answer is not read. */
        BUSY,
        /** The last answer is sent; input is thrown away. */
        ENDING,
        OVER
    }

    private final HttpServer server;
    private final Loop loop;
    private final ByteStream stream;
    private final HttpRoutes routes;
    private final Limits.Http limits;
    private final RequestHead.Decoder decoder;
    private final Codec codec;
    private final Relay relay;
    private final Alarm alarm;
    private final Farewell farewell;
    private final ArrayDeque<Object> decoded = new ArrayDeque<>(2);
    private final Body ahead = new Body(Integer.MAX_VALUE);
    private final Peer peer;

    private State state = State.IDLE;
    private boolean first = true;
    private @Nullable RequestHead head;
    private HttpRoutes.@Nullable Found found;
    private @Nullable Http1Exchange exchange;
    private Promise.Cancelable waiting = () -> {};
    private boolean proceeding;
    private boolean telling;
    private boolean closing;
    private boolean inputEnded;
    private boolean bodyPaused;
    private long queuedWhenIdle;
    private long received;
    /** How it stood when the client's progress was looked at last. */
    private long takenBefore;

    private long receivedBefore;
    private boolean hadToTake;

    ServerConnection(
            HttpServer server,
            Loop loop,
            ByteStream stream,
            Relay relay,
            HttpRoutes routes,
            Limits.Http limits,
            Peer peer) {
        this.peer = peer;
        this.server = server;
        this.relay = relay;
        this.loop = loop;
        this.stream = stream;
        this.routes = routes;
        this.limits = limits;
        this.decoder = new RequestHead.Decoder(limits);
        this.codec = new Codec(stream, this, List.of(decoder, new HttpResponseEncoder()));
        this.alarm = new Alarm(loop, this::tooSlow);
        this.farewell = new Farewell(
                loop,
                stream,
                limits.closeTimeout(),
                () -> stream.abort(new IOException("the client has not read its last answer to the end, or not closed"
                        + " its side of the connection, within " + limits.closeTimeout())));
    }

    /** Takes over from whoever has read {@code read}. */
    void begin(byte[] read) {
        alarm.set(limits.headTimeout());
        if (read.length > 0) {
            received(read, 0, read.length);
        }
    }

    // ---- input

    @Override
    public void received(byte[] array, int offset, int length) {
        if (state == State.ENDING || state == State.OVER) {
            return;
        }
        received += length;
        if (state == State.BUSY) {
            keepForItsTurn(array, offset, length);
            return;
        }
        if (state == State.IDLE) {
            state = State.HEAD;
            if (!first) {
                alarm.set(limits.headTimeout());
            }
        }
        codec.decode(array, offset, length);
        proceed();
    }

    private void keepForItsTurn(byte[] array, int offset, int length) {
        boolean kept = ahead.add(array, offset, length);
        assert kept;
        if (ahead.length() > limits.headBytes()) {
            stream.pause();
        }
    }

    @Override
    public void decoded(Object message) {
        decoded.add(message);
    }

    @Override
    public void malformed(Throwable cause) {
        refuse(HttpResponse.text(400, "the request cannot be read"));
    }

    /** Takes what was decoded, and decodes on while that leads to something. */
    private void proceed() {
        proceeding = true;
        try {
            takeAll();
        } finally {
            proceeding = false;
        }
    }

    private void takeAll() {
        while (state == State.IDLE || state == State.HEAD || state == State.BODY) {
            if (decoded.isEmpty() && decoder.hasMore()) {
                codec.decodeMore();
            }
            Object next = decoded.poll();
            if (next == null) {
                if (state == State.IDLE && decoder.hasMore()) {
                    state = State.HEAD;
                    alarm.set(limits.headTimeout());
                }
                return;
            }
            take(next);
        }
        if (state == State.ENDING || state == State.OVER) {
            dropDecoded();
        }
    }

    private void dropDecoded() {
        decoded.forEach(Codec::release);
        decoded.clear();
    }

    private void take(Object message) {
        try {
            if (message instanceof io.netty.handler.codec.http.HttpRequest request) {
                takeHead(request);
            }
            if (message instanceof HttpContent content && state == State.BODY) {
                takeBody(content);
            }
        } finally {
            Codec.release(message);
        }
    }

    private void takeHead(io.netty.handler.codec.http.HttpRequest request) {
        RequestHead read = RequestHead.read(request, limits);
        head = read;
        first = false;
        state = State.BODY;
        HttpResponse refusal = read.refusal();
        if (refusal != null) {
            refuse(refusal);
            return;
        }
        boolean upgrade = !read.isOld() && Upgrade.isAsked(read.request());
        HttpRoutes.Found leads = routes.find(read.request(), upgrade);
        if (leads instanceof HttpRoutes.Found.ToSocket(HttpRoutes.Socket socket)) {
            HttpResponse why = read.hasBody()
                    ? HttpResponse.text(400, "a WebSocket cannot be asked for with a body")
                    : Upgrade.refusal(read.request());
            why = why == null ? socket.handler().refusal(read.request()) : why;
            leads = why == null ? leads : new HttpRoutes.Found.ToAnswer(why);
        }
        found = leads;
        exchange = new Http1Exchange(this, read);
        bodyPaused = false;
        if (isExchange()) {
            watchProgress();
        } else {
            alarm.pause();
        }
        if (read.hasBody()) {
            // An answer that needs no body is the last: reading on to find the next request is not worth it.
            server.dispatch(exchange, leads, read.length());
        }
    }

    private void takeBody(HttpContent content) {
        Http1Exchange to = exchange;
        RequestHead read = head;
        HttpRoutes.Found leads = found;
        if (to == null || read == null || leads == null) {
            throw new AssertionError("a body came without a head");
        }
        if (content.decoderResult().isFailure()) {
            to.failed(new IOException("the body of the request cannot be read"));
            refuse(HttpResponse.text(400, "the body of the request cannot be read"));
            return;
        }
        ByteBuf bytes = content.content();
        if (bytes.isReadable()) {
            to.arrived(bytes.array(), bytes.arrayOffset() + bytes.readerIndex(), bytes.readableBytes());
        }
        if (content instanceof LastHttpContent && state == State.BODY) {
            state = State.BUSY;
            if (leads instanceof HttpRoutes.Found.ToSocket(HttpRoutes.Socket socket)) {
                upgrade(read.request(), socket);
                return;
            }
            if (isExchange()) {
                stream.resume();
            } else {
                stream.pause();
            }
            to.inputEnded();
            if (!read.hasBody()) {
                server.dispatch(to, leads, 0);
            }
        }
    }

    // ---- what exchanges say

    Loop loop() {
        return loop;
    }

    Peer peer() {
        return peer;
    }

    void encode(Object message) {
        if (state != State.ENDING && state != State.OVER) {
            codec.encode(message);
        } else {
            Codec.release(message);
        }
    }

    /** Whether another request may follow. */
    boolean mayStay() {
        return !closing && !inputEnded;
    }

    long queuedBytes() {
        return stream.queuedBytes();
    }

    boolean hasRoom() {
        return stream.queuedBytes() <= limits.queuedAnswerBytes();
    }

    void pauseBody() {
        if (state == State.BODY) {
            bodyPaused = true;
            stream.pause();
        }
    }

    void resumeBody() {
        if (state == State.BODY && bodyPaused) {
            bodyPaused = false;
            stream.resume();
        }
    }

    void tellWhenDrained(Http1Exchange who) {
        if (!telling) {
            telling = true;
            stream.drained().listen(loop, (done, failure) -> {
                telling = false;
                if (failure == null) {
                    who.maybeReady();
                }
            });
        }
    }

    /** An exchange has been answered: turns to the next request, or ends. */
    void answered(boolean keep) {
        if (state == State.ENDING || state == State.OVER) {
            return;
        }
        head = null;
        found = null;
        exchange = null;
        if (!keep || !mayStay()) {
            endOutput();
        } else if (hasRoom()) {
            next();
        } else {
            idle();
            state = State.BUSY;
            waiting = stream.drained().listen(loop, (done, failure) -> {
                if (failure != null || state != State.BUSY) {
                    return;
                }
                if (mayStay()) {
                    next();
                } else {
                    endOutput();
                }
            });
        }
    }

    private void next() {
        idle();
        stream.resume();
        byte[] kept = ahead.take();
        if (kept.length > 0) {
            codec.decode(kept, 0, kept.length);
        }
        if (!proceeding) {
            proceed();
        }
    }

    /** An exchange was given up in the middle: its client sees a broken connection, not a short answer. */
    void broken(IOException cause) {
        stream.abort(cause);
        over();
    }

    private void idle() {
        state = State.IDLE;
        queuedWhenIdle = stream.queuedBytes();
        alarm.set(limits.idleTimeout());
    }

    private void refuse(HttpResponse answer) {
        if (state != State.ENDING && state != State.OVER) {
            send(answer);
            endOutput();
        }
    }

    /** Answers what is no request, or the beginning of one. */
    private void send(HttpResponse answer) {
        FullHttpResponse response = new DefaultFullHttpResponse(
                HttpVersion.HTTP_1_1,
                HttpResponseStatus.valueOf(answer.status()),
                Unpooled.wrappedBuffer(answer.body()));
        for (Map.Entry<String, String> field : answer.headers().fields()) {
            response.headers().add(field.getKey(), field.getValue());
        }
        response.headers().set("content-length", answer.body().length).set("connection", "close");
        codec.encode(response);
    }

    // ---- upgrade

    private void upgrade(HttpRequest request, HttpRoutes.Socket route) {
        String subprotocol = Upgrade.choose(request, route.subprotocols());
        FullHttpResponse response =
                new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.SWITCHING_PROTOCOLS);
        String key = request.headers().first("sec-websocket-key");
        response.headers()
                .set("upgrade", "websocket")
                .set("connection", "Upgrade")
                .set("sec-websocket-accept", Upgrade.accept(key == null ? "" : key));
        if (!subprotocol.isEmpty()) {
            response.headers().set("sec-websocket-protocol", subprotocol);
        }
        codec.encode(response);
        byte[] rest = decoder.rest();
        finish();
        WebSocket socket = new WebSocket(loop, stream, limits, null, subprotocol);
        relay.handOver(socket.input());
        server.upgraded(this, socket);
        try {
            route.handler().opened(request, socket);
        } catch (Exception e) {
            LOG.log(Level.WARNING, () -> "what takes the WebSocket of " + request + " threw; it is closed", e);
            socket.abort(e);
        }
        if (rest.length > 0) {
            socket.input().received(rest, 0, rest.length);
        }
    }

    // ---- clients of exchanges that are gone without a word

    private boolean isExchange() {
        return found instanceof HttpRoutes.Found.ToExchange;
    }

    private long taken() {
        return codec.encodedBytes() - stream.queuedBytes();
    }

    private void watchProgress() {
        takenBefore = taken();
        receivedBefore = received;
        hadToTake = stream.queuedBytes() > 0;
        alarm.set(limits.idleTimeout());
    }

    private void checkProgress(Http1Exchange watched) {
        boolean takesNothing = taken() == takenBefore;
        if (hadToTake && stream.queuedBytes() > 0 && takesNothing) {
            broken(new IOException("the client reads nothing of its answer"));
        } else if (state == State.BODY && !bodyPaused && takesNothing && received == receivedBefore) {
            IOException why = new IOException("the client sends nothing of its request");
            if (watched.isAnswered()) {
                broken(why);
            } else {
                watched.failed(why);
                refuse(HttpResponse.text(408, "the request took too long to arrive"));
            }
        } else {
            watchProgress();
        }
    }

    // ---- the end

    void tooSlow() {
        Http1Exchange watched = exchange;
        if (watched != null && isExchange()) {
            checkProgress(watched);
            return;
        }
        switch (state) {
            case IDLE, BUSY -> {
                if (first) {
                    end();
                } else if (stream.queuedBytes() == 0) {
                    end();
                } else if (stream.queuedBytes() < queuedWhenIdle) {
                    queuedWhenIdle = stream.queuedBytes();
                    alarm.set(limits.idleTimeout());
                } else {
                    stream.abort(new IOException("the client reads nothing of its answer"));
                }
            }
            case HEAD, BODY -> refuse(HttpResponse.text(408, "the request took too long to arrive"));
            case ENDING, OVER -> {
                // Nothing is left to be late.
            }
        }
    }

    @Override
    public void closeWhenIdle() {
        closing = true;
        if (state == State.IDLE) {
            endOutput();
        }
    }

    private void end() {
        endOutput();
    }

    private void endOutput() {
        state = State.ENDING;
        stream.end();
        stream.resume();
        alarm.cancel();
        farewell.begin();
        if (inputEnded) {
            finishWhenDrained();
        }
    }

    private void finishWhenDrained() {
        stream.drained().listen(loop, (done, failure) -> over());
    }

    @Override
    public void ended() {
        inputEnded = true;
        if (state == State.ENDING) {
            finishWhenDrained();
        } else if (state == State.BUSY && exchange != null && isExchange()) {
            // It may have ended its side alone, but nobody does who waits for a stream; and who is gone says no more.
            broken(new IOException("the client has ended the connection before its answer did"));
        } else if (state != State.BUSY) {
            Http1Exchange cut = exchange;
            if (cut != null) {
                cut.failed(new IOException("the client has ended the connection within a request"));
            }
            endOutput();
        }
    }

    @Override
    public void failed(Throwable cause) {
        over();
    }

    private void over() {
        if (state != State.OVER) {
            finish();
            server.gone(this, peer);
        }
    }

    private void finish() {
        state = State.OVER;
        alarm.cancel();
        farewell.cancel();
        waiting.cancel();
        Http1Exchange unfinished = exchange;
        exchange = null;
        if (unfinished != null) {
            unfinished.failed(new IOException("the client has given up the request, or its connection broke"));
        }
        dropDecoded();
        // Handlers cannot be closed from within one of theirs; this may be.
        loop.post(codec::close);
    }

    @Override
    public String toString() {
        return "HTTP over " + stream;
    }
}
