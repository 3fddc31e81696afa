package dev.capstan.capnweb;

import dev.capstan.async.ByteStream;
import dev.capstan.async.MessageStream;
import dev.capstan.async.Promise;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;

/** Messages over a stream of bytes, one a line. */
final class Lined implements MessageStream {
    private final ByteStream stream;

    Lined(ByteStream stream) {
        this.stream = stream;
    }

    @Override
    public void start(Receiver receiver) {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        stream.start(new ByteStream.Receiver() {
            @Override
            public void received(byte[] array, int offset, int length) {
                int from = offset;
                for (int i = offset; i < offset + length; i++) {
                    if (array[i] == '\n') {
                        line.write(array, from, i - from);
                        byte[] whole = line.toByteArray();
                        line.reset();
                        receiver.received(whole, 0, whole.length, false);
                        from = i + 1;
                    }
                }
                line.write(array, from, offset + length - from);
            }

            @Override
            public void ended() {
                receiver.ended();
            }

            @Override
            public void failed(Throwable cause) {
                receiver.failed(cause);
            }
        });
    }

    @Override
    public void pause() {
        stream.pause();
    }

    @Override
    public void resume() {
        stream.resume();
    }

    @Override
    public void send(ByteBuffer... pieces) {
        for (ByteBuffer piece : pieces) {
            stream.write(piece.array(), piece.arrayOffset() + piece.position(), piece.remaining());
        }
        stream.write(new byte[] {'\n'}, 0, 1);
    }

    @Override
    public long queuedBytes() {
        return stream.queuedBytes();
    }

    @Override
    public Promise<Void> drained() {
        return stream.drained();
    }

    @Override
    public void end() {
        stream.end();
    }

    @Override
    public void abort(Throwable cause) {
        stream.abort(cause);
    }
}
