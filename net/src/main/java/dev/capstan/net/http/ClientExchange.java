package dev.capstan.net.http;

import dev.capstan.async.ByteStream;
import dev.capstan.async.Loop;
import dev.capstan.net.Limits;
import dev.capstan.net.streams.Alarm;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequestEncoder;
import io.netty.handler.codec.http.HttpResponseDecoder;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import java.io.EOFException;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** A request of a client and its answer, on a connection that may be kept for the next ones. */
final class ClientExchange implements ByteStream.Receiver, Codec.Owner {
    /** What a client sends. */
    @SuppressWarnings("ArrayRecordComponent") // bytes are moved, not compared
    record Asked(String method, String target, Headers headers, byte[] body) {}

    /** Told one of these, once for each request. */
    interface Outcome {
        void answered(HttpResponse answer);

        /** Whether the body is wanted as it comes: then this is told instead of {@link #answered}. */
        default boolean reads(HttpAnswer answer) {
            return false;
        }

        /** Status 101: the connection speaks another protocol from here on. Fail the exchange or take it over. */
        void switched(ClientExchange exchange, Headers answer);

        void failed(Throwable cause);
    }

    private enum State {
        HEAD,
        BODY,
        /** Kept for the next request. */
        IDLE,
        /** The answer is there or will not come; the connection is on its way to close. */
        ENDING,
        OVER
    }

    private static final class Decoder extends HttpResponseDecoder {
        Decoder(Limits.Http limits) {
            super(RequestHead.config(limits));
            setSingleDecode(true);
        }

        boolean hasMore() {
            return actualReadableBytes() > 0;
        }

        byte[] rest() {
            ByteBuf left = internalBuffer();
            byte[] rest = new byte[left.readableBytes()];
            left.readBytes(rest);
            return rest;
        }
    }

    private final Loop loop;
    private final ByteStream stream;
    private final String server;
    private final Limits.Http limits;
    private final @Nullable KeptConnections kept;
    private final Decoder decoder;
    private final Codec codec;
    private final Relay relay = new Relay(this);
    private final Alarm alarm;
    private final ArrayDeque<Object> decoded = new ArrayDeque<>(2);
    private final Body body;
    private Outcome outcome;
    private State state = State.IDLE;
    private boolean started;
    private boolean informed;
    private boolean keepAlive;
    private boolean inputEnded;
    private int status;
    private Headers headers = Headers.of();
    private @Nullable ClientAnswer reading;

    /** With {@code kept} the connection goes there after an answer that allows it; else it is closed. */
    ClientExchange(
            Loop loop,
            ByteStream stream,
            String server,
            Limits.Http limits,
            @Nullable KeptConnections kept,
            Outcome outcome) {
        this.loop = loop;
        this.stream = stream;
        this.server = server;
        this.limits = limits;
        this.kept = kept;
        this.outcome = outcome;
        this.decoder = new Decoder(limits);
        this.codec = new Codec(stream, this, List.of(decoder, new HttpRequestEncoder()));
        this.alarm = new Alarm(loop, this::tooSlow);
        this.body = new Body(limits.bodyBytes());
    }

    String server() {
        return server;
    }

    /** Sends the next request on a connection that was kept. */
    void begin(Asked asked, Outcome to) {
        outcome = to;
        begin(asked);
    }

    void begin(Asked asked) {
        state = State.HEAD;
        FullHttpRequest request = new DefaultFullHttpRequest(
                HttpVersion.HTTP_1_1,
                HttpMethod.valueOf(asked.method()),
                asked.target(),
                Unpooled.wrappedBuffer(asked.body()));
        for (Map.Entry<String, String> field : asked.headers().fields()) {
            request.headers().add(field.getKey(), field.getValue());
        }
        if (!asked.method().equals("GET")) {
            request.headers().set("content-length", asked.body().length);
        }
        alarm.set(limits.answerTimeout());
        if (!started) {
            started = true;
            stream.start(relay);
        }
        codec.encode(request);
    }

    // ---- the answer

    @Override
    public void received(byte[] array, int offset, int length) {
        if (isUnderWay()) {
            codec.decode(array, offset, length);
            proceed();
        } else if (state == State.IDLE) {
            // Nobody has asked for anything: whatever this is, it cannot be told from the next answer.
            drop();
        }
    }

    @Override
    public void decoded(Object message) {
        decoded.add(message);
    }

    @Override
    public void malformed(Throwable cause) {
        fail(notHttp(cause));
    }

    private IOException notHttp(@Nullable Throwable cause) {
        return new IOException(server + " answered with something that is no HTTP/1.1, or too long a head", cause);
    }

    private void proceed() {
        while (isUnderWay() && !isHeld()) {
            if (decoded.isEmpty() && decoder.hasMore()) {
                codec.decodeMore();
            }
            Object next = decoded.poll();
            if (next == null) {
                return;
            }
            take(next);
        }
        if (!isHeld()) {
            dropDecoded();
        }
    }

    private boolean isHeld() {
        ClientAnswer by = reading;
        return by != null && by.isHeld();
    }

    private void dropDecoded() {
        decoded.forEach(Codec::release);
        decoded.clear();
    }

