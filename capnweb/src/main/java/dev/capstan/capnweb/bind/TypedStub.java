package dev.capstan.capnweb.bind;

import dev.capstan.async.Promise;
import dev.capstan.cap.Failure;
import dev.capstan.cap.Path;
import dev.capstan.capnweb.Stub;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/** A stub behind an interface: its methods are calls of the peer's object. */
final class TypedStub implements InvocationHandler, AutoCloseable {
    private final Binder binder;
    private final Interface face;
    private final Stub stub;
    private final boolean isPlace;
    private volatile boolean closed;

    /**
     * Takes ownership of {@code stub}.
     *
     * @param isPlace whether it is a place inside of something that another stub owns
     */
    TypedStub(Binder binder, Interface face, Stub stub, boolean isPlace) {
        this.binder = binder;
        this.face = face;
        this.stub = stub;
        this.isPlace = isPlace;
    }

    /** What is behind {@code object}; null if that is no typed stub. */
    static @Nullable TypedStub of(@Nullable Object object) {
        return object != null
                        && Proxy.isProxyClass(object.getClass())
                        && Proxy.getInvocationHandler(object) instanceof TypedStub stub
                ? stub
                : null;
    }

    /** The interface. */
    Object proxy() {
        Class<?> type = face.type().raw();
        return Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, this);
    }

    /** Another reference to the same; the caller owns it. */
    TypedStub dup() {
        return new TypedStub(binder, face, stub().dup(), isPlace);
    }

    /** The same interface of another stub; takes ownership. */
    TypedStub over(Stub other) {
        return new TypedStub(binder, face, other, isPlace);
    }

    Interface face() {
        return face;
    }

    boolean isPlace() {
        return isPlace;
    }

    /** Borrowed. */
    Stub stub() {
        if (closed) {
            throw new IllegalStateException("this " + face.type()
                    + " was closed: a method's arguments are when it is through, and results are when they were given"
                    + " away; keep Remotes.dup() of what is used later");
        }
        return stub;
    }

    @Override
    public void close() {
        closed = true;
        stub.close();
    }

    @Override
    public @Nullable Object invoke(Object proxy, Method method, @Nullable Object @Nullable [] arguments)
            throws Throwable {
        Operation operation = face.of(method);
        return operation == null ? local(proxy, method, arguments) : call(operation, arguments);
    }

    private @Nullable Object local(Object proxy, Method method, @Nullable Object @Nullable [] arguments)
            throws Throwable {
        if (Methods.isOfEveryObject(method)) {
            return switch (method.getName()) {
                case "equals" -> arguments != null && proxy == arguments[0];
                case "hashCode" -> System.identityHashCode(proxy);
                default -> face.type() + (closed ? " (closed)" : " on " + stub);
            };
        }
        if (method.getName().equals("close") && method.getParameterCount() == 0) {
            close();
            return null;
        }
        if (method.isDefault()) {
            return InvocationHandler.invokeDefault(proxy, method, arguments);
        }
        throw new UnsupportedOperationException(method + " belongs to no interface of the peer");
    }

    private @Nullable Object call(Operation operation, @Nullable Object @Nullable [] arguments) throws Throwable {
        Stub open = stub();
        boolean inTurn = open.loop().inTurn();
        if (inTurn && operation.outcome() == Outcome.VALUE && !isNothing(operation)) {
            throw new IllegalStateException(operation.title()
                    + " waits for its result, which is impossible inside a turn of the loop: let it return a Promise, or"
                    + " call it from a fiber, such as a method of a blocking service");
        }
        if (operation.isProperty() && operation.outcome() == Outcome.REFERENCE) {
            return new TypedStub(binder, reference(operation), open.get(operation.name()), true).proxy();
        }
        if (operation.outcome() == Outcome.VALUE && (inTurn || operation.isTold())) {
            return tell(operation, open, arguments);
        }
        Stub result =
                operation.isProperty() ? open.get(operation.name()) : send(operation, open, arguments, open::callAt);
        return switch (operation.outcome()) {
            case REFERENCE -> new TypedStub(binder, reference(operation), result, false).proxy();
            case PENDING -> new Pending<>(binder, operation, result);
            case PROMISE -> promise(operation, result);
            case STAGE -> promise(operation, result).toCompletionStage();
            case VALUE -> waited(operation, result);
        };
    }

    /** Nobody can wait here, or should, and there is no result to wait for. That a peer is gone is told by {@link Remotes#onBroken}. */
    private @Nullable Object tell(Operation operation, Stub open, @Nullable Object @Nullable [] arguments) {
        if (!operation.isProperty()) {
            send(operation, open, arguments, (path, trees) -> {
                open.tellAt(path, trees, operation.method().toString());
                return open;
            });
        }
        return null;
    }

    private interface Sending {
        Stub with(Path.Names path, List<@Nullable Object> trees);
    }

    private Stub send(Operation operation, Stub open, @Nullable Object @Nullable [] arguments, Sending how) {
        Path.Names path = operation.name().isEmpty() ? Path.Names.NONE : Path.Names.of(operation.name());
        try (Writing writing = new Writing(binder, open.loop(), false)) {
            List<@Nullable Object> trees = operation.write(arguments, writing);
            Stub result = how.with(path, trees);
            writing.taken();
            return result;
        } catch (Mismatch e) {
            throw new IllegalArgumentException(operation.title() + ": " + e.getMessage(), e);
        }
    }

    private static Interface reference(Operation operation) {
        Shape shape = operation.result() instanceof NullableShape(Shape present) ? present : operation.result();
        return ((ReferenceShape) shape).face();
    }

    private static boolean isNothing(Operation operation) {
        return operation.result() instanceof NothingShape;
    }

    private Promise<Object> promise(Operation operation, Stub result) {
        try (result) {
            Promise<Object> value =
                    result.value().map(tree -> read(binder, operation.title(), operation.result(), result, tree));
            return Declared.among(operation.declared(), value);
        }
    }

    private Object waited(Operation operation, Stub result) throws Throwable {
        try {
            return promise(operation, result).await();
        } catch (Failure e) {
            throw isUnknown(operation, e) ? unknown(e) : e;
        } catch (CompletionException e) {
            // How a promise throws what is checked.
            Throwable cause = e.getCause();
            throw cause != null && operation.isDeclared(cause) ? cause : e;
        }
    }

    /** In the words of JavaScript, which ours use as well. */
    private static boolean isUnknown(Operation operation, Failure failure) {
        return failure.reason().endsWith("'" + operation.name() + "' is not a function.");
    }

    private Failure unknown(Failure cause) {
        return Failure.unimplemented(cause.reason() + " The peer's object has no method of that name, which "
                + face.type() + " declares: compare both sides");
    }

    /** The value of a tree, which is consumed. */
    @SuppressWarnings("NullAway") // promises hold null where their type allows it, which theirs cannot tell
    static Object read(Binder binder, String title, Shape shape, Stub from, @Nullable Object tree) {
        Reading reading = new Reading(binder, from.loop());
        try {
            return shape.read(tree, reading);
        } catch (Mismatch e) {
            reading.close();
            throw Failure.failed(
                    title + ": " + Objects.requireNonNull(e.in("result").getMessage()));
        } finally {
            Trees.close(tree);
        }
    }
}
