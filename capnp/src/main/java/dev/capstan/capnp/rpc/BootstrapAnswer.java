package dev.capstan.capnp.rpc;

import dev.capstan.async.Promise;
import dev.capstan.cap.Answer;
import dev.capstan.cap.Call;
import dev.capstan.cap.CallWatch;
import dev.capstan.cap.Cap;
import dev.capstan.cap.CountedCap;
import dev.capstan.cap.Format;
import dev.capstan.cap.Hints;
import dev.capstan.cap.Method;
import dev.capstan.cap.Pipeline;
import dev.capstan.cap.Request;
import dev.capstan.capnp.CapnpFormat;
import dev.capstan.capnp.CapnpPayload;
import org.jspecify.annotations.Nullable;

/** What answers a Bootstrap: an object whose every call returns the bootstrap capability, at once. So a Bootstrap is an answer like any other. */
final class BootstrapAnswer extends CountedCap {
    private static final Method.Ordinal METHOD = new Method.Ordinal(0, 0);

    private final Cap root;

    private BootstrapAnswer(Connection connection, Cap root) {
        super(connection.loop);
        this.root = root;
    }

    /** Borrows {@code root}. */
    static void begin(Connection connection, int id, Cap root) {
        CapnpPayload nothing = CapnpPayload.of(CapnpFormat.INSTANCE.allocate(0));
        IncomingCall call = new IncomingCall(connection, id, METHOD, Hints.NONE, false, nothing, CallWatch.NONE);
        if (connection.answers.add(id, call)) {
            try (BootstrapAnswer answer = new BootstrapAnswer(connection, root)) {
                call.begin(answer);
            }
        }
    }

    @Override
    public Answer call(Call call) {
        CapnpPayload results = CapnpPayload.of(call.newResults(4));
        results.builder().setCap(root.share());
        call.close();
        return new Answer(Promise.of(results), Pipeline.of(results.share()));
    }

    @Override
    public Request request(Method method, Format fallback, int sizeHint, Hints hints) {
        throw new AssertionError("a Bootstrap is received, never built here");
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
        return this;
    }

    @Override
    protected void released() {}
}
