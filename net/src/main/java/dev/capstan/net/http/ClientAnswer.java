package dev.capstan.net.http;

import dev.capstan.async.ByteStream;
import dev.capstan.async.Loop;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** The answer of a {@link ClientExchange} on its way to a reader. Held back from its beginning until it is started. */
final class ClientAnswer implements HttpAnswer {
    private final Loop loop;
    private final ClientExchange exchange;
    private final int status;
    private final Headers headers;
    private ByteStream.@Nullable Receiver receiver;
    private @Nullable Throwable failure;
    private boolean held = true;
    /** Whether it is to go on in a turn of its own. */
    private boolean resuming;

    private boolean over;

    ClientAnswer(Loop loop, ClientExchange exchange, int status, Headers headers) {
        this.loop = loop;
        this.exchange = exchange;
        this.status = status;
        this.headers = headers;
    }

    @Override
    public int status() {
        return status;
    }

    @Override
    public Headers headers() {
        return headers;
    }

    boolean isHeld() {
        return held;
    }

    @Override
    public void start(ByteStream.Receiver to) {
        if (receiver != null) {
            throw new IllegalStateException("the body is read already: start it once");
        }
        receiver = to;
        resume();
    }

    @Override
    public void pause() {
        resuming = false;
        if (!over && !held) {
            held = true;
            exchange.hold();
        }
    }

    @Override
    public void resume() {
        if (held && receiver != null) {
            resuming = true;
            loop.post(this::goOn);
        }
    }

    private void goOn() {
        Throwable broken = failure;
        if (broken != null) {
            fail(broken);
        } else if (resuming && held && !over) {
            resuming = false;
            held = false;
            exchange.goOn();
        }
    }

    void deliver(byte[] piece) {
        ByteStream.Receiver to = receiver;
        if (to != null && !over && piece.length > 0) {
            to.received(piece, 0, piece.length);
        }
    }

    /** Also while it is held: the end is no piece. */
    void end() {
        ByteStream.Receiver to = receiver;
        if (to != null && finish()) {
            to.ended();
        }
    }

    void fail(Throwable cause) {
        ByteStream.Receiver to = receiver;
        if (to == null) {
            failure = cause;
        } else if (finish()) {
            to.failed(cause);
        }
    }

    private boolean finish() {
        boolean first = !over;
        over = true;
        held = false;
        return first;
    }

    @Override
    public void close() {
        if (finish()) {
            exchange.fail(new IOException("the answer of " + exchange.server() + " was given up"));
        }
    }
}
