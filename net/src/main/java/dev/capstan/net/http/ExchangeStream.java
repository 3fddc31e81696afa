package dev.capstan.net.http;

import dev.capstan.async.ByteStream;
import dev.capstan.async.Completer;
import dev.capstan.async.Loop;
import dev.capstan.async.Promise;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** An exchange as a connection, for what takes over its stream: a WebSocket over HTTP/2 (RFC 8441). */
final class ExchangeStream implements ByteStream, Exchange.Receiver {
    private final Loop loop;
    private final Http2Exchange exchange;
    private final List<Completer<Void>> draining = new ArrayList<>();
    private ByteStream.@Nullable Receiver receiver;
    private @Nullable IOException broken;
    private boolean inputEnded;

    ExchangeStream(Loop loop, Http2Exchange exchange) {
        this.loop = loop;
        this.exchange = exchange;
        exchange.onDrained(this::settleDrained);
    }

    @Override
    public void start(ByteStream.Receiver to) {
        receiver = to;
        exchange.start(this);
    }

    @Override
    public void received(byte[] array, int offset, int length) {
        ByteStream.Receiver to = receiver;
        if (to != null) {
            to.received(array, offset, length);
        }
    }

    @Override
    public void ended() {
        inputEnded = true;
        ByteStream.Receiver to = receiver;
        if (to != null) {
            to.ended();
        }
    }

    @Override
    public void failed(IOException cause) {
        broken = cause;
        settleDrained();
        ByteStream.Receiver to = receiver;
        if (to != null && !inputEnded) {
            to.failed(cause);
        }
    }

    @Override
    public void pause() {
        exchange.pause();
    }

    @Override
    public void resume() {
        exchange.resume();
    }

    @Override
    public void write(byte[] array, int offset, int length) {
        exchange.write(Arrays.copyOfRange(array, offset, offset + length), 0, length);
    }

    @Override
    public long queuedBytes() {
        return exchange.queuedBytes();
    }

    @Override
    public Promise<Void> drained() {
        IOException cause = broken;
        if (cause != null) {
            return Promise.failed(cause);
        }
        if (exchange.queuedBytes() == 0) {
            return Promise.done();
        }
        Completer<Void> completer = new Completer<>(loop);
        draining.add(completer);
        completer.onCancel(() -> draining.remove(completer));
        return completer.promise();
    }

    private void settleDrained() {
        List<Completer<Void>> waiting = List.copyOf(draining);
        draining.clear();
        IOException cause = broken;
        for (Completer<Void> each : waiting) {
            if (cause == null) {
                each.complete(Promise.nothing());
            } else {
                each.fail(cause);
            }
        }
    }

    @Override
    public void end() {
        exchange.end(Headers.of());
    }

    @Override
    public void abort(Throwable cause) {
        if (broken == null) {
            IOException why = new IOException("the stream was closed: " + cause.getMessage(), cause);
            broken = why;
            exchange.abort(Exchange.Reset.CANCEL);
            failed(why);
        }
    }

    @Override
    public String toString() {
        return "HTTP/2, " + exchange;
    }
}
