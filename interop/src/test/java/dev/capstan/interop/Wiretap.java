package dev.capstan.interop;

import dev.capstan.async.ByteStream;
import dev.capstan.async.Loop;
import dev.capstan.async.Promise;
import dev.capstan.capnp.Limits;
import dev.capstan.capnp.MessageReader;
import dev.capstan.capnp.rpc.protocol.Message;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A connection that writes down which messages pass: {@code >CALL} for one that is queued, {@code flush} for the end of a turn in which some were,
 * {@code <RETURN} for one that has arrived. On the loop's thread.
 */
final class Wiretap implements ByteStream {
    /** The end of a turn in which messages were queued: they leave together. */
    static final String FLUSH = "flush";

    private final Loop loop;
    private final ByteStream stream;
    private final List<String> log = new ArrayList<>();
    private final Cutter sent = new Cutter(">");
    private final Cutter arrived = new Cutter("<");
    private boolean dirty;

    Wiretap(Loop loop, ByteStream stream) {
        this.loop = loop;
        this.stream = stream;
    }

    /** What has passed since the connection began, or since {@link #clear}. */
    List<String> log() {
        return List.copyOf(log);
    }

    /** Forgets what has passed. */
    void clear() {
        log.clear();
    }

    /** Finds the messages in one direction. */
    private final class Cutter {
        private final String direction;
        private byte[] begun = {};

        Cutter(String direction) {
            this.direction = direction;
        }

        void add(byte[] array, int offset, int length) {
            byte[] all = Arrays.copyOf(begun, begun.length + length);
            System.arraycopy(array, offset, all, begun.length, length);
            int at = 0;
            while (true) {
                int size = (int) MessageReader.frameBytes(all, at, all.length - at, Limits.DEFAULT);
                if (size < 0 || size > all.length - at) {
                    break;
                }
                log.add(direction
                        + MessageReader.of(all, at, size, Limits.DEFAULT)
                                .root(Message.TYPE)
                                .which());
                at += size;
            }
            begun = Arrays.copyOfRange(all, at, all.length);
        }
    }

    @Override
    public void start(Receiver receiver) {
        stream.start(new Receiver() {
            @Override
            public void received(byte[] array, int offset, int length) {
                arrived.add(array, offset, length);
                receiver.received(array, offset, length);
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
    public void write(byte[] array, int offset, int length) {
        sent.add(array, offset, length);
        if (!dirty) {
            dirty = true;
            loop.atTurnEnd(() -> {
                dirty = false;
                log.add(FLUSH);
            });
        }
        stream.write(array, offset, length);
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
