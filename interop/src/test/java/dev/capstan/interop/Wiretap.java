package dev.capstan.interop;

import dev.capstan.async.Loop;
import dev.capstan.async.MessageStream;
import dev.capstan.async.Promise;
import dev.capstan.capnp.Limits;
import dev.capstan.capnp.MessageReader;
import dev.capstan.capnp.rpc.protocol.Message;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * A connection that writes down what passes: {@code >CALL} for a message that is queued, {@code flush} for the end of a turn in which some were,
 * {@code <RETURN} for one that has arrived. On the loop's thread.
 */
final class Wiretap implements MessageStream {
    /** The end of a turn in which messages were queued: they leave together. */
    static final String FLUSH = "flush";

    private final Loop loop;
    private final MessageStream stream;
    private final List<String> log = new ArrayList<>();
    private boolean dirty;

    Wiretap(Loop loop, MessageStream stream) {
        this.loop = loop;
        this.stream = stream;
    }

    /** What has passed since the connection began. */
    List<String> log() {
        return List.copyOf(log);
    }

    /** Forgets what has passed. */
    void clear() {
        log.clear();
    }

    private static String kind(byte[] frame, int offset, int length) {
        return MessageReader.of(frame, offset, length, Limits.DEFAULT)
                .root(Message.TYPE)
                .which()
                .name();
    }

    @Override
    public void start(Receiver receiver) {
        stream.start(new Receiver() {
            @Override
            public void received(byte[] array, int offset, int length, boolean lent) {
                log.add("<" + kind(array, offset, length));
                receiver.received(array, offset, length, lent);
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
    public void send(ByteBuffer... pieces) {
        int length = 0;
        for (ByteBuffer piece : pieces) {
            length += piece.remaining();
        }
        ByteBuffer whole = ByteBuffer.allocate(length);
        for (ByteBuffer piece : pieces) {
            whole.put(piece.duplicate());
        }
        log.add(">" + kind(whole.array(), 0, length));
        if (!dirty) {
            dirty = true;
            loop.atTurnEnd(() -> {
                dirty = false;
                log.add(FLUSH);
            });
        }
        stream.send(pieces);
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
