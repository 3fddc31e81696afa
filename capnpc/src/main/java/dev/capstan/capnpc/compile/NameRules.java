package dev.capstan.capnpc.compile;

import dev.capstan.capnpc.syntax.Declaration;
import dev.capstan.capnpc.syntax.Expression;
import dev.capstan.capnpc.syntax.Name;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Checks the names that are declared in one scope, and that each declaration is where it belongs. */
final class NameRules {
    private final ParsedFile module;
    private final Map<String, Name> names = new HashMap<>();

    NameRules(ParsedFile module) {
        this.module = module;
    }

    /** Checks what is declared in a node, groups and unions included. */
    static void check(ParsedFile module, List<Declaration> inside) {
        new NameRules(module).checkAll(inside);
    }

    /** Checks that no two parameters have one name; as to the form of their names, compilers have never cared. */
    static void checkParameters(ParsedFile module, List<Declaration> parameters) {
        NameRules rules = new NameRules(module);
        parameters.forEach(parameter -> rules.checkUnique(parameter.name()));
    }

    private void checkAll(List<Declaration> inside) {
        for (Declaration declaration : inside) {
            checkUnique(declaration.name());
            checkCase(declaration);
            if (declaration.body() == Declaration.Plain.UNION || declaration.body() == Declaration.Plain.GROUP) {
                checkNested(declaration);
                // The members of an unnamed union are members of the struct.
                NameRules rules = declaration.name().text().isEmpty() ? this : new NameRules(module);
                rules.checkAll(declaration.inside());
            }
        }
    }

    private void checkUnique(Name name) {
        Name other = names.putIfAbsent(name.text(), name);
        if (other == null) {
            return;
        }
        if (name.text().isEmpty()) {
            module.problem(name.span(), "There is an unnamed union here already.", "Give one of the two a name.");
        } else {
            module.problem(
                    name.span(), "'" + name.text() + "' is declared twice.", "Give one of the two another name.");
            module.problem(
                    other.span(), "'" + name.text() + "' is declared here, too.", "Give one of the two another name.");
        }
    }

    /** Types begin with a capital letter, everything else does not; aliases follow what they stand for. */
    private void checkCase(Declaration declaration) {
        String name = declaration.name().text();
        if (name.isEmpty()) {
            return;
        }
        boolean isType = isType(declaration.body());
        char first = name.charAt(0);
        if (isType && (first < 'A' || first > 'Z')) {
            module.problem(
                    declaration.name().span(),
                    "Names of types begin with a capital letter.",
                    "Write '" + Character.toUpperCase(first) + name.substring(1) + "'.");
        } else if (!isType && (first < 'a' || first > 'z')) {
            module.problem(
                    declaration.name().span(),
                    "Only names of types begin with a capital letter.",
                    "Write '" + Character.toLowerCase(first) + name.substring(1) + "'.");
        }
        if (name.indexOf('_') >= 0) {
            module.problem(
                    declaration.name().span(),
                    "Names have no underscores.",
                    "Write it in camelCase; code generators make of it what their language likes.");
        }
    }

    private static boolean isType(Declaration.Body body) {
        return switch (body) {
            case Declaration.Plain plain ->
                switch (plain) {
                    case STRUCT, ENUM, FILE -> true;
                    case ENUMERANT, UNION, GROUP -> false;
                };
            case Declaration.Interface type -> true;
            case Declaration.Using using -> {
                String target = lastName(using.target());
                yield target.isEmpty() || target.charAt(0) < 'a' || target.charAt(0) > 'z';
            }
            case Declaration.Const constant -> false;
            case Declaration.Field field -> false;
            case Declaration.Method method -> false;
            case Declaration.Annotation annotation -> false;
        };
    }

    private static String lastName(Expression expression) {
        Expression inner = expression;
        while (inner instanceof Expression.Application application) {
            inner = application.function();
        }
        return switch (inner) {
            case Expression.Relative relative -> relative.name().text();
            case Expression.Absolute absolute -> absolute.name().text();
            case Expression.Member member -> member.name().text();
            default -> "";
        };
    }

    /** Only structs have declarations inside; groups and unions have members alone. */
    private void checkNested(Declaration declaration) {
        for (Declaration inside : declaration.inside()) {
            boolean isMember = inside.body() instanceof Declaration.Field
                    || inside.body() == Declaration.Plain.UNION
                    || inside.body() == Declaration.Plain.GROUP;
            if (!isMember) {
                module.problem(
                        inside.name().span(),
                        "Groups and unions have members alone.",
                        "Declare it outside, in the struct.");
            }
        }
    }
}
