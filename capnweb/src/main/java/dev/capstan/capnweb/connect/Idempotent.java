package dev.capstan.capnweb.connect;

import dev.capstan.async.Loop;
import dev.capstan.async.Promise;
import dev.capstan.cap.Answer;
import dev.capstan.cap.Call;
import dev.capstan.cap.Cap;
import dev.capstan.cap.CountedCap;
import dev.capstan.cap.DeferredAnswer;
import dev.capstan.cap.Failure;
import dev.capstan.cap.Format;
import dev.capstan.cap.Hints;
import dev.capstan.cap.Method;
import dev.capstan.cap.Path;
import dev.capstan.cap.Payload;
import dev.capstan.cap.Pipeline;
import dev.capstan.cap.Request;
import dev.capstan.capnweb.Stub;
import dev.capstan.capnweb.WebFormat;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Says that some methods may be called again when it is not known whether a call has happened: the second time changes nothing.
 *
 * <p>Such calls are also those that a client with {@link Connector#early} makes before the server was heard: then a stranger who has recorded them may be able to repeat them, too.
 *
 * <p>Only for stubs that lead on after a cut, those of a {@link ReconnectingClient} or a {@link ClientPool}; through others each attempt fails as the first did.
 */
public final class Idempotent {
    private Idempotent() {}

    /**
     * A stub of what {@code stub} leads to, through which such calls are made again that have failed as {@link Failure.Kind#DISCONNECTED}; the caller owns it. {@code stub} is borrowed.
     *
     * <p>A call that may be repeated is asked for its result at once, and what is called on the result waits for it here. Other calls are made as through {@code stub}.
     *
     * @param times how often a call is repeated at most, 1 or more
     * @param methods names of the methods, dotted if they lie deeper, as {@code users.find}; reading properties may always be repeated
     */
    public static Stub repeating(Stub stub, int times, String... methods) {
        if (times < 1) {
            throw new IllegalArgumentException("a call is repeated once or more often, not " + times + " times");
        }
        Loop loop = stub.loop();
        if (!loop.inLoop()) {
            Stub held = stub.dup();
            return Stub.of(loop, dev.capstan.cap.QueuedCap.of(loop, loop.pause().convert(now -> {
                try (held) {
                    return of(held, times, methods);
                }
            })));
        }
        return Stub.of(loop, of(stub, times, methods));
    }

    private static Cap of(Stub stub, int times, String... methods) {
        return new Repeating(stub.loop(), stub.cap().share(), times, Set.of(methods));
    }

    private static final class Repeating extends CountedCap {
        private static final Object BRAND = new Object();

        private final Loop home;
        private final Cap under;
        private final int times;
        private final Set<String> methods;

        /** Takes ownership of {@code under}. */
        Repeating(Loop loop, Cap under, int times, Set<String> methods) {
            super(loop);
            this.home = loop;
            this.under = under;
            this.times = times;
            this.methods = methods;
        }

        private boolean mayRepeat(Method method) {
            return method instanceof Method.Member(Path.Names path, boolean reads)
                    && (reads || methods.contains(path.toString()));
        }

        @Override
        public Request request(Method method, Format fallback, int sizeHint, Hints hints) {
            return Request.of(this, method, WebFormat.INSTANCE, sizeHint, hints);
        }

        @Override
        public Answer call(Call call) {
            return mayRepeat(call.method()) ? new Attempts(call).begin() : under.call(call);
        }

        @Override
        public Promise<Void> stream(Call call) {
            return under.stream(call);
        }

        @Override
        public @Nullable Cap resolved() {
            return under.resolved();
        }

        @Override
        public @Nullable Promise<Cap> resolution() {
            return under.resolution();
        }

        @Override
        public Object brand() {
            return BRAND;
        }

        @Override
        protected void released() {
            under.close();
        }

        /** One call, made until it has an answer or no attempt is left. Keeps the reference, and the call's parameters. */
        private final class Attempts {
            private final Call call;
            private final DeferredAnswer answer = new DeferredAnswer(home);
            private int repeated;
            private Promise.Cancelable waiting = () -> {};

            Attempts(Call call) {
                this.call = call;
                share();
            }

            Answer begin() {
                answer.onUnused(() -> {
                    waiting.cancel();
                    end();
                });
                attempt();
                return answer.answer();
            }

            private void attempt() {
                // What is called on the result waits here.
                Hints hints = call.hints().expendable() ? Hints.EXPENDABLE : Hints.NO_PIPELINING;
                Answer made = under.call(Call.of(call.method(), call.params().share(), hints.asRepeatable()));
                made.pipeline().close();
                waiting = made.results().listen(home, this::settled);
            }

            private void settled(@Nullable Payload results, @Nullable Throwable cause) {
                if (results != null) {
                    answer.link(new Answer(Promise.of(results.share()), Pipeline.of(results)));
                    end();
                    return;
                }
                Failure failure = Failure.of(cause == null ? Failure.failed("no result") : cause);
                if (failure.kind() == Failure.Kind.DISCONNECTED && repeated < times) {
                    repeated++;
                    attempt();
                } else {
                    answer.link(Answer.broken(failure));
                    end();
                }
            }

            private void end() {
                call.close();
                close();
            }
        }
    }
}
