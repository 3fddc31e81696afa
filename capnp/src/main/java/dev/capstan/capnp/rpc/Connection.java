package dev.capstan.capnp.rpc;

import dev.capstan.async.Completer;
import dev.capstan.async.Fork;
import dev.capstan.async.Loop;
import dev.capstan.async.MessageStream;
import dev.capstan.async.Promise;
import dev.capstan.async.TaskSet;
import dev.capstan.cap.BrokenCap;
import dev.capstan.cap.CallWatch;
import dev.capstan.cap.Cap;
import dev.capstan.cap.Failure;
import dev.capstan.cap.Hints;
import dev.capstan.cap.Method;
import dev.capstan.cap.ObservedSession;
import dev.capstan.cap.Path;
import dev.capstan.cap.QueuedCap;
import dev.capstan.capnp.CapTable;
import dev.capstan.capnp.CapnpPayload;
import dev.capstan.capnp.MessageException;
import dev.capstan.capnp.MessageReader;
import dev.capstan.capnp.rpc.protocol.Bootstrap;
import dev.capstan.capnp.rpc.protocol.Call;
import dev.capstan.capnp.rpc.protocol.Disembargo;
import dev.capstan.capnp.rpc.protocol.Finish;
import dev.capstan.capnp.rpc.protocol.Message;
import dev.capstan.capnp.rpc.protocol.Payload;
import dev.capstan.capnp.rpc.protocol.Release;
import dev.capstan.capnp.rpc.protocol.Resolve;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One peer: takes each message apart and hands it to the table it concerns. It holds no protocol state but whether it is up.
 *
 * <p>Whatever is wrong with a message ends the connection with an Abort that says what; nothing a peer sends can do more.
 */
final class Connection implements Peer, MessageStream.Receiver {
    final Loop loop;
    final Limits limits;
    final Traces traces;
    final Set<Fault> faults;
    final Questions questions;
    final Answers answers;
    final Exports exports;
    final Imports imports;
    final Embargoes embargoes;
    final TaskSet tasks;
    /** Null if nobody observes this connection. */
    final @Nullable Observed observed;

    private final Vat vat;
    private final MessageStream stream;
    private final Named named;
    private final Returns returns;
    private final Linger linger;
    private final Completer<Void> over;
    private final Fork<Void> overFork;
    private @Nullable Failure down;
    private @Nullable Draining draining;
    private boolean congested;
    private boolean spoken;

    Connection(Vat vat, MessageStream stream, ObservedSession.Origin origin) {
        this.vat = vat;
        this.loop = vat.loop();
        this.limits = vat.limits();
        this.faults = vat.faults();
        this.traces = new Traces(vat.traceEncoder(), limits.failures(), faults);
        this.stream = stream;
        this.named = new Named(this);
        this.returns = new Returns(this, named);
        this.linger = new Linger(vat, stream, () -> vat.gone(this));
        this.questions = new Questions(this);
        this.answers = new Answers(this);
        this.exports = new Exports(this);
        this.imports = new Imports(this);
        this.embargoes = new Embargoes(this);
        this.tasks = new TaskSet(loop, cause -> disconnect(Failure.of(cause)));
        this.over = new Completer<>(loop);
        this.overFork = over.promise().fork();
        this.observed = Observed.by(vat.observer(), this, origin);
    }

    void start() {
        stream.start(this);
    }

    // ---- Peer

    @Override
    public Cap bootstrap() {
        if (loop.inLoop()) {
            return askBootstrap();
        }
        QueuedCap cap = new QueuedCap(loop);
        loop.post(() -> cap.resolve(askBootstrap()));
        return cap;
    }

    private Cap askBootstrap() {
        if (down != null) {
            return new BrokenCap(down);
        }
        Question question = questions.ask(Hints.NONE, false);
        OutgoingMessage message = new OutgoingMessage(0);
        message.root().initBootstrap().setQuestionId(Integer.toUnsignedLong(question.id()));
        message.send(this);
        Cap cap = question.cap(Path.ROOT);
        question.answer().close();
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
        return new Tables(questions.size(), answers.size(), exports.size(), imports.size(), embargoes.size());
    }

    @Override
    public void close() {
        if (loop.inLoop()) {
            disconnect(Failure.disconnected("the connection was closed by its owner"));
        } else {
            loop.post(this::close);
        }
    }

    /** As {@link Vat#drain} has it; called once. */
    Promise<Integer> drain(Duration longest) {
        Draining begun = new Draining(this, longest);
        draining = begun;
        return begun.begin();
    }

