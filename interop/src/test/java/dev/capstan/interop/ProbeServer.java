package dev.capstan.interop;

import dev.capstan.async.Completer;
import dev.capstan.async.Promise;
import dev.capstan.cap.Failure;
import dev.capstan.capnp.CallContext;
import dev.capstan.examples.calculator.Calculator;
import dev.capstan.examples.calculator.CalculatorServer;
import dev.capstan.interop.schema.Callback;
import dev.capstan.interop.schema.FailureKind;
import dev.capstan.interop.schema.Node;
import dev.capstan.interop.schema.Peer;
import dev.capstan.interop.schema.Probe;
import dev.capstan.interop.schema.Token;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The bootstrap object of a Java peer: the calculator of the examples, and the probe of {@code probe.capnp}.
 *
 * <p>In the blocking style every method of the probe waits for what it does, on a fiber; in the asynchronous one it returns a promise of it. State
 * belongs to the vat's loop either way.
 */
final class ProbeServer implements Peer.Server {
    private final Style style;
    private final Runnable death;
    private final Calculator.Server calculator = new CalculatorServer();
    private final Set<Held> held = new HashSet<>();
    private final List<Token.Client> kept = new ArrayList<>();
    private int cancelled;
    private int completed;
    private int tokens;
    private int nodes;

    /** {@code death} ends the process. */
    ProbeServer(Style style, Runnable death) {
        this.style = style;
        this.death = death;
    }

    /** A call to hold() that has not returned. */
    private static final class Held {
        private final Completer<Void> gate;
        private boolean letGo;

        Held(Completer<Void> gate) {
            this.gate = gate;
        }
    }

    /** What must not be there when nobody uses the server: nothing if all is well. On the loop's thread. */
    List<String> leftovers() {
        List<String> left = new ArrayList<>();
        addIfAny(left, tokens, "tokens");
        addIfAny(left, nodes, "nodes");
        addIfAny(left, held.size(), "pending calls");
        addIfAny(left, kept.size(), "kept tokens");
        return left;
    }

    static void addIfAny(List<String> left, int count, String what) {
        if (count != 0) {
            left.add(count + " " + what);
        }
    }

    private Promise<Void> end(Promise<Void> body) {
        if (style == Style.BLOCKING) {
            body.await();
            return Promise.done();
        }
        return body;
    }

    @Override
    public Style style() {
        return style;
    }

    // ---- calculator

    @Override
    public Promise<Void> evaluate(
            CallContext<Calculator.EvaluateParams.Reader, Calculator.EvaluateResults.Builder> context)
            throws Exception {
        return end(calculator.evaluate(context));
    }

    @Override
    public Promise<Void> defFunction(
            CallContext<Calculator.DefFunctionParams.Reader, Calculator.DefFunctionResults.Builder> context)
            throws Exception {
        return end(calculator.defFunction(context));
    }

    @Override
    public Promise<Void> getOperator(
            CallContext<Calculator.GetOperatorParams.Reader, Calculator.GetOperatorResults.Builder> context)
            throws Exception {
        return end(calculator.getOperator(context));
    }

    // ---- calls that wait

    @Override
    public Promise<Void> hold(CallContext<Probe.HoldParams.Reader, Probe.HoldResults.Builder> context) {
        if (context.params().getCancellable()) {
            context.allowCancellation();
        }
        Held call = new Held(new Completer<>(context.loop()));
        held.add(call);
        return end(call.gate
                .promise()
                .<Void>then(ignored -> {
                    context.results().setNode(new Depth(0));
                    return Promise.done();
                })
                .attach(() -> over(call)));
    }

    private void over(Held call) {
        held.remove(call);
        if (!call.letGo) {
            cancelled++;
        }
    }

    @Override
    public Promise<Void> letGo(CallContext<Probe.LetGoParams.Reader, Probe.LetGoResults.Builder> context) {
        context.results().setCount(letGoOfAll());
        return Promise.done();
    }

    /** As user code on the loop. */
    int letGoOfAll() {
        int count = 0;
        for (Held call : held) {
            if (!call.letGo) {
                call.letGo = true;
                call.gate.complete(Promise.nothing());
                completed++;
                count++;
            }
        }
        return count;
    }

    @Override
    public Promise<Void> holdCounts(
            CallContext<Probe.HoldCountsParams.Reader, Probe.HoldCountsResults.Builder> context) {
        var results = context.results();
        results.setPending(held.stream().filter(call -> !call.letGo).count());
        results.setCancelled(cancelled);
        results.setCompleted(completed);
        return Promise.done();
    }

    // ---- failures

    @Override
    public Promise<Void> fail(CallContext<Probe.FailParams.Reader, Probe.FailResults.Builder> context) {
        throw new Failure(kindOf(context.params().getKind()), context.params().getReason());
    }

