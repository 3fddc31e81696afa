package dev.capstan.capnweb.bind;

import dev.capstan.cap.Cap;
import dev.capstan.cap.Failure;
import dev.capstan.capnweb.Stub;
import java.lang.reflect.Method;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedCollection;
import java.util.SequencedMap;
import java.util.SequencedSet;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Makes shapes of types, and of all that they mention; whatever cannot travel is an {@link IllegalArgumentException} that tells the place and what to write instead. For one
 * thread, and one time.
 */
final class ShapeBuilder {
    /** A type that holds ever larger types has no end. */
    private static final int MOST_PLACES = 200;

    private final Shapes known;
    private final Map<Signature, Shape> shapes = new HashMap<>();
    private final Map<List<Signature>, Interface> faces = new HashMap<>();
    private final Deque<String> places = new ArrayDeque<>();

    ShapeBuilder(Shapes known) {
        this.known = known;
    }

    /** What {@code work} makes, after all of it was published. */
    <T> T finish(Function<ShapeBuilder, T> work) {
        T made = work.apply(this);
        shapes.forEach(known::publish);
        faces.values().forEach(known::publish);
        return made;
    }

    Handles handles() {
        return known.handles();
    }

    /** Does {@code work} for what is at {@code place}, as errors will tell. */
    <T> T at(String place, Supplier<T> work) {
        places.addLast(place);
        if (places.size() > MOST_PLACES) {
            throw fault("the type holds ever larger types, without an end");
        }
        T made = work.get();
        places.removeLast();
        return made;
    }

    IllegalArgumentException fault(String what) {
        List<String> shown = places.size() <= 6
                ? List.copyOf(places)
                : places.stream().limit(6).toList();
        return new IllegalArgumentException(String.join(": ", shown) + (shown.isEmpty() ? "" : ": ") + what);
    }

    /** The shape of {@code type}, which may be incomplete until all is finished. */
    Shape shape(Signature type) {
        Shape shape = known.known(type);
        if (shape == null) {
            shape = shapes.get(type);
        }
        if (shape == null) {
            shape = make(type);
            shapes.putIfAbsent(type, shape);
        }
        return shape;
    }

    private Shape make(Signature type) {
        Class<?> raw = type.raw();
        if (raw == Object.class) {
            return new AnyShape();
        }
        if (raw == void.class || raw == Void.class) {
            return new NothingShape();
        }
        if (type.nullable()) {
            return new NullableShape(shape(type.notNull()));
        }
        Shape simple = simple(raw);
        if (simple != null) {
            return simple;
        }
        if (raw.isArray()) {
            return SequenceShape.array(raw.getComponentType(), shape(type.argument(0)));
        }
        if (raw == List.class || raw == Collection.class || raw == SequencedCollection.class) {
            return SequenceShape.list(shape(type.argument(0)));
        }
        if (raw == Set.class || raw == SequencedSet.class) {
            return SequenceShape.set(shape(type.argument(0)));
        }
        if (raw == Map.class || raw == SequencedMap.class) {
            return map(type);
        }
        if (raw == Optional.class) {
            return new OptionalShape(shape(type.argument(0)));
        }
        StreamShape.Kind stream = StreamShape.Kind.of(raw);
        if (stream != null) {
            return new StreamShape(stream, stream.hasElements() ? shape(type.argument(0)) : new AnyShape());
        }
        if (raw == Pending.class) {
            return new PendingShape(shape(type.argument(0)));
        }
        return ofUsers(type);
    }

    private static @Nullable Shape simple(Class<?> raw) {
        Shape scalar = Scalar.of(raw);
        if (scalar != null) {
            return scalar;
        }
        Shape bytes = BytesShape.of(raw);
        if (bytes != null) {
            return bytes;
        }
        if (raw == Stub.class || raw == Cap.class) {
            return new StubShape();
        }
        if (raw == Throwable.class || raw == Exception.class || raw == RuntimeException.class || raw == Failure.class) {
            return new ErrorShape();
        }
        return NumbersShape.of(raw);
    }

    private Shape map(Signature type) {
        Shape key = shape(type.argument(0).notNull());
        if (type.argument(0).raw() != String.class && !(key instanceof EnumShape)) {
            throw fault(type + ": objects of JavaScript have names as keys: use String or an enum");
        }
        return new MapShape(key, shape(type.argument(1)));
    }

    private Shape ofUsers(Signature type) {
        Class<?> raw = type.raw();
        if (raw.isEnum()) {
            return new EnumShape(type);
        }
        if (raw.isAnnotationPresent(Remote.class) || isFunction(raw)) {
            return new ReferenceShape(face(List.of(type)));
        }
        Records records = new Records(this);
        if (raw.isRecord()) {
            return records.record(type);
        }
        if (raw.isSealed() && raw.isInterface()) {
            return records.variant(type);
        }
        throw fault(Untravelled.hint(type));
    }

    /** Remembers a shape before it is complete, as it may hold itself. */
    void begin(Signature type, Shape incomplete) {
        shapes.put(type, incomplete);
    }

    // ---- interfaces

    static boolean isFunction(Class<?> type) {
        return type.isInterface()
                && type.isAnnotationPresent(FunctionalInterface.class)
                && StreamShape.Kind.of(type) == null;
    }

    /** The functional interface that a class, a lambda's most likely, has; null if none. */
    static @Nullable Signature function(Class<?> type) {
        for (Class<?> each : type.getInterfaces()) {
            if (isFunction(each)) {
                return Signature.of(each);
            }
        }
        return null;
    }

    /** All that a class has, but for those that others of them extend. */
    static List<Signature> remoteInterfaces(Class<?> type) {
        Set<Signature> all = new LinkedHashSet<>();
        Signature.of(type).parents(parent -> {
            if (parent.raw().isAnnotationPresent(Remote.class)) {
                all.add(parent);
            }
        });
        return all.stream()
                .filter(each -> all.stream()
                        .noneMatch(
                                other -> other.raw() != each.raw() && each.raw().isAssignableFrom(other.raw())))
                .toList();
    }

    /** The methods of all of {@code types} together. */
    Interface face(List<Signature> types) {
        Interface face = known.knownFace(types);
        if (face == null) {
            face = faces.get(types);
        }
        if (face != null) {
            return face;
        }
        if (types.size() > 1) {
            return together(types);
        }
        Signature type = types.getFirst();
        Remote remote = type.raw().getAnnotation(Remote.class);
        if (remote == null && !isFunction(type.raw())) {
            throw fault(type.raw().getName() + " is neither annotated @Remote nor a @FunctionalInterface");
        }
        Interface made = new Interface(types, remote == null, remote != null && remote.blocking());
        faces.put(types, made);
        new Methods(this, made).complete();
        return made;
    }

    private Interface together(List<Signature> types) {
        Map<String, Operation> names = new LinkedHashMap<>();
        Map<Method, Operation> methods = new HashMap<>();
        boolean blocking = false;
        for (Signature type : types) {
            Interface face = face(List.of(type));
            blocking |= face.isBlocking();
            methods.putAll(face.methods());
            for (Operation operation : face.operations()) {
                Operation other = names.putIfAbsent(operation.name(), operation);
                if (other != null && !other.isSameAs(operation)) {
                    throw fault(type.raw().getName() + " and "
                            + other.method().getDeclaringClass().getName() + " both have a method " + operation.name()
                            + ": an object cannot have both, so give one of them another name with @Named");
                }
            }
        }
        Interface made = new Interface(types, false, blocking);
        made.complete(names, methods);
        faces.put(types, made);
        return made;
    }
}
