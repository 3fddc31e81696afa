package dev.capstan.net.http;

import dev.capstan.async.Loop;
import dev.capstan.async.Promise;
import dev.capstan.net.Limits;
import dev.capstan.net.streams.Alarm;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import org.jspecify.annotations.Nullable;

/** An exchange whose handler wants the request whole and gives the answer whole. */
final class WholeRequest implements Exchange.Receiver {
    private static final Logger LOG = System.getLogger(WholeRequest.class.getName());

    private final Loop loop;
    private final Exchange exchange;
    private final HttpRoutes.Handler handler;
    private final Limits.Http limits;
    private final Body body;
    private final Alarm alarm;
    private Promise.Cancelable working = () -> {};
    private boolean answered;

    WholeRequest(Loop loop, Exchange exchange, HttpRoutes.Handler handler, Limits.Http limits) {
        this.loop = loop;
        this.exchange = exchange;
        this.handler = handler;
        this.limits = limits;
        this.body = new Body(limits.bodyBytes());
        this.alarm = new Alarm(loop, () -> answer(HttpResponse.text(408, "the request took too long to arrive")));
    }

    void begin() {
        alarm.set(limits.requestTimeout());
        exchange.start(this);
    }

    @Override
    public void received(byte[] array, int offset, int length) {
        if (!answered && !body.add(array, offset, length)) {
            answer(RequestHead.tooLarge(limits));
        }
    }

    @Override
    public void ended() {
        alarm.cancel();
        if (answered) {
            return;
        }
        Promise<HttpResponse> promise;
        try {
            promise = handler.handle(exchange.request().withBody(body.take()));
        } catch (Exception e) {
            promise = Promise.failed(e);
        }
        working = promise.listen(
                loop,
                (response, failure) -> answer(
                        response == null
                                ? failed(exchange.request(), failure)
                                : checked(exchange.request(), response)));
    }

    @Override
    public void failed(IOException cause) {
        answered = true;
        alarm.cancel();
        working.cancel();
    }

    private void answer(HttpResponse response) {
        if (!answered) {
            answered = true;
            alarm.cancel();
            send(exchange, response);
        }
    }

    static HttpResponse checked(HttpRequest request, HttpResponse answer) {
        try {
            answer.checkSendable();
            return answer;
        } catch (IllegalArgumentException e) {
            return failed(request, e);
        }
    }

    /** The client is told nothing about it: a failure's text may hold what is none of its business. */
    static HttpResponse failed(HttpRequest request, @Nullable Throwable failure) {
        LOG.log(Level.WARNING, () -> "the handler of " + request + " failed; it is answered with status 500", failure);
        return HttpResponse.text(500, "the server failed to answer");
    }

    /** Sends a whole answer over an exchange that has not been answered. */
    static void send(Exchange exchange, HttpResponse response) {
        boolean withoutBody = response.status() == 204 || response.status() == 304;
        Headers headers = withoutBody
                ? response.headers()
                : response.headers().with("content-length", Integer.toString(response.body().length));
        byte[] bytes = response.body();
        if (withoutBody || bytes.length == 0 || exchange.request().method().equals("HEAD")) {
            exchange.answerOnly(response.status(), headers);
        } else {
            exchange.answer(response.status(), headers);
            exchange.write(bytes, 0, bytes.length);
            exchange.end(Headers.of());
        }
    }
}
