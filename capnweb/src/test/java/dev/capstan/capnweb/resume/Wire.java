package dev.capstan.capnweb.resume;

import dev.capstan.async.MessageStream;
import dev.capstan.async.Promise;
import dev.capstan.testkit.SimStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** One end of a simulated connection. It tells what arrives, and can be made to notice nothing more, as when the network is gone without a word. */
final class Wire implements MessageStream, MessageStream.Receiver {
    private final SimStream under;
    private final Consumer<String> onArrival;
    private @Nullable Receiver to;
    boolean deaf;

    Wire(SimStream under, Consumer<String> onArrival) {
        this.under = under;
        this.onArrival = onArrival;
    }

    @Override
    public void start(Receiver receiver) {
        to = receiver;
        under.start(this);
    }

    @Override
    public void received(byte[] array, int offset, int length, boolean lent) {
        if (!deaf && to != null) {
            to.received(array, offset, length, lent);
            onArrival.accept(new String(array, offset, length, StandardCharsets.UTF_8));
        }
    }

    @Override
    public void ended() {
        if (!deaf && to != null) {
            to.ended();
        }
    }

    @Override
    public void failed(Throwable cause) {
        if (!deaf && to != null) {
            to.failed(cause);
        }
    }

    @Override
    public void pause() {
        under.pause();
    }

    @Override
    public void resume() {
        under.resume();
    }

    @Override
    public void send(ByteBuffer... pieces) {
        under.send(pieces);
    }

    @Override
    public long queuedBytes() {
        return under.queuedBytes();
    }

    @Override
    public Promise<Void> drained() {
        return under.drained();
    }

    @Override
    public void end() {
        under.end();
    }

    @Override
    public void abort(Throwable cause) {
        under.abort(cause);
    }
}
