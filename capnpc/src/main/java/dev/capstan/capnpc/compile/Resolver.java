package dev.capstan.capnpc.compile;

import dev.capstan.capnpc.syntax.Expression;
import dev.capstan.capnpc.syntax.Name;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Finds out what expressions in a declaration stand for. */
final class Resolver {
    private final Node scope;
    private final ParsedFile module;
    private final Implicits implicits;
    private final Bindings bindings;
    private final Types types;

    Resolver(Node scope, Implicits implicits) {
        this.scope = scope;
        this.implicits = implicits;
        module = scope.module();
        bindings = Bindings.within(scope);
        types = new Types(scope.program(), module);
    }

    private Resolver(Resolver same, Implicits implicits) {
        scope = same.scope;
        module = same.module;
        bindings = same.bindings;
        types = same.types;
        this.implicits = implicits;
    }

    /** The same with these parameters of a method in sight. */
    Resolver with(Implicits others) {
        return new Resolver(this, others);
    }

    Types types() {
        return types;
    }

    Bindings bindings() {
        return bindings;
    }

    /** The type that an expression stands for; null after a problem. */
    @Nullable
    Type type(Expression expression) {
        Branded branded = resolve(expression);
        Type type = branded == null ? null : types.type(branded);
        return type == null ? null : types.spend(type, expression.span());
    }

    /** Null after a problem. */
    @Nullable
    Branded resolve(Expression expression) {
        return switch (expression) {
            case Expression.Unknown unknown -> null;
            case Expression.Relative relative -> relative(relative.name());
            case Expression.Absolute absolute -> {
                Resolved found = scope.top().resolveMember(absolute.name().text());
                if (found == null) {
                    List<String> names = new ArrayList<>();
                    scope.top().addMembers(names, true);
                    undefined(absolute.name(), names);
                }
                yield found == null || found instanceof Resolved.Broken
                        ? null
                        : bindings.interpret(found, absolute.span());
            }
            case Expression.Import imported -> imported(imported);
            case Expression.Application application -> apply(application);
            case Expression.Member member -> member(member);
            case Expression.Whole whole -> noName(expression);
            case Expression.Fraction fraction -> noName(expression);
            case Expression.Text text -> noName(expression);
            case Expression.Binary binary -> noName(expression);
            case Expression.Embed embed -> noName(expression);
            case Expression.ListOf list -> noName(expression);
            case Expression.Tuple tuple -> noName(expression);
        };
    }

    private @Nullable Branded noName(Expression expression) {
        module.problem(expression.span(), "The name of a declaration is expected here.", "A value cannot stand here.");
        return null;
    }

    private @Nullable Branded relative(Name name) {
        for (int i = 0; i < implicits.names().size(); i++) {
            if (implicits.names().get(i).text().equals(name.text())) {
                return new Branded.Variable(implicits.scopeId(), i, name.span());
            }
        }
        Resolved found = scope.resolve(name.text());
        if (found == null) {
            List<String> names = new ArrayList<>();
            implicits.names().forEach(parameter -> names.add(parameter.text()));
            scope.addNames(names);
            undefined(name, names);
            return null;
        }
        return found instanceof Resolved.Broken ? null : bindings.interpret(found, name.span());
    }

    private @Nullable Branded imported(Expression.Import imported) {
        ParsedFile file =
                module.imported(imported.path().text(), imported.path().span());
        if (file == null) {
            return null;
        }
        Node node = file.node(scope.program());
        return new Branded.Declared(node, Bindings.within(node), imported.span());
    }

    private @Nullable Branded apply(Expression.Application application) {
        Branded function = resolve(application.function());
        List<Branded> arguments = new ArrayList<>();
        boolean failed = function == null;
        for (Expression.Item item : application.arguments()) {
            if (item.name() != null) {
                module.problem(item.name().span(), "Type arguments have no names.", "Remove the name.");
            }
            Branded argument = function == null ? null : resolve(item.value());
            failed |= argument == null;
            if (argument != null) {
                arguments.add(argument);
            }
        }
        if (failed) {
            return null;
        }
        if (!(function instanceof Branded.Declared declared)) {
            module.problem(application.span(), "A type parameter takes no arguments.", "Remove them.");
            return null;
        }
        if (!fits(declared, arguments, application)) {
            return null;
        }
        return new Branded.Declared(declared.referent(), declared.bindings().apply(arguments), application.span());
    }

    private boolean fits(Branded.Declared declared, List<Branded> arguments, Expression.Application application) {
        int wanted = declared.bindings().parameterCount();
        if (!declared.bindings().arguments().isEmpty()) {
            module.problem(application.span(), "The type has its arguments already.", "Remove these.");
            return false;
        }
        if (arguments.size() != wanted) {
            String text = declared.referent().text();
            module.problem(
                    application.span(),
                    wanted == 0
                            ? "'" + text + "' takes no type arguments."
                            : "'" + text + "' takes " + wanted + " type arguments.",
                    "There are " + arguments.size() + ".");
            return false;
        }
        if (declared.referent() != Builtin.LIST) {
            for (int i = 0; i < arguments.size(); i++) {
                if (!isPointer(arguments.get(i))) {
                    module.problem(
                            application.arguments().get(i).value().span(),
                            "Only types that live behind a pointer can be type arguments.",
                            "Those are structs, interfaces, lists, Text, Data and AnyPointer.");
                    return false;
                }
            }
        }
        return true;
    }

    private static boolean isPointer(Branded argument) {
        return switch (argument) {
            case Branded.Variable variable -> true;
            case Branded.Declared declared ->
                switch (declared.referent()) {
                    case Node node -> node.kind() == Kind.STRUCT || node.kind() == Kind.INTERFACE;
                    case Builtin builtin ->
                        builtin == Builtin.LIST
                                || builtin == Builtin.TEXT
                                || builtin == Builtin.DATA
                                || builtin == Builtin.ANY_POINTER;
                };
        };
    }

    private @Nullable Branded member(Expression.Member member) {
        Branded parent = resolve(member.parent());
        if (parent == null) {
            return null;
        }
        if (parent instanceof Branded.Declared declared && declared.referent() instanceof Node node) {
            Resolved found = node.resolveMember(member.name().text());
            if (found != null) {
                return found instanceof Resolved.Broken
                        ? null
                        : declared.bindings().interpret(found, member.span());
            }
            // The aliases of another file can be named, but are mostly there for its own use.
            List<String> names = new ArrayList<>();
            node.addMembers(names, node.module() == module);
            module.problem(
                    member.name().span(),
                    "'" + member.parent().text() + "' has no member named '"
                            + member.name().text() + "'.",
                    Suggestion.of(member.name().text(), names, Suggestion.all(names)));
            return null;
        }
        module.problem(
                member.name().span(),
                "'" + member.parent().text() + "' has no members.",
                "Only types, files and what stands in them have.");
        return null;
    }

    private void undefined(Name name, List<String> names) {
        module.problem(
                name.span(),
                "'" + name.text() + "' is not declared.",
                Suggestion.of(
                        name.text(), names, "Declare it, or import its file: using X = import \"file.capnp\".X;"));
    }

    /** Where a named declaration is found, without its arguments. */
    static @Nullable Node node(Branded branded, Kind kind) {
        return branded instanceof Branded.Declared declared
                        && declared.referent() instanceof Node node
                        && node.kind() == kind
                ? node
                : null;
    }
}
