package dev.capstan.capnweb;

import dev.capstan.async.Completer;
import dev.capstan.async.Loop;
import dev.capstan.async.MessageStream;
import dev.capstan.async.Promise;
import dev.capstan.cap.Cap;
import dev.capstan.cap.Failure;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The server's side of a batch: all that the client will ever say is there at the start, and what is said to it gathers until everything that it waits for
 * has been told.
 *
 * <p>The client cannot answer. So a call of an object of the client is sent, but whoever waits for its result is told at once that none will come, and so is whoever
 * waits for a promise that the batch does not keep; that ends the calls that depend on it. What takes longer than {@link Limits.Transport#batchTime} is answered with a
 * failure.
 */
final class BatchAnswer implements MessageStream {
    private static final int OK = 200;
    private static final int BAD_REQUEST = 400;
    private static final int TOO_LARGE = 413;
    private static final int INTERNAL = 500;

    /**
     * What an HTTP request is answered with.
     *
     * @param body messages if the status is 200; else a message that says what is wrong, or a text
     */
    @SuppressWarnings("ArrayRecordComponent") // bytes are moved, not compared
    record Reply(int status, byte[] body) {
        static Reply text(int status, String text) {
            return new Reply(status, text.getBytes(StandardCharsets.UTF_8));
        }
    }

    private final Loop loop;
    private final Limits.Transport limits;
    private final Completer<Reply> reply;
    private final Session session;
    private final Lines lines = new Lines();
    private byte[] last = {};
    private Promise.Cancelable alarm = () -> {};
    private Promise.Cancelable takingIn = () -> {};
    private @Nullable Receiver receiver;
    private boolean checking;
    private boolean over;

    private BatchAnswer(Loop loop, Cap main, Options options) {
        this.loop = loop;
        this.limits = options.limits().transport();
        this.reply = new Completer<>(loop);
        this.session = new Session(loop, this, main, options, this::ended);
    }

    /** The answer to {@code batch}. Takes ownership of {@code main}. Cancelling ends the session. */
    static Promise<Reply> to(byte[] batch, Loop loop, Cap main, Options options) {
        Limits.Transport limits = options.limits().transport();
        List<Lines.Line> messages = List.of();
        Reply refusal = null;
        if (batch.length > limits.batchBytes()) {
            refusal = Reply.text(TOO_LARGE, "a batch is limited to " + limits.batchBytes() + " bytes");
        } else {
            int most = limits.batchMessages();
            messages = Lines.of(batch, most);
            if (messages.size() > most) {
                refusal = Reply.text(TOO_LARGE, "a batch is limited to " + most + " messages");
            }
        }
        if (refusal != null) {
            main.close();
            return Promise.of(refusal);
        }
        BatchAnswer answer = new BatchAnswer(loop, main, options);
        answer.run(batch, messages);
        return answer.reply.promise();
    }

    private void run(byte[] batch, List<Lines.Line> messages) {
        reply.onCancel(this::givenUp);
        session.start();
        Receiver to = receiver;
        if (to == null) {
            throw new AssertionError("a session that is started listens");
        }
        alarm = loop.timer().after(limits.batchTime()).listen(loop, (rung, failure) -> tooLate());
        for (Lines.Line line : messages) {
            if (over) {
                return;
            }
            to.received(batch, line.offset(), line.length(), true);
        }
        takingIn = session.heardAll(
                        Failure.failed(
                                "This call came in an HTTP batch, whose client cannot answer; use a WebSocket for calls that go back."))
                .listen(loop, (done, failure) -> {
                    session.exports.onNoneAwaited(this::check);
                    check();
                });
    }

    /** At the end of the turn, so that what is told in it is part of the answer. */
    private void check() {
        if (!checking && !over) {
            checking = true;
            loop.atTurnEnd(() -> {
                checking = false;
                if (session.exports.awaited() == 0) {
                    finish(new Reply(OK, lines.toByteArray()));
                }
            });
        }
    }

    private void tooLate() {
        session.exports.rejectAwaited(Failure.overloaded("This call has not ended within " + limits.batchTime()
                + ", which is the limit for an HTTP batch; use a WebSocket for calls that take long."));
    }

    private void finish(Reply with) {
        if (!over) {
            over = true;
            alarm.cancel();
            takingIn.cancel();
            reply.complete(with);
            session.close();
        }
    }

    private void givenUp() {
        over = true;
        alarm.cancel();
        takingIn.cancel();
        session.close();
    }

    /** The session has ended otherwise than by us. */
    private void ended(Failure cause, Ending.By by) {
        switch (by) {
            case MISTAKE -> finish(new Reply(BAD_REQUEST, last));
            case BUG -> finish(new Reply(INTERNAL, last));
            case PEER -> finish(Reply.text(BAD_REQUEST, "the client has aborted its batch"));
            case OWNER, LEAVING -> over = true;
        }
    }

    // ---- MessageStream

    @Override
    public void start(Receiver to) {
        receiver = to;
    }

    @Override
    public void send(ByteBuffer... pieces) {
        for (ByteBuffer piece : pieces) {
            if (over) {
                return;
            }
            int offset = piece.arrayOffset() + piece.position();
            last = Arrays.copyOfRange(piece.array(), offset, offset + piece.remaining());
            long size = (long) lines.size() + (lines.size() == 0 ? 0 : 1) + piece.remaining();
            if (size > limits.batchBytes()) {
                over = true;
                alarm.cancel();
                takingIn.cancel();
                reply.complete(Reply.text(
                        INTERNAL, "the answer to this batch is longer than " + limits.batchBytes() + " bytes"));
                loop.post(session::close);
            } else {
                lines.add(piece.array(), offset, piece.remaining());
            }
        }
    }

    @Override
    public void pause() {
        // All has been delivered.
    }

    @Override
    public void resume() {
        // All has been delivered.
    }

    /** None: what gathers has a limit of its own, and nobody takes of it before it is complete. */
    @Override
    public long queuedBytes() {
        return 0;
    }

    @Override
    public Promise<Void> drained() {
        return Promise.done();
    }

    @Override
    public void end() {
        // The answer is complete, or there is none.
    }

    @Override
    public void abort(Throwable cause) {
        // The answer is complete, or there is none.
    }
}
