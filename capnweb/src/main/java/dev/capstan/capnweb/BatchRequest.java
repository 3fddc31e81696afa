package dev.capstan.capnweb;

import dev.capstan.async.Loop;
import dev.capstan.async.MessageStream;
import dev.capstan.async.Promise;
import dev.capstan.cap.Failure;
import java.nio.ByteBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The client's side of a batch: what is said gathers until the end of the turn in which a result is asked for, and leaves as one request. When the messages of its
 * answer have been delivered, the stream is over.
 */
final class BatchRequest implements MessageStream {
    private static final String PULL = "[\"pull\"";
    private static final String STREAM = "[\"stream\"";
    /** Begins as the TypeScript implementation says it. */
    private static final String ENDED =
            "Batch RPC request ended. Ask for all results together before waiting for one, or open another batch.";

    /** Sends messages and gives those of the answer. */
    @FunctionalInterface
    interface Post {
        Promise<byte[]> post(byte[] batch);
    }

    private final Loop loop;
    private final Limits.Transport limits;
    private final Post post;
    private final Lines lines = new Lines();
    private @Nullable Receiver receiver;
    private Promise.Cancelable posting = () -> {};
    private boolean leaving;
    private boolean left;
    private boolean over;

    BatchRequest(Loop loop, Limits.Transport limits, Post post) {
        this.loop = loop;
        this.limits = limits;
        this.post = post;
    }

    @Override
    public void start(Receiver to) {
        receiver = to;
    }

    // ---- what is asked

    @Override
    public void send(ByteBuffer... pieces) {
        for (ByteBuffer piece : pieces) {
            if (left || (long) lines.size() + piece.remaining() > Integer.MAX_VALUE - 64) {
                return;
            }
            int offset = piece.arrayOffset() + piece.position();
            lines.add(piece.array(), offset, piece.remaining());
            if (!leaving && (begins(piece, PULL) || begins(piece, STREAM))) {
                leaving = true;
                loop.atTurnEnd(this::leave);
            }
        }
    }

    private static boolean begins(ByteBuffer message, String with) {
        if (message.remaining() < with.length()) {
            return false;
        }
        for (int i = 0; i < with.length(); i++) {
            if (message.get(message.position() + i) != with.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    private void leave() {
        if (left || over) {
            return;
        }
        left = true;
        if (lines.size() > limits.batchBytes()) {
            fail(Failure.failed("This batch has " + lines.size() + " bytes, and " + limits.batchBytes()
                    + " is the limit (Limits.transport): send it in parts."));
            return;
        }
        posting = loop.timer()
                .timeout(limits.batchTime(), post.post(lines.toByteArray()))
                .listen(loop, (answer, failure) -> {
                    if (answer != null) {
                        answered(answer);
                    } else {
                        fail(failure == null ? Failure.failed("no answer") : failure);
                    }
                });
    }

    // ---- what is answered

    private void answered(byte[] answer) {
        if (answer.length > limits.batchBytes()) {
            fail(Failure.failed("The answer to this batch has " + answer.length + " bytes, and " + limits.batchBytes()
                    + " is the limit (Limits.transport): ask for less at a time."));
            return;
        }
        List<Lines.Line> messages = Lines.of(answer, limits.batchMessages());
        if (messages.size() > limits.batchMessages()) {
            fail(Failure.failed("The answer to this batch has more than " + limits.batchMessages()
                    + " messages, which is the limit (Limits.transport): ask for less at a time."));
            return;
        }
        Receiver to = receiver;
        for (Lines.Line line : messages) {
            if (to != null && !over) {
                to.received(answer, line.offset(), line.length(), true);
            }
        }
        // What was delivered is taken in first; parts of it wait for one another.
        posting = loop.atLast().listen(loop, (done, failure) -> fail(Failure.disconnected(ENDED)));
    }

    private void fail(Throwable cause) {
        Receiver to = receiver;
        if (!over && to != null) {
            over = true;
            to.failed(cause);
        }
    }

    @Override
    public void pause() {
        // The answer is here or it is not.
    }

    @Override
    public void resume() {
        // The answer is here or it is not.
    }

    @Override
    public long queuedBytes() {
        return 0;
    }

    @Override
    public Promise<Void> drained() {
        return Promise.done();
    }

    // ---- the end

    /** What nobody waits for is sent all the same. */
    @Override
    public void end() {
        if (over) {
            return;
        }
        if (left) {
            posting.cancel();
        } else if (lines.size() > 0) {
            leave();
        }
        over = true;
    }

    @Override
    public void abort(Throwable cause) {
        posting.cancel();
        fail(cause);
    }
}