    private void take(Object message) {
        try {
            if (message instanceof io.netty.handler.codec.http.HttpResponse response) {
                takeHead(response);
            }
            if (message instanceof HttpContent content) {
                takeBody(content);
            }
        } finally {
            Codec.release(message);
        }
    }

    private void takeHead(io.netty.handler.codec.http.HttpResponse response) {
        if (response.decoderResult().isFailure()) {
            fail(notHttp(response.decoderResult().cause()));
            return;
        }
        status = response.status().code();
        headers = Headers.copied(response.headers());
        if (status == 101) {
            outcome.switched(this, headers);
            return;
        }
        informed = status < 200;
        keepAlive = HttpUtil.isKeepAlive(response);
        state = State.BODY;
        if (status < 100 || status > 599) {
            fail(new IOException(server + " answered with status " + status + ", which does not exist"));
        } else if (!informed) {
            ClientAnswer next = new ClientAnswer(loop, this, status, headers);
            if (outcome.reads(next)) {
                reading = next;
                hold();
            }
        }
    }

    private void takeBody(HttpContent content) {
        if (state != State.BODY) {
            return;
        }
        ClientAnswer by = reading;
        if (content.decoderResult().isFailure()) {
            fail(notHttp(content.decoderResult().cause()));
        } else if (by != null) {
            deliver(content, by);
        } else if (!body.add(content.content())) {
            fail(new IOException("the answer of " + server + " is longer than " + limits.bodyBytes()
                    + " bytes: raise bodyBytes in Limits.Http, or ask for less"));
        } else if (content instanceof LastHttpContent) {
            complete();
        }
    }

    private void deliver(HttpContent content, ClientAnswer to) {
        byte[] piece = new byte[content.content().readableBytes()];
        content.content().readBytes(piece);
        alarm.set(limits.answerTimeout());
        to.deliver(piece);
        if (content instanceof LastHttpContent && state == State.BODY) {
            if (to.isHeld()) {
                stream.resume();
            }
            complete();
        }
    }

    private void complete() {
        if (informed) {
            // Status 1xx: the answer proper follows.
            state = State.HEAD;
            return;
        }
        KeptConnections keeper = kept;
        if (keeper == null || !keepAlive || inputEnded || decoder.hasMore() || stream.queuedBytes() > 0) {
            end();
        } else {
            state = State.IDLE;
            alarm.set(keeper.idleTime());
            keeper.add(this);
        }
        ClientAnswer by = reading;
        if (by == null) {
            outcome.answered(new HttpResponse(status, headers, body.take()));
        } else {
            reading = null;
            by.end();
        }
    }

    /** Reads no further until {@link #goOn}. */
    void hold() {
        alarm.cancel();
        stream.pause();
    }

    void goOn() {
        stream.resume();
        alarm.set(limits.answerTimeout());
        proceed();
        if (inputEnded) {
            inputEnds();
        }
    }

    /** The connection carries a WebSocket from here on. */
    WebSocket becomeWebSocket(RandomGenerator random, String subprotocol, boolean binary) {
        byte[] rest = decoder.rest();
        finish();
        WebSocket socket = new WebSocket(loop, stream, limits, random, subprotocol);
        if (binary) {
            socket.binary();
        }
        relay.handOver(socket.input());
        if (rest.length > 0) {
            socket.input().received(rest, 0, rest.length);
        }
        return socket;
    }

    // ---- the end

    private void tooSlow() {
        if (isUnderWay()) {
            fail(new IOException(server + " has not answered within " + limits.answerTimeout()));
        } else if (state == State.IDLE) {
            drop();
        } else {
            stream.abort(new IOException(server + " has not closed the connection after its answer"));
        }
    }

    /** Gives the exchange up; does nothing once it has come to something. */
    void fail(Throwable cause) {
        if (isUnderWay()) {
            state = State.ENDING;
            stream.abort(cause);
            ClientAnswer by = reading;
            if (by == null) {
                outcome.failed(cause);
            } else {
                reading = null;
                by.fail(cause);
            }
        }
    }

    /** Nobody needs the connection any more. */
    void drop() {
        if (kept != null) {
            kept.remove(this);
        }
        end();
    }

    private void end() {
        state = State.ENDING;
        stream.end();
        alarm.set(limits.closeTimeout());
    }

    @Override
    public void ended() {
        inputEnded = true;
        if (state == State.IDLE) {
            drop();
        }
        inputEnds();
    }

    /** Completes what the end completes, once all that came before it has been taken. */
    private void inputEnds() {
        if (isUnderWay() && !isHeld()) {
            codec.inputEnded();
            proceed();
            if (!isHeld()) {
                fail(new EOFException(server + " ended the connection inside its answer, or without any"));
            }
        }
        if (state == State.ENDING) {
            // A server may have answered before it has read all, and never read the rest.
            stream.drained().listen(loop, (done, failure) -> finish());
        }
    }

    private boolean isUnderWay() {
        return state == State.HEAD || state == State.BODY;
    }

    @Override
    public void failed(Throwable cause) {
        if (state == State.IDLE && kept != null) {
            kept.remove(this);
        }
        fail(cause);
        finish();
    }

    private void finish() {
        if (state != State.OVER) {
            state = State.OVER;
            alarm.cancel();
            dropDecoded();
            // Handlers cannot be closed from within one of theirs; this may be.
            loop.post(codec::close);
        }
    }
}
