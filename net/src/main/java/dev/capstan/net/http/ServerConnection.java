package dev.capstan.net.http;

import dev.capstan.async.ByteStream;
import dev.capstan.async.Loop;
import dev.capstan.async.Promise;
import dev.capstan.net.Limits;
import dev.capstan.net.streams.Alarm;
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
 * <p><b>The end.</b> After a request that cannot be understood the rest of the input means nothing. The answer is sent, our side ended, and what
 * still comes thrown away until the peer ends too or {@code closeTimeout} is over: closing at once would reset the connection, and the answer might
 * be lost with it.
 */
final class ServerConnection implements ByteStream.Receiver, Codec.Owner {
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
    private final Relay relay = new Relay(this);
    private final Alarm alarm;
    private final ArrayDeque<Object> decoded = new ArrayDeque<>(2);
    private final Body body;

    private State state = State.IDLE;
    private boolean first = true;
    private @Nullable RequestHead head;
    private HttpRoutes.@Nullable Found found;
    private Promise.Cancelable working = () -> {};
    private boolean closing;
    private boolean inputEnded;
    private long queuedWhenIdle;

    ServerConnection(HttpServer server, Loop loop, ByteStream stream, HttpRoutes routes, Limits.Http limits) {
        this.server = server;
        this.loop = loop;
        this.stream = stream;
        this.routes = routes;
        this.limits = limits;
        this.decoder = new RequestHead.Decoder(limits);
        this.codec = new Codec(stream, this, List.of(decoder, new HttpResponseEncoder()));
        this.alarm = new Alarm(loop, this::tooSlow);
        this.body = new Body(limits.bodyBytes());
    }

    void begin() {
        alarm.set(limits.headTimeout());
        stream.start(relay);
    }

    // ---- input

    @Override
    public void received(byte[] array, int offset, int length) {
        if (state == State.ENDING || state == State.OVER) {
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
        if (leads instanceof HttpRoutes.Found.ToAnswer(HttpResponse answer) && read.hasBody()) {
            // Nobody wants the body; reading it to find the next request is not worth it.
            refuse(answer);
            return;
        }
        if (read.expectsContinue()) {
            codec.encode(new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.CONTINUE));
        }
        alarm.set(limits.requestTimeout());
    }

    private void takeBody(HttpContent content) {
        if (content.decoderResult().isFailure()) {
            refuse(HttpResponse.text(400, "the body of the request cannot be read"));
        } else if (!body.add(content.content())) {
            refuse(RequestHead.tooLarge(limits));
        } else if (content instanceof LastHttpContent) {
            dispatch();
        }
    }

    private void dispatch() {
        RequestHead read = head;
        HttpRoutes.Found leads = found;
        if (read == null || leads == null) {
            throw new AssertionError("a body came without a head");
        }
        state = State.BUSY;
        alarm.pause();
        switch (leads) {
            case HttpRoutes.Found.ToAnswer(HttpResponse answer) -> answer(answer);
            case HttpRoutes.Found.ToSocket(HttpRoutes.Socket socket) -> upgrade(read.request(), socket);
            case HttpRoutes.Found.ToHandler(HttpRoutes.Handler handler, var rule) -> {
                stream.pause();
                handle(read.request().withBody(body.take()), handler);
            }
        }
    }

    // ---- answers

    private void handle(HttpRequest request, HttpRoutes.Handler handler) {
        Promise<HttpResponse> promise;
        try {
            promise = handler.handle(request);
        } catch (Exception e) {
            promise = Promise.failed(e);
        }
        working = promise.listen(loop, (answer, failure) -> {
            if (state == State.BUSY) {
                answer(answer == null ? failed(request, failure) : checked(request, answer));
                stream.resume();
                proceed();
            }
        });
    }

    private static HttpResponse checked(HttpRequest request, HttpResponse answer) {
        try {
            answer.checkSendable();
            return answer;
        } catch (IllegalArgumentException e) {
            return failed(request, e);
        }
    }

    /** The client is told nothing about it: a failure's text may hold what is none of its business. */
    private static HttpResponse failed(HttpRequest request, @Nullable Throwable failure) {
        LOG.log(Level.WARNING, () -> "the handler of " + request + " failed; it is answered with status 500", failure);
        return HttpResponse.text(500, "the server failed to answer");
    }

    /** Sends an answer and turns to the next request, or ends. */
    private void answer(HttpResponse answer) {
        RequestHead read = head;
        boolean keep = read != null && read.keepAlive() && !closing && !inputEnded;
        send(answer, keep, read);
        head = null;
        found = null;
        if (!keep) {
            endOutput();
        } else if (stream.queuedBytes() > limits.queuedAnswerBytes()) {
            idle();
            state = State.BUSY;
            stream.pause();
            working = stream.drained().listen(loop, (done, failure) -> {
                if (failure == null && state == State.BUSY) {
                    idle();
                    stream.resume();
                    proceed();
                }
            });
        } else {
            idle();
        }
    }

    private void idle() {
        state = State.IDLE;
        queuedWhenIdle = stream.queuedBytes();
        alarm.set(limits.idleTimeout());
    }

    private void refuse(HttpResponse answer) {
        if (state != State.ENDING && state != State.OVER) {
            send(answer, false, head);
            endOutput();
        }
    }

    private void send(HttpResponse answer, boolean keep, @Nullable RequestHead to) {
        boolean withoutBody = answer.status() == 204 || answer.status() == 304;
        boolean toHead = to != null && to.request().method().equals("HEAD");
        FullHttpResponse response = new DefaultFullHttpResponse(
                HttpVersion.HTTP_1_1,
                HttpResponseStatus.valueOf(answer.status()),
                withoutBody || toHead ? Unpooled.EMPTY_BUFFER : Unpooled.wrappedBuffer(answer.body()));
        for (Map.Entry<String, String> field : answer.headers().fields()) {
            response.headers().add(field.getKey(), field.getValue());
        }
        if (!withoutBody) {
            response.headers().set("content-length", answer.body().length);
        }
        if (!keep) {
            response.headers().set("connection", "close");
        } else if (to != null && to.isOld()) {
            response.headers().set("connection", "keep-alive");
        }
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

    // ---- the end

    private void tooSlow() {
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
            case ENDING -> stream.abort(new IOException("the client has not closed its side of the connection"));
            case OVER -> {
                // Nothing is left to be late.
            }
        }
    }

    /** The server closes. */
    void closeWhenIdle() {
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
        alarm.set(limits.closeTimeout());
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
        } else if (state != State.BUSY) {
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
            server.gone(this);
        }
    }

    private void finish() {
        state = State.OVER;
        alarm.cancel();
        working.cancel();
        dropDecoded();
        // Handlers cannot be closed from within one of theirs; this may be.
        loop.post(codec::close);
    }

    @Override
    public String toString() {
        return "HTTP over " + stream;
    }
}
