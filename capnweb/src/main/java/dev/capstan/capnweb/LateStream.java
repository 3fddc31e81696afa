package dev.capstan.capnweb;

import dev.capstan.async.Completer;
import dev.capstan.async.Loop;
import dev.capstan.async.MessageStream;
import dev.capstan.async.Promise;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A stream that comes later than the first messages, which wait for it here: a connection that is being made. */
final class LateStream implements MessageStream {
    private final Loop loop;
    private final List<byte[]> waiting = new ArrayList<>();
    private final List<Completer<Void>> drains = new ArrayList<>(1);
    private long waitingBytes;
    private @Nullable Receiver receiver;
    private @Nullable MessageStream stream;
    private boolean paused;
    private boolean ended;

    LateStream(Loop loop) {
        this.loop = loop;
    }

    /** Here it is. Takes ownership of {@code opened}; this was started before. */
    void opened(MessageStream opened) {
        Receiver to = receiver;
        if (to == null) {
            throw new AssertionError("nobody waits for this stream");
        }
        stream = opened;
        if (paused) {
            opened.pause();
        }
        waiting.forEach(message -> opened.send(ByteBuffer.wrap(message)));
        waiting.clear();
        if (ended) {
            opened.end();
        }
        // What comes is answered behind what has waited.
        opened.start(to);
        drains.forEach(drain -> drain.follow(opened.drained()));
        drains.clear();
    }

    @Override
    public void start(Receiver to) {
        receiver = to;
    }

    @Override
    public void pause() {
        paused = true;
        if (stream != null) {
            stream.pause();
        }
    }

    @Override
    public void resume() {
        paused = false;
        if (stream != null) {
            stream.resume();
        }
    }

    @Override
    public void send(ByteBuffer... pieces) {
        if (stream != null) {
            stream.send(pieces);
        } else if (!ended) {
            waiting.add(joined(pieces));
            waitingBytes += waiting.getLast().length;
        }
    }

    private static byte[] joined(ByteBuffer... pieces) {
        int length = 0;
        for (ByteBuffer piece : pieces) {
            length += piece.remaining();
        }
        ByteBuffer whole = ByteBuffer.allocate(length);
        for (ByteBuffer piece : pieces) {
            whole.put(piece.duplicate());
        }
        return whole.array();
    }

    @Override
    public long queuedBytes() {
        return stream == null ? waitingBytes : stream.queuedBytes();
    }

    @Override
    public Promise<Void> drained() {
        if (stream != null) {
            return stream.drained();
        }
        Completer<Void> drain = new Completer<>(loop);
        drains.add(drain);
        return drain.promise();
    }

    @Override
    public void end() {
        if (!ended) {
            ended = true;
            if (stream != null) {
                stream.end();
            }
        }
    }

    @Override
    public void abort(Throwable cause) {
        ended = true;
        if (stream != null) {
            stream.abort(cause);
        }
    }
}
