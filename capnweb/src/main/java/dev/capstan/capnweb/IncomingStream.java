package dev.capstan.capnweb;

import dev.capstan.async.Completer;
import dev.capstan.async.Promise;
import dev.capstan.cap.Answer;
import dev.capstan.cap.Call;
import dev.capstan.cap.Cap;
import dev.capstan.cap.CountedCap;
import dev.capstan.cap.Failure;
import dev.capstan.cap.Format;
import dev.capstan.cap.Hints;
import dev.capstan.cap.Method;
import dev.capstan.cap.Path;
import dev.capstan.cap.Payload;
import dev.capstan.cap.Pipeline;
import dev.capstan.cap.Request;
import java.util.ArrayDeque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A stream that the peer writes and we read: an object with the methods write, close and abort, at the end of a pipe or behind a stream to write that we have sent.
 *
 * <p>They take effect in the order in which they came, also where a chunk has parts that are not there yet, and each is answered when the sink has done it. A peer is told to stop by the
 * first write that fails because nobody reads any more. It has no use for the answers to those that are on their way then, but TypeScript keeps an entry for each until it is there: they are
 * left out for a peer that is known not to ({@link Compat#CAPSTAN}). Ends are answered always.
 *
 * <p>Invariant: {@code unreadBytes} are the bytes of the messages that hold the writes which are not done, and they are counted in {@link Pipes}, too.
 */
final class IncomingStream extends CountedCap {
    private static final Object BRAND = new Object();

    private final Session session;
    private final ChunkSink sink;
    private final Runnable onReleased;
    private final ArrayDeque<Arrival> waiting = new ArrayDeque<>();
    /** More came than may wait, or nobody is left to complete what has come; nothing is taken in any more. */
    private @Nullable Failure failed;

    /**
     * Why a chunk did not come about, or the reason of an abort. That message is told, and nothing else, as TypeScript does: what came before can be read, nothing after it is taken in, and
     * the sink hears of it when the peer lets go of the stream or ends it.
     */
    private @Nullable Failure hole;

    /** The sink was told an end, or that there will be none. */
    private boolean over;

    private boolean aborted;
    private boolean refused;
    /** The sink is somebody else's again: the message with this stream was not sent. */
    private boolean disowned;

    /** Takes ownership of {@code sink}. */
    IncomingStream(Session session, ChunkSink sink, Runnable onReleased) {
        super(session.loop);
        this.session = session;
        this.sink = sink;
        this.onReleased = onReleased;
    }

    enum Kind {
        WRITE,
        CLOSE,
        ABORT;

        static @Nullable Kind of(String name) {
            return switch (name) {
                case "write" -> WRITE;
                case "close" -> CLOSE;
                case "abort" -> ABORT;
                default -> null;
            };
        }
    }

    /** Told what has become of a message. */
    interface Reply {
        /** {@code failure} is null if it was done. */
        void settled(@Nullable Failure failure);
    }

    private static final class Arrival {
        final Kind kind;
        final int bytes;
        final Reply reply;

        /** Until the arguments are there. */
        Promise.Cancelable completing = () -> {};

        @Nullable
        WebPayload arguments;

        @Nullable
        Failure failure;

        /** Not a message, but that there will be no more. */
        @Nullable
        Failure last;

        Arrival(Kind kind, int bytes, Reply reply) {
            this.kind = kind;
            this.bytes = bytes;
            this.reply = reply;
        }
    }

    /** A message of the peer that asks for nothing but an answer under {@code answerId}. Consumes {@code arguments}. */
    void streamed(long answerId, Kind kind, Promise<WebPayload> arguments, int bytes) {
        arrived(kind, arguments, bytes, failure -> {
            if (failure == null) {
                session.outbox.resolve(answerId, JsValue.UNDEFINED);
            } else if (kind != Kind.WRITE
                    || aborted
                    || !refused
                    || !session.compat().forgetsWrites()) {
                refused |= kind == Kind.WRITE;
                session.outbox.reject(answerId, failure);
            }
        });
    }

    private void arrived(Kind kind, Promise<WebPayload> arguments, int bytes, Reply reply) {
        aborted |= kind == Kind.ABORT;
        Arrival arrival = new Arrival(kind, bytes, reply);
        Failure cause = failed != null ? failed : session.pipes.unread(bytes);
        if (cause != null) {
            arguments.cancel();
            if (failed == null) {
                waiting.add(arrival);
                fail(cause);
            } else {
                reply.settled(cause);
            }
        } else if (arguments.isDone()) {
            arrival.arguments = arguments.await();
            waiting.add(arrival);
            apply();
        } else {
            waiting.add(arrival);
            arrival.completing = arguments.listen(session.loop, (payload, failure) -> {
                arrival.arguments = payload;
                if (payload == null) {
                    arrival.failure = Failure.of(failure == null ? Failure.failed("no chunk") : failure);
                }
                apply();
            });
        }
    }

    /** What is lost cannot be made good, so the stream is over: also for what came before and waits for something. */
    private void fail(Failure cause) {
        failed = cause;
        over = true;
        sink.abort(cause).listen(session.loop, (told, ignored) -> {});
        for (Arrival next = waiting.poll(); next != null; next = waiting.poll()) {
            if (next.arguments != null) {
                next.arguments.close();
            }
            done(next, cause);
            next.completing.cancel();
        }
    }

    private void apply() {
        for (Arrival next = waiting.peek(); next != null; next = waiting.peek()) {
            WebPayload arguments = next.arguments;
            Failure failure = next.failure;
            if (failure != null) {
                waiting.remove();
                if (hole == null) {
                    hole = failure;
                }
                done(next, failure);
            } else if (next.last != null) {
                waiting.remove();
                cut(hole == null ? next.last : hole);
            } else if (arguments != null && hole != null && next.kind != Kind.ABORT) {
                waiting.remove();
                arguments.close();
                if (next.kind == Kind.CLOSE) {
                    cut(hole);
                }
                done(next, hole);
            } else if (arguments != null) {
                waiting.remove();
                apply(next, arguments);
            } else {
                return;
            }
        }
    }

    /** There will be no end. */
    private void cut(Failure why) {
        if (!over) {
            over = true;
            sink.abort(why).listen(session.loop, (told, failure) -> {});
        }
    }

    private void apply(Arrival arrival, WebPayload arguments) {
        over |= arrival.kind != Kind.WRITE;
        Promise<Void> result;
        try {
            result = switch (arrival.kind) {
                case WRITE -> sink.write(first(arguments));
                case CLOSE -> {
                    arguments.close();
                    yield sink.end();
                }
                case ABORT -> sink.abort(reason(first(arguments)));
            };
        } catch (WebException | Failure e) {
            result = Promise.failed(Errors.failure(e));
        }
        if (result.isDone()) {
            done(arrival, null);
        } else {
            result.listen(session.loop, (told, failure) -> done(arrival, failure == null ? null : Failure.of(failure)));
        }
    }

    private void done(Arrival arrival, @Nullable Failure failure) {
        session.pipes.read(arrival.bytes);
        arrival.reply.settled(failure);
    }

    /** The only argument that counts, which the caller owns. */
    private static @Nullable Object first(WebPayload arguments) {
        if (!(arguments.take() instanceof List<?> list) || list.isEmpty()) {
            return JsValue.UNDEFINED;
        }
        Values.close(Values.owned(list.subList(1, list.size())));
        return list.getFirst();
    }

    private static Failure reason(@Nullable Object value) {
        Values.close(Values.owned(value));
        return value == JsValue.UNDEFINED
                ? Failure.failed("The stream was aborted by its writer, who gave no reason.")
                : Errors.received(value);
    }

    /** Nothing more will come from the peer: a stream that it has not ended is cut. */
    void heardAll(Failure cause) {
        Arrival cut = new Arrival(Kind.ABORT, 0, told -> {});
        cut.last = cause;
        waiting.add(cut);
        apply();
    }

    /** The message that introduced this was not sent: the sink goes back to its owner, as it was. */
    void disown() {
        disowned = true;
    }

    // ---- Cap: a peer may write with ordinary calls, too

    @Override
    public Request request(Method method, Format fallback, int sizeHint, Hints hints) {
        return Request.of(this, method, WebFormat.INSTANCE, sizeHint, hints);
    }

    @Override
    public Answer call(Call call) {
        Kind kind = null;
        if (call.method() instanceof Method.Member(Path.Names path, boolean reads)
                && !reads
                && path.steps().size() == 1) {
            kind = Kind.of(path.steps().getFirst().toString());
        }
        if (kind == null) {
            call.close();
            return Answer.broken(
                    Failure.failed("A stream that is written to has the methods write, close and abort, and not '"
                            + Tree.excerpt(call.method().toString()) + "'."));
        }
        WebPayload results;
        WebPayload arguments;
        try (call) {
            arguments = WebPayload.of(call.params()).share();
            results = WebPayload.of(call.newResults(0));
        } catch (Failure e) {
            return Answer.broken(e);
        }
        Pipeline pipeline = Pipeline.of(results.share());
        Completer<Payload> answer = new Completer<>(session.loop);
        arrived(kind, Promise.of(arguments), Values.weight(arguments.value()), failure -> {
            if (failure != null) {
                answer.fail(failure);
                results.close();
            } else if (answer.isPending()) {
                answer.complete(results);
            } else {
                results.close();
            }
        });
        return new Answer(answer.promise(), pipeline);
    }

    @Override
    public @Nullable Cap resolved() {
        return null;
    }

    @Override
    public @Nullable Promise<Cap> resolution() {
        return null;
    }

    @Override
    public Object brand() {
        return BRAND;
    }

    @Override
    protected void released() {
        onReleased.run();
        Failure down = session.down();
        if (!over && !disowned && (down != null || !isEndKnown())) {
            Failure known = hole;
            fail(known != null ? known : down != null ? down : Failure.failed(Writable.DROPPED));
        }
    }

    /** Whether all that is said of the end is here, so that it takes effect as soon as what came before does. */
    private boolean isEndKnown() {
        for (Arrival next : waiting) {
            if (next.kind != Kind.WRITE && next.failure == null) {
                return next.arguments != null || next.last != null;
            }
        }
        return false;
    }
}
