package dev.capstan.capnweb.il;

import dev.capstan.async.Completer;
import dev.capstan.async.Promise;
import dev.capstan.cap.Cap;
import dev.capstan.cap.Context;
import dev.capstan.cap.Failure;
import dev.capstan.cap.Target;
import dev.capstan.capnweb.JsError;
import dev.capstan.capnweb.JsValue;
import dev.capstan.capnweb.Stub;
import dev.capstan.capnweb.WebPayload;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Answers {@code $run(program, captures)}; each call is a program of its own, and giving the call up ends it. */
final class Runner implements Target {
    private final Budget budget;
    private int running;

    Runner(Budget budget) {
        this.budget = budget;
    }

    @Override
    public Promise<Void> handle(Context context) {
        context.allowCancellation();
        WebPayload params = WebPayload.of(context.params());
        if (params.isWhole()) {
            return run(context, params);
        }
        return params.whole(context.loop()).then(whole -> {
            try (whole) {
                return run(context, whole);
            }
        });
    }

    private Promise<Void> run(Context context, WebPayload params) {
        if (running >= budget.programs()) {
            throw Failure.overloaded(
                    running + " programs run here already, which is the limit (Budget.programs): wait for one to end");
        }
        List<?> arguments = params.value() instanceof List<?> list ? list : List.of();
        Object given = arguments.size() > 1 ? arguments.get(1) : JsValue.UNDEFINED;
        if (arguments.isEmpty() || arguments.size() > 2 || !(given instanceof List || given == JsValue.UNDEFINED)) {
            throw JsError.of("TypeError", Programs.RUN + " takes a program and a list of what it captures")
                    .failure();
        }
        List<?> captures = given instanceof List<?> list ? list : List.of();
        Spending spending = new Spending(budget);
        Code code = Compiler.compile(arguments.getFirst(), captures.size(), spending);
        Completer<Void> done = new Completer<>(context.loop());
        begin(context, code, captures, spending, params, done);
        return done.promise();
    }

    private void begin(
            Context context, Code code, List<?> captures, Spending spending, WebPayload params, Completer<Void> done) {
        List<AutoCloseable> owned = new ArrayList<>();
        owned.add(params.share());
        Object stubs = Trees.replaced(captures, leaf -> stub(context, leaf, owned));
        Machine machine = new Machine(
                context.loop(),
                code,
                stubs instanceof List<?> list ? list : List.of(),
                spending,
                new Machine.Listener() {
                    @Override
                    public void succeeded(@Nullable Object result) {
                        WebPayload.of(context.results(0)).setTree(context.loop(), result);
                        running--;
                        done.complete(Promise.nothing());
                    }

                    @Override
                    public void failed(Failure failure) {
                        running--;
                        done.fail(failure);
                    }
                });
        owned.forEach(machine::owns);
        running++;
        done.onCancel(() -> {
            running--;
            machine.giveUp();
        });
        machine.proceed();
    }

    private static @Nullable Object stub(Context context, @Nullable Object leaf, List<AutoCloseable> owned) {
        if (leaf instanceof Cap cap) {
            Stub stub = Stub.of(context.loop(), cap.share());
            owned.add(stub);
            return stub;
        }
        return leaf;
    }
}
