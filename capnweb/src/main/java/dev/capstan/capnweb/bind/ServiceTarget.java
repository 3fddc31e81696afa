package dev.capstan.capnweb.bind;

import dev.capstan.async.Completer;
import dev.capstan.async.Loop;
import dev.capstan.async.Promise;
import dev.capstan.cap.Cap;
import dev.capstan.cap.Context;
import dev.capstan.cap.Failure;
import dev.capstan.cap.Hints;
import dev.capstan.cap.LocalCap;
import dev.capstan.cap.Method;
import dev.capstan.cap.Path;
import dev.capstan.cap.Request;
import dev.capstan.cap.Target;
import dev.capstan.capnweb.JsValue;
import dev.capstan.capnweb.WebFormat;
import dev.capstan.capnweb.WebPayload;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Future;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * An object of the user as peers reach it: a name leads to the operation of its interface, or nowhere. Nothing of the object's class is looked at, so that what is not in the
 * interface does not exist for a peer.
 */
final class ServiceTarget implements Target.Wrapper {
    private static final Logger LOG = System.getLogger(ServiceTarget.class.getName());
    private static final Path.Names RUN = Path.Names.of("$run");
    private static final @Nullable Object[] NO_ARGUMENTS = new @Nullable Object[0];

    private final Binder binder;
    private final Object object;
    private final Interface face;
    private final Style style;
    /** Whether with the last reference to this nobody holds the object any more. */
    private final BooleanSupplier isLast;
    /** What a method of an object holds of it, when it was read as a function; null for objects. */
    private final @Nullable Cap whole;

    ServiceTarget(Binder binder, Object object, Interface face, boolean blocking, BooleanSupplier isLast) {
        this(binder, object, face, blocking, isLast, null);
    }

    private ServiceTarget(
            Binder binder,
            Object object,
            Interface face,
            boolean blocking,
            BooleanSupplier isLast,
            @Nullable Cap whole) {
        this.binder = binder;
        this.object = object;
        this.face = face;
        this.style = blocking ? Style.BLOCKING : Style.ASYNC;
        this.isLast = isLast;
        this.whole = whole;
    }

    /** The object of this process that {@code cap} leads to, if it was passed with at least the methods of {@code face}; null otherwise. */
    static @Nullable Object original(Cap cap, Interface face, Binder binder) {
        return cap.innermost() instanceof LocalCap local
                        && local.target() instanceof ServiceTarget target
                        && target.binder == binder
                        && target.face.includes(face)
                ? target.object
                : null;
    }

    @Override
    public Object wrapped() {
        return object;
    }

    @Override
    public Style style() {
        return style;
    }

    @Override
    public void released() {
        if (whole != null) {
            whole.close();
        }
        if (isLast.getAsBoolean() && object instanceof AutoCloseable closeable) {
            Trees.closeOne(closeable);
        }
    }

    @Override
    public Promise<Void> handle(Context context) {
        if (!(context.method() instanceof Method.Member(Path.Names path, boolean reads))) {
            throw Failure.unimplemented(
                    context.method() + " is a number, and this object has methods by name: put a gateway between");
        }
        List<Object> steps = path.steps();
        String first = steps.isEmpty() ? "" : steps.getFirst() instanceof String name ? name : null;
        Operation operation = first == null ? null : face.named(first);
        if (operation == null) {
            return reads && steps.size() == 1 ? set(context, JsValue.UNDEFINED) : nowhere(path, reads);
        }
        if (operation.isProperty()) {
            return property(operation, context, path.from(1), reads);
        }
        if (steps.size() > 1) {
            return reads && steps.size() == 2 ? set(context, JsValue.UNDEFINED) : nowhere(path, reads);
        }
        return reads ? set(context, method(operation, context.loop())) : call(operation, context);
    }

    private static Promise<Void> nowhere(Path.Names path, boolean reads) {
        if (reads) {
            Object last = path.steps().getLast();
            throw Faults.type("Cannot read properties of undefined (reading '" + last + "')");
        }
        // A word of ours, so that TypeScript has no text for it.
        throw Faults.type("'" + path + "' is not a function."
                + (path.equals(RUN) ? " This server answers no programs (Programs.answeredBy)." : ""));
    }

    private static Promise<Void> set(Context context, Object value) {
        WebPayload.of(context.results(0)).set(value);
        return Promise.done();
    }

    /** A method that is read and not called: a function by itself. The object is not closed before it is. */
    private Cap method(Operation operation, Loop loop) {
        boolean blocking = style == Style.BLOCKING;
        Interface function = new Interface(List.of(), true, blocking);
        function.complete(Map.of("", operation), Map.of());
        Cap kept = binder.served(loop, object, face, blocking);
        return new LocalCap(loop, new ServiceTarget(binder, object, function, blocking, () -> false, kept));
    }

    // ---- calls

    private Promise<Void> call(Operation operation, Context context) {
        if (operation.isCancelable()) {
            context.allowCancellation();
        }
        WebPayload params = WebPayload.of(context.params());
        if (params.isWhole()) {
            return call(operation, context, params);
        }
        Promise<WebPayload> all = whole(params, context.loop());
        if (style == Style.BLOCKING) {
            try (WebPayload whole = all.await()) {
                return call(operation, context, whole);
            }
        }
        return all.then(whole -> {
            try (whole) {
                return call(operation, context, whole);
            }
        });
    }