    /** Calls that have not been returned, of both sides. */
    int underWay() {
        return answers.open() + questions.awaited();
    }

    // ---- state

    boolean isUp() {
        return down == null;
    }

    @Nullable
    Failure down() {
        return down;
    }

    /** What a peer did that the protocol forbids. Throwing it while a message is handled ends the connection. */
    Failure protocolError(String what) {
        return Failure.failed(what);
    }

    // ---- sending

    long queuedBytes() {
        return down == null ? stream.queuedBytes() : 0;
    }

    void transmit(ByteBuffer... frame) {
        if (observed != null) {
            observed.sent(frame);
        }
        stream.send(frame);
        Draining leaving = draining;
        if (leaving != null) {
            leaving.touched();
        }
        if (!congested && stream.queuedBytes() > limits.queuedBytes()) {
            // The peer asks faster than it reads: let it wait.
            congested = true;
            stream.pause();
            stream.drained().listen(loop, (ignored, failure) -> {
                congested = false;
                stream.resume();
            });
        }
    }

    void sendFinish(int questionId, boolean releaseResultCaps) {
        if (down != null || faults.contains(Fault.NO_FINISH)) {
            return;
        }
        OutgoingMessage message = new OutgoingMessage(0);
        Finish.Builder finish = message.root().initFinish();
        finish.setQuestionId(Integer.toUnsignedLong(questionId));
        finish.setReleaseResultCaps(releaseResultCaps);
        finish.setRequireEarlyCancellationWorkaround(false);
        message.send(this);
    }

    // ---- receiving

    @Override
    public void received(byte[] array, int offset, int length, boolean lent) {
        if (down != null) {
            return;
        }
        spoken = true;
        if (observed != null) {
            observed.received(length);
        }
        try {
            // What is lent is copied exactly: calls and results live on, and must not pin a whole read buffer.
            MessageReader reader = lent
                    ? MessageReader.of(Arrays.copyOfRange(array, offset, offset + length), 0, length, limits.reading())
                    : MessageReader.of(array, offset, length, limits.reading());
            handle(reader, reader.root(Message.TYPE));
            imports.collect();
        } catch (Failure | MessageException e) {
            disconnect(Failure.of(e));
        } catch (RuntimeException | Error e) {
            // A bug of ours: it costs this connection, not the process.
            vat.reportBug(e);
            disconnect(Failure.failed("internal error while handling a message: " + e));
        } finally {
            if (observed != null) {
                observed.handled();
            }
        }
    }

    @Override
    public void ended() {
        disconnect(
                Failure.disconnected(
                        spoken
                                ? "Peer disconnected."
                                : "Peer disconnected before it had said anything. Does it speak Cap'n Proto there, and without TLS?"));
        linger.inputOver();
    }

    @Override
    public void failed(Throwable cause) {
        Failure failure = Failure.of(cause);
        disconnect(cause instanceof MessageException ? failure : failure.as(Failure.Kind.DISCONNECTED));
        linger.inputOver();
    }

    private void handle(MessageReader reader, Message.Reader message) {
        switch (message.which()) {
            case CALL -> handleCall(reader, message);
            case RETURN -> returns.returned(reader, message.getReturn());
            case FINISH -> handleFinish(message.getFinish());
            case RELEASE -> handleRelease(message.getRelease());
            case BOOTSTRAP -> handleBootstrap(message.getBootstrap());
            case RESOLVE -> handleResolve(message.getResolve());
            case DISEMBARGO -> handleDisembargo(message.getDisembargo(), message);
            case ABORT -> throw traces.read(message.getAbort());
            case UNIMPLEMENTED -> returns.unimplemented(message.getUnimplemented());
            case PROVIDE ->
                throw protocolError("This VatNetwork does not support three-party handoff: a two-party connection"
                        + " has nobody to introduce");
            case ACCEPT, THIRD_PARTY_ANSWER, JOIN, OBSOLETE_SAVE, OBSOLETE_DELETE, UNRECOGNIZED -> echo(message);
        }
    }

    /** Sends a message back whole as one that we do not know. */
    private void echo(Message.Reader message) {
        OutgoingMessage reply = new OutgoingMessage((int) Math.min(message.totalSizeWords(), limits.messageWords()));
        reply.root().setUnimplemented(message);
        reply.send(this);
    }

    private void handleBootstrap(Bootstrap.Reader bootstrap) {
        int id = (int) bootstrap.getQuestionId();
        Cap root;
        if (bootstrap.hasDeprecatedObjectId()) {
            root = new BrokenCap(Failure.failed(
                    "This vat only supports a bootstrap interface, not the old Cap'n-Proto-0.4-style named exports."));
        } else {
            root = vat.bootstrapFor(this);
        }
        try (root) {
            BootstrapAnswer.begin(this, id, root);
        }
    }

