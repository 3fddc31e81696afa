package dev.capstan.gateway.frames;

import dev.capstan.async.MessageStream;
import dev.capstan.async.Promise;
import java.nio.ByteBuffer;

/** A stream of messages that is looked at. */
final class TappedMessages implements MessageStream {
    private final MessageStream under;
    private final Watch watch;

    TappedMessages(MessageStream under, Watch watch) {
        this.under = under;
        this.watch = watch;
    }

    @Override
    public void start(Receiver receiver) {
        under.start(new Receiver() {
            @Override
            public void received(byte[] array, int offset, int length, boolean lent) {
                watch.received(array, offset, length);
                receiver.received(array, offset, length, lent);
            }

            @Override
            public void ended() {
                watch.inputOver("");
                receiver.ended();
            }

            @Override
            public void failed(Throwable cause) {
                watch.broke(Watch.reason(cause));
                receiver.failed(cause);
            }
        });
    }

    @Override
    public void send(ByteBuffer... pieces) {
        under.send(pieces);
        // Behind it: a message that cannot be sent was not said.
        watch.sent(pieces);
    }

    @Override
    public void end() {
        watch.outputOver("");
        under.end();
    }

    @Override
    public void abort(Throwable cause) {
        watch.outputOver(Watch.reason(cause));
        under.abort(cause);
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
    public long queuedBytes() {
        return under.queuedBytes();
    }

    @Override
    public Promise<Void> drained() {
        return under.drained();
    }
}
