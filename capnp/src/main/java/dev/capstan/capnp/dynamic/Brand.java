package dev.capstan.capnp.dynamic;

import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * The arguments that type parameters are bound to: for each scope that declares some, one type each. An immutable value. A scope that is
 * missing is unbound: its parameters stand for any pointer.
 *
 * <p>Comparing brands ends at schemas, which are one object each, so it costs no more than the brand is long; see {@link
 * Limits#typeNesting()} for how deep that can be.
 */
final class Brand {
    static final Brand NONE = new Brand(Map.of());

    private static final int SHOWN = 8;

    private final Map<Long, List<Type>> arguments;
    private final int hash;
    /** How deep types nest in here. */
    final int depth;

    Brand(Map<Long, List<Type>> arguments) {
        this.arguments = Map.copyOf(arguments);
        this.hash = arguments.hashCode();
        int deepest = 0;
        for (List<Type> scope : arguments.values()) {
            for (Type type : scope) {
                deepest = Math.max(deepest, 1 + depth(type));
            }
        }
        this.depth = deepest;
    }

    static int depth(Type type) {
        int lists = 0;
        Type inner = type;
        while (inner instanceof ListSchema list) {
            lists++;
            inner = list.element();
        }
        return lists + (inner instanceof Schema schema ? schema.brand.depth : 0);
    }

    boolean isEmpty() {
        return arguments.isEmpty();
    }

    boolean binds(long scopeId) {
        return arguments.containsKey(scopeId);
    }

    /** The types that the parameters of the scope are bound to; empty if it is unbound. */
    List<Type> scope(long scopeId) {
        return arguments.getOrDefault(scopeId, List.of());
    }

    Type argument(long scopeId, int index) {
        List<Type> scope = scope(scopeId);
        return index < scope.size() ? scope.get(index) : new Type.Any(Type.Any.Kind.PARAMETER, scopeId, index);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Brand that && hash == that.hash && arguments.equals(that.arguments);
    }

    @Override
    public int hashCode() {
        return hash;
    }

    /** Only the outermost types, and few of them: written out, types can be far longer than what they are made of. */
    @Override
    public String toString() {
        return arguments.values().stream()
                .flatMap(List::stream)
                .limit(SHOWN)
                .map(Brand::shallow)
                .collect(Collectors.joining(", ", "(", ")"));
    }

    private static String shallow(Type type) {
        return switch (type) {
            case ListSchema list -> "List(" + shallow(list.element()) + ")";
            case Schema schema -> schema.brand.isEmpty() ? schema.displayName() : schema.displayName() + "(...)";
            default -> type.toString();
        };
    }
}
