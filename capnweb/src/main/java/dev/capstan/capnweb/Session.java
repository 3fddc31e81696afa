package dev.capstan.capnweb;

import dev.capstan.async.Completer;
import dev.capstan.async.Fork;
import dev.capstan.async.Loop;
import dev.capstan.async.MessageStream;
import dev.capstan.async.Promise;
import dev.capstan.cap.BrokenCap;
import dev.capstan.cap.Cap;
import dev.capstan.cap.Failure;
import dev.capstan.cap.QueuedCap;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One peer: takes each message apart and hands it to the table it concerns. It holds no protocol state but whether it is up.
 *
 * <p>A message that is none, or whose effect on the tables cannot be known, ends the session with an Abort that says what is wrong. What is wrong inside a
 * call fails that call.
 */
final class Session implements WebPeer, MessageStream.Receiver {
    private static final Logger LOG = System.getLogger(Session.class.getName());

    final Loop loop;
    final Limits limits;
    final Outbox outbox;
    final Questions questions;
    final Imports imports;
    final Exports exports;
    final Pipes pipes;
    final IncomingNames reader;
    final Circles circles = new Circles();
    /** That calls which nobody waits for have failed. */
    final RareWarning losses;

    /** Null if nobody observes this session. */
    @Nullable
    Observed observed;

    private final Options options;
    private final MessageStream stream;
    private final Compat compat;
    private final Decoder decoder;
    private final Json json;
    private final Completer<Void> over;
    private final Fork<Void> overFork;
    private final Ending ending;
    private @Nullable Failure down;
    private @Nullable Draining draining;
    private @Nullable Fork<Integer> drained;
    /** Null if calls may take as long as they like. */
    final @Nullable CallTimes callTimes;

    private @Nullable Failure deaf;

    /** Takes ownership of {@code main}, what the peer may call first; null if nothing. The stream is ended when the session is. */
    Session(Loop loop, MessageStream stream, @Nullable Cap main, Options options) {
        this(loop, stream, main, options, (cause, by) -> stream.end());
    }

    /** Takes ownership of {@code main}, what the peer may call first; null if nothing. */
    Session(Loop loop, MessageStream stream, @Nullable Cap main, Options options, Ending ending) {
        this.loop = loop;
        this.stream = stream;
        this.ending = ending;
        this.options = options;
        this.limits = options.limits();
        this.compat = options.compat();
        this.losses = new RareWarning(loop, LOG);
        this.questions = new Questions(this);
        this.imports = new Imports(this);
        this.exports = new Exports(this, main);
        this.pipes = new Pipes(this);
        this.reader = new IncomingNames(this);
        this.json = new Json(limits);
        this.decoder = new Decoder(limits, reader);
        this.outbox = new Outbox(this, stream, new ToldErrors(options.onSendError()));
        this.callTimes = options.callTime().isZero() ? null : new CallTimes(this, options.callTime());
        this.over = new Completer<>(loop);
        this.overFork = over.promise().fork();
    }

    /** On the loop's thread. */
    void start() {
        observed = Observed.by(options.observer(), this, options.origin());
        stream.start(this);
    }

    // ---- WebPeer

    @Override
    public Cap main() {
        if (loop.inLoop()) {
            Failure known = down;
            return known == null ? imports.main() : new BrokenCap(known);
        }
        QueuedCap cap = new QueuedCap(loop);
        loop.post(() -> {
            Cap main;
            try {
                main = main();
            } catch (Failure gone) {
                main = new BrokenCap(gone);
            }
            cap.resolve(main);
        });
        return cap;
    }

    @Override
    public Promise<Void> onDisconnect() {
        if (loop.inLoop()) {
            return overFork.branch();
        }
        Completer<Void> completer = new Completer<>(loop);
        loop.post(() -> completer.follow(overFork.branch()));
        return completer.promise();
    }

    @Override
    public Tables tables() {
        return new Tables(questions.size(), imports.size() + pipes.size(), exports.size());
    }

    @Override
    public void close() {
        close(Failure.disconnected("the session was closed by its owner"));
    }

    @Override
    public void close(Failure why) {
        if (loop.inLoop()) {
            end(why.as(Failure.Kind.DISCONNECTED), Ending.By.OWNER);
        } else {
            loop.post(() -> close(why));
        }
    }

    @Override
    public Promise<Integer> drain(Duration longest) {
        if (!loop.inLoop()) {
            Completer<Integer> completer = new Completer<>(loop);
            loop.post(() -> completer.follow(drain(longest)));
            return completer.promise();
        }
        if (drained == null) {
            draining = new Draining(this, longest);
            drained = down != null ? Promise.of(0).fork() : draining.begin().fork();
        }
        return drained.branch();
    }

