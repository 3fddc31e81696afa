package dev.capstan.capnpc.compile;

import dev.capstan.capnpc.syntax.Span;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The type arguments that hold in a scope, and around it. In {@code Foo(Text).Bar}, what is found in {@code Bar} sees that {@code Foo}'s
 * parameter is {@code Text}. Immutable.
 */
final class Bindings {
    private final @Nullable Bindings parent;
    private final long scopeId;
    private final int parameterCount;
    /** The scope is one that is being compiled: its parameters stand for themselves. */
    private final boolean isOpen;

    private final List<Branded> arguments;

    private Bindings(
            @Nullable Bindings parent, long scopeId, int parameterCount, boolean isOpen, List<Branded> arguments) {
        this.parent = parent;
        this.scopeId = scopeId;
        this.parameterCount = parameterCount;
        this.isOpen = isOpen;
        this.arguments = arguments;
    }

    /** Those of a declaration seen from within: all parameters of it and around it stand for themselves. */
    static Bindings within(Node node) {
        Node around = node.parent();
        return new Bindings(around == null ? null : within(around), node.id(), node.parameterCount(), true, List.of());
    }

    /** Those of something that is declared in this scope, without arguments for its own parameters. */
    Bindings push(long id, int parameters) {
        return new Bindings(this, id, parameters, false, List.of());
    }

    boolean isGeneric() {
        return parameterCount > 0 || (parent != null && parent.isGeneric());
    }

    int parameterCount() {
        return parameterCount;
    }

    List<Branded> arguments() {
        return arguments;
    }

    /** The same with arguments for the innermost scope. */
    Bindings apply(List<Branded> given) {
        return new Bindings(parent, scopeId, parameterCount, false, given);
    }

    /** What {@code resolved} stands for here. */
    Branded interpret(Resolved resolved, Span span) {
        return switch (resolved) {
            case Resolved.Found found -> {
                Bindings around = pop(found.scopeId());
                Referent referent = found.referent();
                yield new Branded.Declared(
                        referent,
                        found.brand() == null
                                ? around.push(referent.id(), referent.parameterCount())
                                : around.evaluate(referent, found.brand().scopes(), 0),
                        span);
            }
            case Resolved.Parameter parameter -> argument(parameter.scopeId(), parameter.index(), span);
            case Resolved.Broken broken -> throw new IllegalArgumentException("it stands for nothing");
        };
    }

    private Bindings pop(long id) {
        for (Bindings scope = this; scope != null; scope = scope.parent) {
            if (scope.scopeId == id) {
                return scope;
            }
        }
        return new Bindings(null, id, 0, false, List.of());
    }

    private @Nullable Bindings find(long id) {
        for (Bindings scope = this; scope != null; scope = scope.parent) {
            if (scope.scopeId == id) {
                return scope;
            }
        }
        return null;
    }

    /** A parameter's argument; the parameter itself when its scope is open. */
    private Branded argument(long id, int index, Span span) {
        Bindings scope = find(id);
        if (scope == null || scope.isOpen) {
            return new Branded.Variable(id, index, span);
        }
        return index < scope.arguments.size() ? scope.arguments.get(index) : builtin(Builtin.ANY_POINTER, span);
    }

    static Branded builtin(Builtin builtin, Span span) {
        return new Branded.Declared(
                builtin, new Bindings(null, builtin.id(), builtin.parameterCount(), false, List.of()), span);
    }

    /** The bindings of {@code referent} under a brand that was written in this scope. */
    private Bindings evaluate(Referent referent, List<Brand.Scope> brand, int index) {
        boolean open = false;
        List<Branded> bound = List.of();
        int next = index;
        if (index < brand.size() && brand.get(index).id() == referent.id()) {
            List<Type> given = brand.get(index).arguments();
            if (given != null) {
                bound = new ArrayList<>();
                for (Type type : given) {
                    bound.add(reverse(type));
                }
            } else {
                Bindings scope = find(referent.id());
                open = scope == null || scope.isOpen;
                bound = scope == null || open ? List.of() : scope.arguments;
            }
            next++;
        }
        Node around = referent.parent();
        return new Bindings(
                around == null ? null : evaluate(around, brand, next),
                referent.id(),
                referent.parameterCount(),
                open,
                bound);
    }

    /** A type, back into what an expression for it would stand for here. */
    private Branded reverse(Type type) {
        Span nowhere = new Span(0, 0);
        return switch (type) {
            case Type.Simple simple -> builtin(Builtin.of(simple), nowhere);
            case Type.Named named ->
                new Branded.Declared(
                        named.node(), evaluate(named.node(), named.brand().scopes(), 0), nowhere);
            case Type.ListOf list ->
                new Branded.Declared(
                        Builtin.LIST,
                        new Bindings(null, Builtin.LIST.id(), 1, false, List.of(reverse(list.element()))),
                        nowhere);
            case Type.Parameter parameter -> argument(parameter.scopeId(), parameter.index(), nowhere);
            case Type.Implicit implicit -> new Branded.Variable(0, implicit.index(), nowhere);
        };
    }

    /** As a node tells it. */
    Brand toBrand(Types types) {
        List<Brand.Scope> scopes = new ArrayList<>();
        for (Bindings scope = this; scope != null; scope = scope.parent) {
            if (scope.isOpen && scope.parameterCount > 0) {
                scopes.add(new Brand.Scope(scope.scopeId, null));
            } else if (!scope.arguments.isEmpty()) {
                List<Type> given = new ArrayList<>();
                for (Branded argument : scope.arguments) {
                    Type type = types.type(argument);
                    given.add(type == null ? Type.Simple.VOID : type);
                }
                scopes.add(new Brand.Scope(scope.scopeId, given));
            }
        }
        return scopes.isEmpty() ? Brand.NONE : new Brand(scopes);
    }
}
