package dev.capstan.gateway.watch;

import dev.capstan.cap.Method;
import dev.capstan.cap.Path;
import dev.capstan.capnp.dynamic.InterfaceSchema;
import dev.capstan.capnp.dynamic.SchemaLoader;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The names under which calls are counted and traced. A peer calls what it likes, and each name would be a metric for ever: so a name is told if the program knows it, or if a call by it has succeeded and
 * there are not too many of those yet; all others are {@value #OTHER}. Thread-safe.
 */
public final class MethodNames {
    /** The name of everything whose name is not told. */
    public static final String OTHER = "_OTHER";

    private static final int LONGEST = 100;

    private final int most;
    private final Function<Method, @Nullable String> known;
    private final Set<String> learned = ConcurrentHashMap.newKeySet();

    /**
     * Names that {@code known} gives, which are bounded, and others that are learned.
     *
     * @param most how many are learned, 0 or more. Stops peers from making metrics where objects take every name
     * @param known the name of a method, null if it knows none; called on any thread
     */
    public MethodNames(int most, Function<Method, @Nullable String> known) {
        if (most < 0) {
            throw new IllegalArgumentException("so many names cannot be learned: " + most);
        }
        this.most = most;
        this.known = known;
    }

    /** Learns up to 200 names and knows none. */
    public static MethodNames learned() {
        return new MethodNames(200, method -> null);
    }

    /** Learns up to 200 names; those of Cap'n Proto's methods are {@code Interface/method} of the first of {@code schemas} that knows them. */
    public static MethodNames of(List<SchemaLoader> schemas) {
        List<SchemaLoader> all = List.copyOf(schemas);
        return new MethodNames(200, method -> named(all, method));
    }

    private static @Nullable String named(List<SchemaLoader> schemas, Method method) {
        for (SchemaLoader each : schemas) {
            String name = named(each, method);
            if (name != null) {
                return name;
            }
        }
        return null;
    }

    /** The same for schemas that are all in one place. */
    public static MethodNames of(SchemaLoader schemas) {
        return of(List.of(schemas));
    }

    private static @Nullable String named(SchemaLoader schemas, Method method) {
        if (!(method instanceof Method.Ordinal(long interfaceId, int methodId))
                || !(schemas.tryGet(interfaceId) instanceof InterfaceSchema face)
                || methodId >= face.methods().size()) {
            return null;
        }
        return face.shortName() + "/" + face.methods().get(methodId).name();
    }

    /** The name of {@code method}, or {@value #OTHER}. */
    public String of(Method method) {
        String name = known.apply(method);
        if (name != null) {
            return name;
        }
        String own = own(method);
        return own != null && learned.contains(own) ? own : OTHER;
    }

    /** A call of {@code method} has given a result: it exists. */
    void succeeded(Method method) {
        if (learned.size() < most && known.apply(method) == null) {
            String own = own(method);
            if (own != null) {
                learned.add(own);
            }
        }
    }

    /** What its wire calls it, if that can be learned: not what is read, for a property that is not there gives a result, too. */
    private static @Nullable String own(Method method) {
        String name = switch (method) {
            case Method.Ordinal(long interfaceId, int methodId) ->
                "0x" + Long.toHexString(interfaceId) + "/" + methodId;
            case Method.Member(Path.Names path, boolean reads) -> reads ? "" : text(path);
        };
        return name.isEmpty() || name.length() > LONGEST ? null : name;
    }

    private static String text(Path.Names path) {
        return path.steps().stream()
                .map(step -> step instanceof String name ? name : "*")
                .collect(Collectors.joining("/"));
    }
}
