package dev.capstan.net.http;

import dev.capstan.async.ByteStream;
import dev.capstan.async.Loop;
import dev.capstan.async.Promise;
import dev.capstan.net.Limits;
import dev.capstan.net.streams.Alarm;
import dev.capstan.net.streams.Farewell;
import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.LastHttpContent;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * One connection of a server, until it is over or has become a WebSocket.
 *
 * <p><b>One request at a time.</b> While a handler works, the stream is paused, and what was read already stays undecoded ({@link Http1Codec}).
 *
 * <p><b>Exchanges</b> may take as long as they like, but not without their client. While one is answered the stream is read on, since only so is it known that the client has ended its
 * side: what comes is kept for its turn, up to the size of a head. A client that takes nothing of the answer within {@code idleTimeout}, or sends nothing of a request that is wanted,
 * counts as gone.
 *
 * <p><b>The end.</b> After a request that cannot be understood the rest of the input means nothing. The answer is sent, our side ended, and what
 * still comes thrown away until the peer ends too or {@code closeTimeout} is over, as {@link Farewell} counts it: closing at once would reset the
 * connection, and the answer might be lost with it.
 */
final class ServerConnection implements ByteStream.Receiver, HttpServer.Connection {
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
    private final Limits.Http limits;
    private final Http1Codec codec;
    private final ClientProgress progress;
    private final Relay relay;
    private final Alarm alarm;
    private final Farewell farewell;
    private final Peer peer;

    private State state = State.IDLE;
    private boolean first = true;
    private @Nullable Http1Exchange exchange;
    private Promise.Cancelable waiting = () -> {};
    private boolean proceeding;
    private boolean closing;
    private boolean inputEnded;
    private boolean bodyPaused;
    private long queuedWhenIdle;

    ServerConnection(HttpServer server, Loop loop, ByteStream stream, Relay relay, Limits.Http limits, Peer peer) {
        this.peer = peer;
        this.server = server;
        this.relay = relay;
        this.loop = loop;
        this.stream = stream;
        this.limits = limits;
        this.codec = new Http1Codec(stream, limits, () -> refuse(HttpResponse.text(400, "the request cannot be read")));
        this.progress = new ClientProgress(stream, codec);
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
        progress.received(length);
        if (state == State.BUSY) {
            if (codec.keep(array, offset, length) > limits.headBytes()) {
                stream.pause();
            }
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
            Object next = codec.next();
            if (next == null) {
                if (state == State.IDLE && codec.hasBegun()) {
                    state = State.HEAD;
                    alarm.set(limits.headTimeout());
                }
                return;
            }
            take(next);
        }
        if (state == State.ENDING || state == State.OVER) {
            codec.drop();
        }
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
        first = false;
        state = State.BODY;
        HttpResponse refusal = read.refusal();
        if (refusal != null) {
            refuse(refusal);
            return;
        }
        HttpRoutes.Found leads = server.find(read);
        exchange = new Http1Exchange(this, read, leads);
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
        if (to == null) {
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
            if (to.leads() instanceof HttpRoutes.Found.ToSocket(HttpRoutes.Socket socket)) {
                upgrade(to.request(), socket);
                return;
            }
            if (isExchange()) {
                stream.resume();
            } else {
                stream.pause();
            }
            to.inputEnded();
            if (!to.hasBody()) {
                server.dispatch(to, to.leads(), 0);
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

    Promise<Void> drained() {
        return stream.drained();
    }

    /** An exchange has been answered: turns to the next request, or ends. */
    void answered(boolean keep) {
        if (state == State.ENDING || state == State.OVER) {
            return;
        }
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
        codec.decodeKept();
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
            codec.refuse(answer);
            endOutput();
        }
    }

    // ---- upgrade

    private void upgrade(HttpRequest request, HttpRoutes.Socket route) {
        String subprotocol = Upgrade.choose(request, route.subprotocols());
        codec.upgrade(request, subprotocol);
        byte[] rest = codec.rest();
        finish();
        WebSocket socket = new WebSocket(loop, stream, limits, null, subprotocol);
        relay.handOver(socket.input());
        server.upgraded(this, request, route, socket);
        if (rest.length > 0) {
            socket.input().received(rest, 0, rest.length);
        }
    }

    // ---- clients of exchanges that are gone without a word

    private boolean isExchange() {
        Http1Exchange now = exchange;
        return now != null && now.leads() instanceof HttpRoutes.Found.ToExchange;
    }

    private void watchProgress() {
        progress.look();
        alarm.set(limits.idleTimeout());
    }

    private void checkProgress(Http1Exchange watched) {
        if (progress.takesNothing()) {
            broken(new IOException("the client reads nothing of its answer"));
        } else if (state == State.BODY && !bodyPaused && progress.doesNothing()) {
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
                if (first || stream.queuedBytes() == 0) {
                    endOutput();
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
        } else if (state == State.BUSY && isExchange()) {
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
        codec.drop();
        // Handlers cannot be closed from within one of theirs; this may be.
        loop.post(codec::close);
    }

    @Override
    public String toString() {
        return "HTTP over " + stream;
    }
}
