package dev.capstan.capnpc.compile;

import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;

/** A type as a schema node tells it. Immutable; two are equal when they say the same. */
sealed interface Type {
    /** How many types it takes to write this one down. */
    int weight();

    /** How deep types nest in it. */
    int depth();

    /** As it would be written, for messages. */
    String text();

    /** Types without anything inside. */
    enum Simple implements Type {
        VOID("Void", 0),
        BOOL("Bool", 1),
        INT8("Int8", 8),
        INT16("Int16", 16),
        INT32("Int32", 32),
        INT64("Int64", 64),
        UINT8("UInt8", 8),
        UINT16("UInt16", 16),
        UINT32("UInt32", 32),
        UINT64("UInt64", 64),
        FLOAT32("Float32", 32),
        FLOAT64("Float64", 64),
        TEXT("Text", POINTER),
        DATA("Data", POINTER),
        ANY_POINTER("AnyPointer", POINTER),
        ANY_STRUCT("AnyStruct", POINTER),
        ANY_LIST("AnyList", POINTER),
        CAPABILITY("Capability", POINTER);

        private final String text;
        private final int bits;

        Simple(String text, int bits) {
            this.text = text;
            this.bits = bits;
        }

        @Override
        public int weight() {
            return 1;
        }

        @Override
        public int depth() {
            return 1;
        }

        @Override
        public String text() {
            return text;
        }
    }

    /** What {@link #bits} says of pointers. */
    int POINTER = -1;

    /** {@code List(element)}. */
    record ListOf(Type element, int weight, int depth) implements Type {
        ListOf(Type element) {
            this(element, element.weight() + 1, element.depth() + 1);
        }

        @Override
        public String text() {
            return "List(" + element.text() + ")";
        }
    }

    /** A struct, enum or interface. */
    record Named(Node node, Brand brand, int weight, int depth) implements Type {
        Named(Node node, Brand brand) {
            this(node, brand, brand.weight() + 1, brand.depth() + 1);
        }

        @Override
        public String text() {
            String arguments = brand.scopes().stream()
                    .filter(scope -> scope.id() == node.id() && scope.arguments() != null)
                    .flatMap(scope -> Objects.requireNonNull(scope.arguments()).stream())
                    .limit(4)
                    .map(type -> type.depth() > 4 ? "..." : type.text())
                    .collect(Collectors.joining(", "));
            return node.text() + (arguments.isEmpty() ? "" : "(" + arguments + ")");
        }
    }

    /** A type parameter of a declaration around, or of the struct that a method's parameters make up. */
    record Parameter(long scopeId, int index) implements Type {
        @Override
        public int weight() {
            return 1;
        }

        @Override
        public int depth() {
            return 1;
        }

        @Override
        public String text() {
            return "a type parameter";
        }
    }

    /** A type parameter of the method at hand. */
    record Implicit(int index) implements Type {
        @Override
        public int weight() {
            return 1;
        }

        @Override
        public int depth() {
            return 1;
        }

        @Override
        public String text() {
            return "a type parameter";
        }
    }

    /** Size of a field in the data section; {@link #POINTER} for those in the pointer section. */
    static int bits(Type type) {
        return switch (type) {
            case Simple simple -> simple.bits;
            case Named named -> named.node().kind() == Kind.ENUM ? 16 : POINTER;
            case ListOf list -> POINTER;
            case Parameter parameter -> POINTER;
            case Implicit implicit -> POINTER;
        };
    }

    /** Whether values of it can be made without looking at any other declaration's fields. */
    static boolean isPlain(Type type) {
        return bits(type) != POINTER || type == Simple.TEXT || type == Simple.DATA;
    }

    /** {@code type} with the parameters replaced that {@code brand} binds; those of unmentioned scopes stand for any pointer. */
    static Type substitute(Type type, Brand brand) {
        return switch (type) {
            case Simple simple -> simple;
            case Implicit implicit -> implicit;
            case ListOf list -> {
                Type element = substitute(list.element(), brand);
                yield element == list.element() ? list : new ListOf(element);
            }
            case Parameter parameter -> {
                Brand.Scope scope = brand.scope(parameter.scopeId());
                if (scope == null) {
                    yield Simple.ANY_POINTER;
                }
                List<Type> arguments = scope.arguments();
                if (arguments == null) {
                    yield parameter;
                }
                yield parameter.index() < arguments.size() ? arguments.get(parameter.index()) : Simple.ANY_POINTER;
            }
            case Named named ->
                named.brand().scopes().isEmpty() ? named : new Named(named.node(), within(named.brand(), brand));
        };
    }

    /** {@code inner}, which stands where {@code outer} holds, on its own. */
    private static Brand within(Brand inner, Brand outer) {
        return new Brand(inner.scopes().stream()
                .map(scope -> {
                    List<Type> arguments = scope.arguments();
                    if (arguments == null) {
                        Brand.Scope bound = outer.scope(scope.id());
                        return bound == null ? new Brand.Scope(scope.id(), List.of()) : bound;
                    }
                    return new Brand.Scope(
                            scope.id(),
                            arguments.stream()
                                    .map(type -> substitute(type, outer))
                                    .toList());
                })
                .toList());
    }
}
