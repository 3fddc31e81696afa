package dev.capstan.capnweb;

import dev.capstan.async.Completer;
import dev.capstan.async.Loop;
import dev.capstan.async.Promise;
import dev.capstan.cap.Cap;
import dev.capstan.cap.Failure;
import dev.capstan.cap.Flow;
import dev.capstan.cap.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A stream that we write and the peer reads: the pipe behind a stream that we have sent, or a stream to write that the peer has sent.
 *
 * <p><b>Life.</b> Open; then ended or aborted, which the peer answers; over when that answer is here, or as soon as anything fails. Then its entry is given back. A
 * peer that reads no more rejects a write: one is enough, and how it answers those that are on their way is of no interest.
 *
 * <p>Invariant: {@code unanswered} are the messages of this stream that {@link Questions} still knows, and there are none when it is over.
 */
final class OutgoingStream implements ChunkSink {
    private final Session session;
    private final long id;
    /** What keeps the peer's entry; null for a pipe, whose only reference this is. */
    private final @Nullable Cap held;

    private final Flow flow;
    private final Map<Question, Completer<Void>> unanswered = new LinkedHashMap<>();
    private final SinkEnd end = new SinkEnd();
    private boolean over;

    /** The stream under {@code id}; takes ownership of {@code held}. */
    OutgoingStream(Session session, long id, @Nullable Cap held) {
        this.session = session;
        this.id = id;
        this.held = held;
        this.flow = new Flow(session.loop, session.limits.streams().windowBytes());
        session.pipes.outgoing(this);
        Failure down = session.down();
        if (down != null) {
            fail(down);
        }
    }

    @Override
    public Loop loop() {
        return session.loop;
    }

    // ---- writing

    @Override
    public Promise<Void> write(@Nullable Object chunk) {
        Failure refusal = end.refusal();
        if (refusal != null) {
            Values.close(Values.owned(chunk));
            return Promise.failed(refusal);
        }
        long before = session.outbox.bytesSent();
        Promise<Void> answer;
        try {
            answer = say("write", Collections.singletonList(chunk));
        } catch (WebException | Failure e) {
            // A stream with a hole in it would be worse than none.
            Failure cause = Errors.failure(e);
            abort(cause).listen(session.loop, (told, ignored) -> {});
            return Promise.failed(cause);
        } finally {
            Values.close(Values.owned(chunk));
        }
        return flow.sent(session.outbox.bytesSent() - before, answer);
    }

    @Override
    public Promise<Void> end() {
        Failure refusal = end.refusal();
        if (refusal != null) {
            return Promise.failed(refusal);
        }
        end.ended();
        return last(say("close", List.of()));
    }

    @Override
    public Promise<Void> abort(Failure reason) {
        Failure before = end.cause();
        if (before != null || over) {
            return end.isBroken() && before != null ? Promise.failed(before) : Promise.done();
        }
        end.failed(reason);
        forgetAll(reason);
        try {
            return last(say("abort", Collections.singletonList(session.outbox.told.thrown(reason))));
        } catch (WebException | Failure e) {
            // The reason cannot be told: that the stream is not complete can.
            giveBack();
            return Promise.done();
        }
    }

    /** Without a word: the peer aborts the stream when its entry is given back. */
    @Override
    public void dropped() {
        if (!over) {
            Failure cause = Failure.failed(Writable.DROPPED);
            end.failed(cause);
            forgetAll(cause);
            giveBack();
        }
    }

    private Promise<Void> say(String method, List<?> arguments) {
        Question question = session.questions.ask(id, Path.Names.of(method), arguments, true);
        question.answer().pipeline().close();
        Completer<Void> answered = new Completer<>(session.loop);
        unanswered.put(question, answered);
        question.answer().results().listen(session.loop, (results, failure) -> {
            boolean known = unanswered.remove(question) != null;
            if (results != null) {
                results.close();
                answered.complete(Promise.nothing());
            } else if (known) {
                Failure cause = Failure.of(failure == null ? Failure.failed("no answer") : failure);
                answered.fail(cause);
                fail(cause);
            }
        });
        return answered.promise();
    }

    /** After the answer to the last message nothing more is needed. */
    private Promise<Void> last(Promise<Void> answer) {
        Completer<Void> told = new Completer<>(session.loop);
        answer.listen(session.loop, (done, failure) -> {
            giveBack();
            if (failure != null) {
                told.fail(failure);
            } else {
                told.complete(Promise.nothing());
            }
        });
        return told.promise();
    }

    // ---- the end

    /** The peer reads no more, or is gone. */
    void fail(Failure cause) {
        if (over) {
            return;
        }
        end.broken(cause);
        forgetAll(cause);
        giveBack();
        end.tell();
    }

    private void forgetAll(Failure cause) {
        Map<Question, Completer<Void>> all = new LinkedHashMap<>(unanswered);
        unanswered.clear();
        all.forEach((question, answered) -> {
            session.questions.forget(question);
            answered.fail(cause);
        });
    }

    private void giveBack() {
        if (!over) {
            over = true;
            session.pipes.outgoingOver(this);
            if (held != null) {
                held.close();
            } else {
                session.outbox.release(id, 1);
            }
        }
    }

    @Override
    public void onBroken(Consumer<Failure> listener) {
        end.onBroken(listener);
    }
}