    /** Results that one side waits for, and streams that are sent. */
    int inFlight() {
        return down != null ? 0 : exports.awaited() + questions.awaited() + pipes.size();
    }

    /** Ends the session because our side goes away; {@code inTheMiddle} of something, the peer is told why. */
    void leave(Failure why, boolean inTheMiddle) {
        if (down == null && inTheMiddle) {
            outbox.error("abort", null, why);
        }
        end(why, Ending.By.LEAVING);
    }

    // ---- state

    boolean isUp() {
        return down == null;
    }

    @Nullable
    Failure down() {
        return down;
    }

    /** Why the peer cannot answer any more, though it still hears us; null if it can. */
    @Nullable
    Failure deaf() {
        return deaf;
    }

    /**
     * Nothing more will come from the peer, which still hears what we have to say: who waits for it, and who will, hears {@code cause} instead. Done when what
     * has come was taken in.
     */
    Promise<Void> heardAll(Failure cause) {
        deaf = cause;
        questions.heardAll(cause);
        return loop.atLast().convert(done -> {
            if (down == null) {
                imports.heardAll(cause);
                exports.heardAll(cause);
            }
            return Promise.nothing();
        });
    }

    Compat compat() {
        return compat;
    }

    Decoder decoder() {
        return decoder;
    }

    /** Something was said to the peer. */
    void touched() {
        if (draining != null) {
            draining.touched();
        }
    }

    // ---- receiving

    @Override
    public void received(byte[] array, int offset, int length, boolean lent) {
        if (down != null) {
            return;
        }
        touched();
        circles.paid();
        if (observed != null) {
            observed.received(length);
        }
        try {
            handle(json.parse(array, offset, length), length);
        } catch (WebException | Failure e) {
            abort(Errors.failure(e));
        } catch (RuntimeException | Error e) {
            // A bug of ours: it costs this session, not the process.
            LOG.log(Level.ERROR, "a message could not be handled because of a bug here; the session is closed", e);
            abort(Failure.failed("internal error while handling a message"), Ending.By.BUG);
        }
    }

    @Override
    public void ended() {
        end(Failure.disconnected("Peer disconnected."), Ending.By.PEER);
    }

    @Override
    public void failed(Throwable cause) {
        end(cause instanceof Failure known ? known : Failure.of(cause).as(Failure.Kind.DISCONNECTED), Ending.By.PEER);
    }

    private void handle(@Nullable Object message, int bytes) {
        if (!(message instanceof List<?> parts) || parts.isEmpty() || !(parts.getFirst() instanceof String kind)) {
            throw noMessage(message);
        }
        switch (kind) {
            case "push" -> {
                Object expression = part(parts, 1);
                long id = exports.nextPushed();
                exports.pushed(id, pushed(id, expression, parts, bytes));
            }
            case "stream" -> {
                Object expression = part(parts, 1);
                long id = exports.nextPushed();
                if (!pipes.streamed(id, expression, bytes)) {
                    exports.streamed(id, pushed(id, expression, parts, bytes));
                }
            }
            case "pipe" -> pipes.opened(exports.nextPushed(), refusal());
            case "pull" -> exports.pull(id(parts));
            case "resolve" -> resolve(id(parts), part(parts, 2), bytes);
            case "reject" -> reject(id(parts), part(parts, 2), bytes);
            case "release" -> {
                Long count = Tree.integer(part(parts, 2));
                if (count == null) {
                    throw noMessage(message);
                }
                exports.release(id(parts), count);
            }
            case "abort" -> aborted(parts.size() > 1 ? parts.get(1) : JsValue.UNDEFINED);
            default -> throw noMessage(message);
        }
    }

    private static WebException noMessage(@Nullable Object message) {
        return WebException.ofProtocol("bad RPC message: " + Tree.excerpt(message));
    }

    private static @Nullable Object part(List<?> parts, int index) {
        if (index >= parts.size()) {
            throw noMessage(parts);
        }
        return parts.get(index);
    }

    private static long id(List<?> parts) {
        Long id = Tree.integer(part(parts, 1));
        if (id == null) {
            throw noMessage(parts);
        }
        return id;
    }

    private Exports.Pushed pushed(long id, @Nullable Object expression, List<?> message, int bytes) {
        Observed known = observed;
        if (known == null) {
            return pushed(expression);
        }
        known.pushes(id, message, bytes);
        Exports.Pushed pushed = pushed(expression);
        return pushed.as(known.pushed());
    }

