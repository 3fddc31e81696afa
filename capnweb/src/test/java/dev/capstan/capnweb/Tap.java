package dev.capstan.capnweb;

import dev.capstan.async.MessageStream;
import dev.capstan.async.Promise;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;

/** A connection that counts what goes over it; of long messages it keeps the beginning alone. */
final class Tap implements MessageStream, MessageStream.Receiver {
    private static final int KEPT = 60;

    private final MessageStream stream;
    private MessageStream.Receiver receiver = this;
    /** Messages that went out, as a test reads them when the session is quiet. */
    final List<String> sent = new ArrayList<>();

    private long nextId = 1;
    private final Map<Long, Integer> unanswered = new HashMap<>();
    private long bytesUnanswered;

    /** The most bytes of chunks that were on their way without an answer. */
    final AtomicLong mostUnanswered = new AtomicLong();

    /** Bytes of the peer's messages with chunks. */
    final AtomicLong bytesOfChunks = new AtomicLong();

    Tap(MessageStream stream) {
        this.stream = stream;
    }

    @Override
    public void send(ByteBuffer... pieces) {
        int bytes = 0;
        StringBuilder text = new StringBuilder();
        for (ByteBuffer piece : pieces) {
            bytes += piece.remaining();
            int kept = Math.min(KEPT, piece.remaining());
            text.append(
                    new String(piece.array(), piece.arrayOffset() + piece.position(), kept, StandardCharsets.UTF_8));
        }
        String line = text.toString();
        sent.add(line);
        if (line.startsWith("[\"push\"") || line.startsWith("[\"pipe\"")) {
            nextId++;
        } else if (line.startsWith("[\"stream\"")) {
            unanswered.put(nextId++, bytes);
            bytesUnanswered += bytes;
            mostUnanswered.accumulateAndGet(bytesUnanswered, Math::max);
        }
        stream.send(pieces);
    }

    @Override
    public void received(byte[] array, int offset, int length, boolean lent) {
        String line = new String(array, offset, Math.min(KEPT, length), StandardCharsets.UTF_8);
        if (line.startsWith("[\"stream\"")) {
            bytesOfChunks.addAndGet(length);
        } else if (line.startsWith("[\"resolve\",")) {
            String rest = line.substring("[\"resolve\",".length());
            Integer bytes = unanswered.remove(Long.parseLong(rest.substring(0, rest.indexOf(','))));
            bytesUnanswered -= bytes == null ? 0 : bytes;
        }
        receiver.received(array, offset, length, lent);
    }

    @Override
    public void start(MessageStream.Receiver to) {
        receiver = to;
        stream.start(this);
    }

    @Override
    public void ended() {
        receiver.ended();
    }

    @Override
    public void failed(Throwable cause) {
        receiver.failed(cause);
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
