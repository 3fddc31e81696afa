package dev.capstan.capnweb;

import dev.capstan.cap.CallWatch;
import dev.capstan.cap.Failure;
import dev.capstan.cap.Method;
import dev.capstan.cap.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Our calls that the peer has not answered, and those whose results it keeps for us.
 *
 * <p>Invariant: {@code nextId} is one more than the pushes, streams and pipes that were sent, as the peer counts them, too. An entry stays until its id was
 * released; one whose answer is still to come then, until that comes or for ever: a peer that stops a call need not answer it.
 */
final class Questions {
    private static final Path.Names MAP = Path.Names.of("map");

    private final Session session;
    private final Map<Long, Question> table = new HashMap<>();
    private long nextId = 1;

    Questions(Session session) {
        this.session = session;
    }

    int size() {
        return table.size();
    }

    /** How many results are waited for. */
    int awaited() {
        int count = 0;
        for (Question question : table.values()) {
            count += question.isAwaited() ? 1 : 0;
        }
        return count;
    }

    @Nullable
    Question get(long id) {
        return table.get(id);
    }

    /**
     * Sends a call, or reads a property.
     *
     * @param target an entry of the table of imports
     * @param arguments null to read
     * @throws WebException if the arguments cannot be sent, and then nothing was
     * @throws Failure if too many calls wait
     */
    Question ask(long target, Path.Names path, @Nullable List<?> arguments, boolean stream) {
        return send(
                stream,
                target,
                path,
                arguments == null,
                out -> session.outbox.names.pipeline(out, target, path, arguments));
    }

    /** Sends a map over what lies at {@code path} in an entry of the table of imports. Borrows {@code program}. Errors are those of {@link #ask}. */
    Question map(long target, Path.Names path, MapProgram program) {
        return send(
                false, target, path.then(MAP), false, out -> session.outbox.names.remap(out, target, path, program));
    }

    /** {@code target}, {@code path} and {@code reads} say what {@code expression} is about, to whoever observes. */
    private Question send(
            boolean stream, long target, Path.Names path, boolean reads, Consumer<JsonWriter> expression) {
        if (!stream && table.size() >= session.limits.calls()) {
            // Calls of streams are few, as there is a window for them, and whoever sends them waits.
            throw Failure.overloaded(
                    table.size()
                            + " calls wait for their results or were not closed: close what is not needed, or raise Limits.calls");
        }
        Observed observed = session.observed;
        CallWatch watch = CallWatch.NONE;
        JsonWriter out = session.outbox.begin();
        try {
            out.raw(stream ? "[\"stream\"," : "[\"push\",");
            expression.accept(out);
            if (observed != null) {
                watch = observed.asking(nextId, target, new Method.Member(path, reads), stream, out);
            }
            out.raw(']');
        } catch (WebException | Failure e) {
            session.outbox.rollback();
            throw e;
        }
        // Only now: what is in the arguments may have taken ids of its own.
        Question question = new Question(session, nextId++, stream);
        question.watch(watch);
        table.put(question.id(), question);
        // Starts to read the streams in the arguments, which may be code of users that calls in turn.
        session.outbox.commit();
        Failure deaf = session.deaf();
        if (stream && deaf != null) {
            failLater(question, deaf);
        }
        return question;
    }

    /** The id of a pipe that the message being written names: it is sent before that. */
    long reservePipe() {
        return nextId++;
    }

    /** The message was not sent, and no pipe. */
    void takeBackPipes(int count) {
        nextId -= count;
    }

    /** What the peer answers, if it does, is of no interest, and it releases the entry itself: of a call of a stream. */
    void forget(Question question) {
        table.remove(question.id(), question);
    }

    /** The peer will not answer, and whoever asked is not told inside his own call. */
    void failLater(Question question, Failure cause) {
        session.loop.post(() -> {
            question.fail(cause);
            answered(question.id(), question);
        });
    }

    /** No answer will come any more. */
    void heardAll(Failure cause) {
        for (Question question : List.copyOf(table.values())) {
            if (question.isAwaited()) {
                question.fail(cause);
                answered(question.id(), question);
            }
        }
    }

    /** Nobody here needs what the peer keeps. */
    void release(Question question) {
        table.remove(question.id());
        session.outbox.release(question.id(), 1);
    }

    /** The answer has come. That to a call of a stream is the end of it. */
    void answered(long id, Question question) {
        if (question.isStream()) {
            table.remove(id, question);
        }
    }

    void disconnected(Failure cause) {
        List<Question> all = new ArrayList<>(table.values());
        table.clear();
        all.forEach(question -> question.fail(cause));
    }
}