    private static Failure.Kind kindOf(FailureKind kind) {
        return switch (kind) {
            case FAILED -> Failure.Kind.FAILED;
            case OVERLOADED -> Failure.Kind.OVERLOADED;
            case DISCONNECTED -> Failure.Kind.DISCONNECTED;
            case UNIMPLEMENTED -> Failure.Kind.UNIMPLEMENTED;
            case UNRECOGNIZED -> throw Failure.failed("unknown kind of failure");
        };
    }

    @Override
    public Promise<Void> die(CallContext<Probe.DieParams.Reader, Probe.DieResults.Builder> context) {
        death.run();
        return Promise.done();
    }

    // ---- objects

    @Override
    public Promise<Void> newToken(CallContext<Probe.NewTokenParams.Reader, Probe.NewTokenResults.Builder> context) {
        context.results().setToken(new Numbered(context.params().getId()));
        return Promise.done();
    }

    @Override
    public Promise<Void> liveTokens(
            CallContext<Probe.LiveTokensParams.Reader, Probe.LiveTokensResults.Builder> context) {
        context.results().setCount(tokens);
        return Promise.done();
    }

    @Override
    public Promise<Void> echo(CallContext<Probe.EchoParams.Reader, Probe.EchoResults.Builder> context) {
        try (Callback.Client callback = context.params().getCallback()) {
            context.results().setCallback(callback);
        }
        return Promise.done();
    }

    @Override
    public Promise<Void> keep(CallContext<Probe.KeepParams.Reader, Probe.KeepResults.Builder> context) {
        kept.add(context.params().getToken());
        return Promise.done();
    }

    @Override
    public Promise<Void> readKept(CallContext<Probe.ReadKeptParams.Reader, Probe.ReadKeptResults.Builder> context) {
        List<Promise<Long>> ids = new ArrayList<>();
        for (Token.Client token : kept) {
            ids.add(token.id().map(Token.IdResults.Reader::getId));
        }
        return end(Promise.all(ids).then(all -> {
            var list = context.results().initIds(all.size());
            for (int i = 0; i < all.size(); i++) {
                list.set(i, all.get(i));
            }
            return Promise.done();
        }));
    }

    @Override
    public Promise<Void> dropKept(CallContext<Probe.DropKeptParams.Reader, Probe.DropKeptResults.Builder> context) {
        context.results().setCount(kept.size());
        kept.forEach(Token.Client::close);
        kept.clear();
        return Promise.done();
    }

    @Override
    public Promise<Void> callBack(CallContext<Probe.CallBackParams.Reader, Probe.CallBackResults.Builder> context) {
        Callback.Client callback = context.params().getCallback();
        long times = context.params().getTimes();
        context.releaseParams();
        context.allowCancellation();
        return end(callFrom(callback, 0, times, 0)
                .<Void>then(sum -> {
                    context.results().setSum(sum);
                    return Promise.done();
                })
                .attach(callback));
    }

    /** Adds the answers for {@code next .. times - 1} to {@code sum}. */
    private static Promise<Long> callFrom(Callback.Client callback, long next, long times, long sum) {
        if (next == times) {
            return Promise.of(sum);
        }
        return callback.call(params -> params.setN(next))
                .then(results -> callFrom(callback, next + 1, times, sum + results.getM()));
    }

    @Override
    public Promise<Void> getNode(CallContext<Probe.GetNodeParams.Reader, Probe.GetNodeResults.Builder> context) {
        context.results().setNode(new Depth(0));
        return Promise.done();
    }

    private final class Numbered implements Token.Server {
        private final long number;

        Numbered(long number) {
            this.number = number;
            tokens++;
        }

        @Override
        public Style style() {
            return style;
        }

        @Override
        public Promise<Void> id(CallContext<Token.IdParams.Reader, Token.IdResults.Builder> context) {
            context.results().setId(number);
            return Promise.done();
        }

        @Override
        public void released() {
            tokens--;
        }
    }

    private final class Depth implements Node.Server {
        private final long depth;

        Depth(long depth) {
            this.depth = depth;
            nodes++;
        }

        @Override
        public Style style() {
            return style;
        }

        @Override
        public Promise<Void> next(CallContext<Node.NextParams.Reader, Node.NextResults.Builder> context) {
            context.results().setNode(new Depth(depth + 1));
            return Promise.done();
        }

        @Override
        public Promise<Void> depth(CallContext<Node.DepthParams.Reader, Node.DepthResults.Builder> context) {
            context.results().setDepth(depth);
            return Promise.done();
        }

        @Override
        public void released() {
            nodes--;
        }
    }
}