    private void handleCall(MessageReader reader, Message.Reader message) {
        Call.Reader call = message.getCall();
        int id = (int) call.getQuestionId();
        boolean toYourself = switch (call.getSendResultsTo().which()) {
            case CALLER -> false;
            case YOURSELF -> true;
            case THIRD_PARTY, UNRECOGNIZED -> throw protocolError("Unsupported `Call.sendResultsTo`.");
        };
        Cap target = named.target(call.getTarget());
        try (target) {
            Payload.Reader payload = call.getParams();
            CapTable caps = named.caps(payload.getCapTable());
            reader.capTable(caps);
            CapnpPayload params = CapnpPayload.received(payload.getContent(), caps);
            Method.Ordinal method = new Method.Ordinal(call.getInterfaceId(), call.getMethodId());
            IncomingCall incoming = new IncomingCall(
                    this,
                    id,
                    method,
                    new Hints(call.getNoPromisePipelining(), call.getOnlyPromisePipeline()),
                    toYourself,
                    params,
                    observed == null ? CallWatch.NONE : observed.came(method, call, message));
            if (answers.add(id, incoming)) {
                Failure leaving = draining == null ? null : draining.refusal();
                incoming.begin(leaving == null ? target : new BrokenCap(leaving));
            }
        }
    }

    private void handleFinish(Finish.Reader finish) {
        IncomingCall call = answers.get((int) finish.getQuestionId());
        // An unknown id is no error: we said that no Finish was needed, and the peer does not know that hint or had
        // sent it already.
        if (call != null) {
            call.finish(finish.getReleaseResultCaps(), finish.getRequireEarlyCancellationWorkaround());
        }
    }

    private void handleRelease(Release.Reader release) {
        exports.release((int) release.getId(), release.getReferenceCount());
    }

    private void handleResolve(Resolve.Reader resolve) {
        PromisedCap promise = imports.promise((int) resolve.getPromiseId());
        switch (resolve.which()) {
            case CAP -> {
                Cap replacement = named.cap(resolve.getCap());
                if (replacement == null) {
                    throw protocolError("'Resolve' contained 'CapDescriptor.none'.");
                }
                if (promise == null) {
                    // Nobody here holds the promise any more: give back what it has become.
                    replacement.close();
                } else {
                    promise.resolve(replacement);
                }
            }
            case EXCEPTION -> {
                if (promise != null) {
                    promise.fail(traces.read(resolve.getException()));
                }
            }
            case UNRECOGNIZED -> throw protocolError("Unknown 'Resolve' type.");
        }
    }

    private void handleDisembargo(Disembargo.Reader disembargo, Message.Reader message) {
        switch (disembargo.getContext().which()) {
            case SENDER_LOOPBACK ->
                embargoes.reflect(named.target(disembargo.getTarget()), (int)
                        disembargo.getContext().getSenderLoopback());
            case RECEIVER_LOOPBACK ->
                embargoes.lift((int) disembargo.getContext().getReceiverLoopback());
            case ACCEPT, UNRECOGNIZED -> echo(message);
        }
    }

    // ---- the end

    /** Ends the connection: everything open fails with {@code cause}, the peer is told, and what is queued is still sent. */
    void disconnect(Failure cause) {
        if (down != null) {
            return;
        }
        Failure lost = cause.as(Failure.Kind.DISCONNECTED);
        down = lost;
        Draining leaving = draining;
        if (leaving != null) {
            leaving.ended(underWay());
        }
        List<Runnable> parts = List.of(
                () -> questions.disconnected(lost),
                answers::disconnected,
                exports::disconnected,
                () -> imports.disconnected(lost),
                () -> embargoes.disconnected(lost),
                tasks::close,
                () -> sendAbort(cause));
        for (Runnable part : parts) {
            try {
                part.run();
            } catch (RuntimeException | Error e) {
                // Whatever went wrong in one part, the others are ended and the peer is told.
                vat.reportBug(e);
            }
        }
        if (observed != null) {
            observed.ended(lost);
        }
        stream.end();
        linger.begin();
        over.fail(lost);
        vat.forget(this);
    }

    private void sendAbort(Failure cause) {
        OutgoingMessage abort = new OutgoingMessage(traces.sizeWords(cause));
        traces.write(cause, abort.root().initAbort());
        abort.send(this);
    }
}