    /** The parameters when all of them are here; a blocking method, which runs beside the loop, has that done there. */
    private static Promise<WebPayload> whole(WebPayload params, Loop loop) {
        if (loop.inLoop()) {
            return params.whole(loop);
        }
        Completer<WebPayload> whole = new Completer<>(loop);
        loop.post(() -> whole.follow(params.whole(loop)));
        return whole.promise();
    }

    private Promise<Void> call(Operation operation, Context context, WebPayload params) {
        Reading reading = new Reading(binder, context.loop());
        Promise<Void> done;
        try {
            @Nullable
            Object[] arguments = operation.read(params.value() instanceof List<?> list ? list : List.of(), reading);
            Object result = operation.invoke(object, arguments);
            done = later(operation, result, value -> finish(operation, context, value));
        } catch (Throwable e) {
            reading.close();
            throw binder.faults().of(operation, e);
        }
        if (done.isDone()) {
            reading.close();
            return done;
        }
        return done.attach(reading);
    }

    private Promise<Void> finish(Operation operation, Context context, @Nullable Object value) {
        return written(operation, context, value, tree -> {
            WebPayload.of(context.results(0)).setTree(context.loop(), tree);
            return Promise.done();
        });
    }

    /** Goes on with the tree of a result, on the loop: capabilities belong there, and a blocking method runs beside it. */
    private Promise<Void> written(Operation operation, Context context, @Nullable Object value, Next next) {
        Loop loop = context.loop();
        Writing writing = new Writing(binder, loop, true);
        Object tree;
        try {
            tree = operation.writeResult(value, writing);
        } catch (Throwable e) {
            writing.close();
            throw e;
        }
        if (loop.inLoop()) {
            try (writing) {
                return next.with(tree);
            }
        }
        Completer<Void> done = new Completer<>(loop);
        loop.post(() -> {
            try (writing) {
                done.follow(next.with(tree));
            } catch (Throwable e) {
                // Whatever it is, the call has to end.
                done.fail(e);
            }
        });
        return done.promise();
    }

    private interface Next {
        Promise<Void> with(@Nullable Object value);
    }

    /** Goes on with the result when it is there, which may be now. */
    private Promise<Void> later(Operation operation, @Nullable Object result, Next next) {
        Promise<?> promise = switch (operation.outcome()) {
            case VALUE, REFERENCE -> null;
            case PROMISE -> (Promise<?>) present(operation, result);
            case STAGE -> promise((CompletionStage<?>) present(operation, result));
            case PENDING -> ((Pending<?>) present(operation, result)).promise();
        };
        if (promise == null) {
            return next.with(result);
        }
        return promise.handle(
                value -> {
                    try {
                        return next.with(value);
                    } catch (RuntimeException e) {
                        throw binder.faults().of(operation, e);
                    }
                },
                failure -> Promise.failed(binder.faults().of(operation, failure)));
    }

    private static Object present(Operation operation, @Nullable Object result) {
        if (result == null) {
            throw new IllegalStateException(operation.method() + " returned null instead of a promise");
        }
        return result;
    }

    private static Promise<Object> promise(CompletionStage<?> stage) {
        Loop loop = Loop.current();
        if (loop == null) {
            throw new IllegalStateException("a call of a service runs on its loop or on a fiber");
        }
        Completer<Object> completer = new Completer<>(loop);
        if (stage instanceof Future<?> future) {
            completer.onCancel(() -> loop.guard(() -> cancel(future)));
        }
        stage.whenComplete((value, failure) -> {
            if (failure != null) {
                completer.fail(failure);
            } else {
                completer.complete(value);
            }
        });
        return completer.promise();
    }

    private static void cancel(Future<?> future) {
        try {
            future.cancel(true);
        } catch (Throwable e) {
            // Whoever gave the call up, a peer perhaps, must not suffer from what the future does about it.
            LOG.log(Level.ERROR, "cancel() of " + future.getClass().getName() + " threw", e);
        }
    }

    // ---- properties

    private Promise<Void> property(Operation operation, Context context, Path.Names rest, boolean reads) {
        if (rest.isEmpty() && !reads) {
            throw Faults.type("'" + operation.name() + "' is a property, not a function: read it");
        }
        try {
            return later(
                    operation,
                    operation.invoke(object, NO_ARGUMENTS),
                    value -> rest.isEmpty()
                            ? finish(operation, context, value)
                            : further(operation, context, value, new Method.Member(rest, reads)));
        } catch (Throwable e) {
            throw binder.faults().of(operation, e);
        }
    }

    /** What lies inside a property is read, or called. */
    private Promise<Void> further(Operation operation, Context context, @Nullable Object value, Method.Member inside) {
        try (WebPayload content = (WebPayload) WebFormat.INSTANCE.allocate(0);
                Writing writing = new Writing(binder, context.loop(), true)) {
            content.setTree(context.loop(), operation.writeResult(value, writing));
            try (Cap cap = content.cap(Path.Names.NONE)) {
                Request request = cap.request(inside, WebFormat.INSTANCE, 0, Hints.NONE);
                WebPayload.of(request.params())
                        .setTree(context.loop(), WebPayload.of(context.params()).value());
                return context.tailCall(request);
            }
        }
    }
}