    private Exports.Pushed pushed(@Nullable Object expression) {
        Failure full = refusal();
        if (full == null) {
            return reader.result(expression);
        }
        if (observed != null) {
            observed.refused(full);
        }
        return new Exports.Pushed(new BrokenCap(full), null);
    }

    /** Why nothing can be pushed now; null if it can. */
    private @Nullable Failure refusal() {
        Failure full = exports.full();
        Failure leaving = draining == null ? null : draining.refusal();
        return leaving == null ? full : leaving;
    }

    private void resolve(long id, @Nullable Object expression, int bytes) {
        checkSettles(id);
        Question question = questions.get(id);
        if (question != null) {
            question.answerBytes(bytes);
        }
        Promise<WebPayload> result = reader.value(expression, others -> waits(id, question, others));
        result.listen(loop, (value, failure) -> {
            if (value == null) {
                settleFailed(id, question, Failure.of(failure == null ? Failure.failed("no value") : failure));
            } else if (question != null) {
                question.settle(value);
                questions.answered(id, question);
            } else if (!imports.resolve(id, value)) {
                // Nobody waits any more: what came is given back.
                value.close();
            }
        });
    }

    /** A main object is there from the beginning: taking another in its place would let the peer's other objects pose as it. */
    private static void checkSettles(long id) {
        if (id == Imports.MAIN) {
            throw WebException.ofProtocol("import " + id + " is an object: only promises are resolved or rejected");
        }
    }

    private void reject(long id, @Nullable Object expression, int bytes) {
        checkSettles(id);
        Question question = questions.get(id);
        if (question != null) {
            question.answerBytes(bytes);
        }
        reader.value(expression, others -> waits(id, question, others)).listen(loop, (value, failure) -> {
            Failure cause = value == null
                    ? Failure.of(failure == null ? Failure.failed("no value") : failure)
                    : Errors.received(value.value());
            if (value != null) {
                value.close();
            }
            settleFailed(id, question, cause);
        });
    }

    /**
     * What the peer says of its promise, or answers to our call, waits for {@code others}.
     *
     * @throws Failure if one of them waits for just that
     */
    private void waits(long id, @Nullable Question question, List<Cap> others) {
        if (question != null) {
            circles.check(others, cap -> cap instanceof PipelineCap place && place.question() == question);
            question.waitsFor(others);
            return;
        }
        QueuedCap promise = imports.unknown(id);
        if (promise != null) {
            circles.check(others, cap -> cap == promise);
            promise.waitsFor(others);
        }
    }

    private void settleFailed(long id, @Nullable Question question, Failure cause) {
        if (question != null) {
            question.fail(cause);
            questions.answered(id, question);
        } else {
            imports.reject(id, cause);
        }
    }

    /** The peer ends the session now; a reason that it has not told yet is not waited for. */
    private void aborted(@Nullable Object expression) {
        Promise<WebPayload> reason = reader.value(expression);
        if (reason.isDone()) {
            reason.listen(loop, this::ended);
        } else {
            reason.cancel();
            ended(
                    null,
                    Failure.disconnected(
                            "the peer has ended the session, with a reason that is not there or makes no sense"));
        }
    }

    private void ended(@Nullable WebPayload reason, @Nullable Throwable failure) {
        Failure cause = reason != null
                ? Errors.received(reason.value())
                : Failure.of(failure == null ? Failure.failed("no reason") : failure);
        if (reason != null) {
            reason.close();
        }
        end(cause.as(Failure.Kind.DISCONNECTED), Ending.By.PEER);
    }

    /** Ends the session because of what the peer did, which is told so. */
    void abort(Failure cause) {
        abort(cause, Ending.By.MISTAKE);
    }

    private void abort(Failure cause, Ending.By by) {
        if (down == null) {
            outbox.error("abort", null, cause);
            end(cause, by);
        }
    }

    private void end(Failure cause, Ending.By by) {
        if (down != null) {
            return;
        }
        int inFlight = draining == null ? 0 : inFlight();
        down = cause;
        if (callTimes != null) {
            callTimes.close();
        }
        questions.disconnected(cause);
        imports.disconnected(cause);
        pipes.disconnected(cause);
        exports.disconnected();
        if (draining != null) {
            draining.ended(inFlight);
        }
        if (observed != null) {
            observed.ended(cause.as(Failure.Kind.DISCONNECTED));
        }
        over.complete(Promise.nothing());
        ending.ended(cause, by);
    }
}
