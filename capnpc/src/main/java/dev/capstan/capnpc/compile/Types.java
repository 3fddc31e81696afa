package dev.capstan.capnpc.compile;

import dev.capstan.capnpc.syntax.Span;
import org.jspecify.annotations.Nullable;

/** Makes types of what expressions stand for, and tells why something is none. */
final class Types {
    private final Budget budget;
    private final ParsedFile module;

    Types(Program program, ParsedFile module) {
        budget = program.budget();
        this.module = module;
    }

    /** Null after a problem. */
    @Nullable
    Type type(Branded branded) {
        return switch (branded) {
            case Branded.Variable variable ->
                variable.scopeId() == 0
                        ? new Type.Implicit(variable.index())
                        : new Type.Parameter(variable.scopeId(), variable.index());
            case Branded.Declared declared ->
                switch (declared.referent()) {
                    case Builtin builtin -> builtin.type() != null ? builtin.type() : list(declared);
                    case Node node -> named(node, declared);
                };
        };
    }

    private @Nullable Type named(Node node, Branded.Declared declared) {
        if (node.kind() != Kind.STRUCT && node.kind() != Kind.ENUM && node.kind() != Kind.INTERFACE) {
            module.problem(
                    declared.span(),
                    "'" + node.text() + "' is not a type.",
                    "Types are structs, enums and interfaces.");
            return null;
        }
        return checked(new Type.Named(node, declared.bindings().toBrand(this)), declared.span());
    }

    private @Nullable Type list(Branded.Declared declared) {
        if (declared.bindings().arguments().size() != 1) {
            module.problem(declared.span(), "'List' takes one type.", "Like List(Text).");
            return null;
        }
        Type element = type(declared.bindings().arguments().getFirst());
        if (element == Type.Simple.ANY_POINTER
                || element == Type.Simple.ANY_STRUCT
                || element instanceof Type.Parameter
                || element instanceof Type.Implicit) {
            module.problem(
                    declared.span(),
                    "There are no lists of " + element.text() + ".",
                    "Put it into a struct, or use AnyPointer for the whole list.");
            return null;
        }
        return element == null ? null : checked(new Type.ListOf(element), declared.span());
    }

    /** Accounts for one use of the type; null after a problem. */
    @Nullable
    Type spend(Type type, Span span) {
        if (!budget.spendType(type.weight())) {
            module.problem(span, "All types together are too large.", "A run may name " + Budget.TYPES + " types.");
            return null;
        }
        return type;
    }

    private @Nullable Type checked(Type type, Span span) {
        if (type.depth() > Budget.DEPTH || type.weight() > Budget.TYPE) {
            module.problem(
                    span,
                    "The type is too large.",
                    "Types may nest " + Budget.DEPTH + " deep and name " + Budget.TYPE + " others.");
            return null;
        }
        return type;
    }
}
