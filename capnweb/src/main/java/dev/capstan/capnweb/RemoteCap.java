package dev.capstan.capnweb;

import dev.capstan.async.Promise;
import dev.capstan.cap.Answer;
import dev.capstan.cap.BrokenCap;
import dev.capstan.cap.Call;
import dev.capstan.cap.CallWatch;
import dev.capstan.cap.Cap;
import dev.capstan.cap.CountedCap;
import dev.capstan.cap.Failure;
import dev.capstan.cap.Flow;
import dev.capstan.cap.Format;
import dev.capstan.cap.Hints;
import dev.capstan.cap.Method;
import dev.capstan.cap.Path;
import dev.capstan.cap.Request;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A reference that leads over a session: to an object of the peer, or to a place in the result of a call of ours. */
abstract class RemoteCap extends CountedCap {
    final Session session;
    private @Nullable Flow flow;

    RemoteCap(Session session) {
        super(session.loop);
        this.session = session;
    }

    /** The entry of the table of imports that messages are addressed to. */
    abstract long id();

    /** Where below that entry this is. */
    abstract Path.Names place();

    /** Messages that name this are on their way. */
    void named() {}

    @Override
    public Request request(Method method, Format fallback, int sizeHint, Hints hints) {
        return Request.of(this, method, WebFormat.INSTANCE, sizeHint, hints);
    }

    @Override
    public Answer call(Call call) {
        Question question;
        try (call) {
            question = ask(call, false);
        } catch (WebException | Failure e) {
            return Answer.broken(Errors.failure(e));
        }
        return question.answer();
    }

    /** One message for the peer instead of three, and a window of bytes. */
    @Override
    public Promise<Void> stream(Call call) {
        long before = session.outbox.bytesSent();
        Question question;
        try (call) {
            question = ask(call, true);
        } catch (WebException | Failure e) {
            return Promise.failed(Errors.failure(e));
        }
        Answer answer = question.answer();
        answer.pipeline().close();
        return flow().sent(session.outbox.bytesSent() - before, answer.results().convert(results -> {
            results.close();
            return Promise.nothing();
        }));
    }

    /** Maps at the peer what lies at {@code path} here. Borrows {@code program}. */
    Answer map(Path.Names path, MapProgram program) {
        Failure down = session.down();
        if (down != null) {
            throw down;
        }
        named();
        return session.questions.map(id(), place().then(path), program).answer();
    }

    private Question ask(Call call, boolean stream) {
        Failure down = session.down();
        if (down != null) {
            throw down;
        }
        if (call.hints().expendable() && session.outbox.isFull()) {
            throw Failure.overloaded(
                    "more than " + session.limits.queuedBytes()
                            + " bytes wait to be written to the peer (Limits.queuedBytes), so that it is not told what nobody waits for: it reads too slowly, or not at all");
        }
        if (!(call.method() instanceof Method.Member member)) {
            throw Failure.unimplemented(
                    call.method()
                            + " is a number, and Cap'n Web calls methods by name: put a gateway between this caller and the object");
        }
        List<?> arguments = null;
        if (!member.reads()) {
            Object value = WebPayload.of(call.params()).value();
            arguments = value instanceof List<?> list ? list : List.of();
        }
        CallWatch watch = call.watch();
        if (watch == CallWatch.NONE || session.observed == null) {
            return session.questions.ask(id(), place().then(member.path()), arguments, stream);
        }
        try (CallWatch.Running here = watch.running()) {
            return session.questions.ask(id(), place().then(member.path()), arguments, stream);
        }
    }

    private Flow flow() {
        Flow known = flow;
        if (known == null) {
            known = new Flow(session.loop, session.limits.streams().windowBytes());
            flow = known;
            if (session.observed != null) {
                session.observed.streams(known);
            }
        }
        return known;
    }

    @Override
    public @Nullable Cap resolved() {
        return null;
    }

    @Override
    public @Nullable Promise<Cap> resolution() {
        Failure down = session.down();
        return down == null ? null : new BrokenCap(down).resolution();
    }

    @Override
    public final Object brand() {
        return session;
    }
}
