package dev.capstan.capnpc.syntax;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Parses the statement of one declaration, without its block. */
final class Declarations {
    private static final String TARGETS = Arrays.stream(Declaration.Target.values())
            .map(target -> target.name().toLowerCase(Locale.ROOT))
            .collect(Collectors.joining(", "));

    private final Source source;
    private final Problems problems;
    private final Expressions expressions;

    Declarations(Source source, Problems problems, Expressions expressions) {
        this.source = source;
        this.problems = problems;
        this.expressions = expressions;
    }

    Declaration using(Tokens tokens) {
        tokens.skip();
        Name name = null;
        if (tokens.peek(0) instanceof Token.Word && tokens.isOperator(1, "=")) {
            name = tokens.name("A name");
            tokens.skip();
        }
        Expression target = expressions.expression(tokens);
        if (name == null) {
            if (target instanceof Expression.Member member) {
                name = member.name();
            } else {
                name = new Name("", target.span());
                add(target.span(), "It is not said by which name this is used.", "Write 'using Name = ...;'.");
            }
        }
        return plain(name, null, null, List.of(), List.of(), new Declaration.Using(target));
    }

    Declaration constant(Tokens tokens) {
        tokens.skip();
        Name name = tokens.name("The name of the constant");
        Ordinal id = tryId(tokens);
        tokens.operator(":");
        Expression type = expressions.expression(tokens);
        tokens.operator("=");
        Expression value = expressions.expression(tokens);
        return plain(name, id, null, List.of(), expressions.annotations(tokens), new Declaration.Const(type, value));
    }

    Declaration enumeration(Tokens tokens) {
        tokens.skip();
        Name name = tokens.name("The name of the enum");
        Ordinal id = tryId(tokens);
        return plain(name, id, null, List.of(), expressions.annotations(tokens), Declaration.Plain.ENUM);
    }

    Declaration enumerant(Tokens tokens) {
        Name name = tokens.name("An enumerant");
        Ordinal ordinal = ordinal(tokens);
        return plain(name, null, ordinal, List.of(), expressions.annotations(tokens), Declaration.Plain.ENUMERANT);
    }

    Declaration struct(Tokens tokens) {
        tokens.skip();
        Name name = tokens.name("The name of the struct");
        Ordinal id = tryId(tokens);
        List<Name> parameters = tryNames(tokens, true);
        return plain(name, id, null, parameters, expressions.annotations(tokens), Declaration.Plain.STRUCT);
    }

    Declaration interfaceType(Tokens tokens) {
        tokens.skip();
        Name name = tokens.name("The name of the interface");
        Ordinal id = tryId(tokens);
        List<Name> parameters = tryNames(tokens, true);
        List<Expression> superclasses = new ArrayList<>();
        if (tokens.tryWord("extends")) {
            Token.Bracketed list = brackets(tokens, true, "The interfaces in round brackets are");
            for (Expression superclass : expressions.<Expression>items(list, expressions::expression)) {
                superclasses.add(superclass == null ? new Expression.Unknown(Tokens.span(list)) : superclass);
            }
        }
        return plain(
                name, id, null, parameters, expressions.annotations(tokens), new Declaration.Interface(superclasses));
    }

    Declaration annotation(Tokens tokens) {
        tokens.skip();
        Name name = tokens.name("The name of the annotation");
        Ordinal id = tryId(tokens);
        Token.Bracketed list = brackets(tokens, true, "What the annotation may be put on, in round brackets, is");
        Set<Declaration.Target> targets = targets(list);
        tokens.operator(":");
        Expression type = expressions.expression(tokens);
        return plain(
                name, id, null, List.of(), expressions.annotations(tokens), new Declaration.Annotation(type, targets));
    }

    Declaration unnamedUnion(Tokens tokens) {
        Token keyword = Objects.requireNonNull(tokens.peek(0));
        tokens.skip();
        Name name = new Name("", Tokens.span(keyword));
        return plain(name, null, null, List.of(), List.of(), Declaration.Plain.UNION);
    }

    /** A field, group or named union. */
    Declaration structMember(Tokens tokens) {
        Name name = tokens.name("The name of a member");
        if (tokens.tryOperator(":")) {
            Declaration.Plain kind = tokens.tryWord("group") ? Declaration.Plain.GROUP : Declaration.Plain.UNION;
            if (kind == Declaration.Plain.UNION && !tokens.tryWord("union")) {
                throw tokens.failure("A field has a number before its type.", "Like 'name @0 :Type'.");
            }
            return plain(name, null, null, List.of(), expressions.annotations(tokens), kind);
        }
        Ordinal ordinal = ordinal(tokens);
        if (tokens.isOperator(0, "!") || tokens.isWord(0, "union") || (tokens.isOperator(0, ":") && isUnion(tokens))) {
            return numberedUnion(tokens, name, ordinal);
        }
        tokens.operator(":");
        return field(tokens, name, ordinal);
    }

    private static boolean isUnion(Tokens tokens) {
        Token next = tokens.peek(2);
        return tokens.isWord(1, "union") && (next == null || tokens.isOperator(2, "$"));
    }

    /** A union with the number of its tag, as needed when a field was made a union later. */
    private Declaration numberedUnion(Tokens tokens, Name name, Ordinal ordinal) {
        if (!tokens.tryOperator("!")) {
            add(
                    ordinal.span(),
                    "Unions have no number any more.",
                    "Remove it; if data with this layout exists, write @" + ordinal.value() + "! to keep it.");
        }
        if (!tokens.tryOperator(":")) {
            add(ordinal.span(), "A ':' belongs before 'union'.", "Like 'name :union { ... }'.");
        }
        if (!tokens.tryWord("union")) {
            throw tokens.failure("'union' is expected here.", "Only unions have a number with '!'.");
        }
        return plain(name, null, ordinal, List.of(), expressions.annotations(tokens), Declaration.Plain.UNION);
    }

    private Declaration field(Tokens tokens, Name name, @Nullable Ordinal ordinal) {
        Expression type = expressions.expression(tokens);
        Expression value = tokens.tryOperator("=") ? expressions.expression(tokens) : null;
        return plain(
                name, null, ordinal, List.of(), expressions.annotations(tokens), new Declaration.Field(type, value));
    }

    Declaration method(Tokens tokens) {
        Name name = tokens.name("The name of a method");
        Ordinal ordinal = ordinal(tokens);
        List<Name> implicit = tryNames(tokens, false);
        Declaration.Parameters parameters = parameters(tokens);
        Declaration.Parameters results = tokens.tryOperator("->") ? parameters(tokens) : null;
        return plain(
                name,
                null,
                ordinal,
                implicit,
                expressions.annotations(tokens),
                new Declaration.Method(parameters, results));
    }

    private Declaration.Parameters parameters(Tokens tokens) {
        Token token = tokens.peek(0);
        if (token instanceof Token.Bracketed list && list.round()) {
            tokens.skip();
            List<Declaration> fields = new ArrayList<>();
            for (Declaration field : expressions.<Declaration>items(list, this::parameter)) {
                if (field != null) {
                    fields.add(field);
                }
            }
            return new Declaration.Listed(fields, Tokens.span(list));
        }
        if (token != null && tokens.tryWord("stream")) {
            return new Declaration.Stream(Tokens.span(token));
        }
        return new Declaration.Named(expressions.expression(tokens));
    }

    private Declaration parameter(Tokens tokens) {
        int start = tokens.offset();
        Name name = tokens.name("The name of a parameter");
        tokens.operator(":");
        Declaration field = field(tokens, name, null);
        return new Declaration(
                name, null, null, List.of(), List.of(), field.annotations(), null, tokens.since(start), field.body());
    }

    Ordinal id(Tokens tokens) {
        Ordinal id = number(tokens, "An id like @0xdeadbeefdeadbeef");
        if (id.value() >= 0) {
            add(id.span(), "The id is too small.", "Ids have bit 63 set; make a new one with 'capstan id'.");
        }
        return id;
    }

    private @Nullable Ordinal tryId(Tokens tokens) {
        return tokens.isOperator(0, "@") ? id(tokens) : null;
    }

    private Ordinal ordinal(Tokens tokens) {
        Ordinal ordinal = number(tokens, "A number like @0");
        if (ordinal.value() < 0 || ordinal.value() > 65535) {
            add(ordinal.span(), "The number is too large.", "Numbers go from @0 to @65535.");
            return new Ordinal(65535, ordinal.span());
        }
        return ordinal;
    }

    private static Ordinal number(Tokens tokens, String what) {
        if (tokens.peek(1) instanceof Token.Malformed) {
            // The failure is at that token.
            tokens.tryOperator("@");
        }
        if (!tokens.isOperator(0, "@") || !(tokens.peek(1) instanceof Token.Whole number)) {
            throw tokens.failure(
                    what + " is expected here.", "Numbers of members go up from @0; ./capstan id makes an id.");
        }
        int start = tokens.offset();
        tokens.skip();
        tokens.skip();
        return new Ordinal(number.bits(), tokens.since(start));
    }

    private static Token.Bracketed brackets(Tokens tokens, boolean round, String what) {
        if (tokens.peek(0) instanceof Token.Bracketed list && list.round() == round) {
            tokens.skip();
            return list;
        }
        throw tokens.failure(what + " expected here.", "Like (first, second).");
    }

    private List<Name> tryNames(Tokens tokens, boolean round) {
        List<Name> names = new ArrayList<>();
        if (tokens.peek(0) instanceof Token.Bracketed list && list.round() == round) {
            tokens.skip();
            for (Name name : expressions.<Name>items(list, item -> item.name("The name of a type parameter"))) {
                if (name != null) {
                    names.add(name);
                }
            }
        }
        return names;
    }

    private Set<Declaration.Target> targets(Token.Bracketed list) {
        EnumSet<Declaration.Target> targets = EnumSet.noneOf(Declaration.Target.class);
        for (EnumSet<Declaration.Target> item :
                expressions.<EnumSet<Declaration.Target>>items(list, tokens -> target(tokens, list))) {
            if (item != null) {
                targets.addAll(item);
            }
        }
        return targets;
    }

    private EnumSet<Declaration.Target> target(Tokens tokens, Token.Bracketed list) {
        if (tokens.isOperator(0, "*")) {
            if (list.items().size() > 1) {
                throw tokens.failure("'*' stands for all targets.", "Remove the others.");
            }
            tokens.skip();
            return EnumSet.allOf(Declaration.Target.class);
        }
        Name name = tokens.name("A target");
        for (Declaration.Target target : Declaration.Target.values()) {
            if (target.name().toLowerCase(Locale.ROOT).equals(name.text())) {
                return EnumSet.of(target);
            }
        }
        throw new SyntaxFailure(
                name.span(), "Annotations cannot be put on this.", "There are: " + TARGETS + ", or '*'.");
    }

    private static Declaration plain(
            Name name,
            @Nullable Ordinal id,
            @Nullable Ordinal ordinal,
            List<Name> parameters,
            List<Declaration.Annotated> annotations,
            Declaration.Body body) {
        return new Declaration(name, id, ordinal, parameters, List.of(), annotations, null, name.span(), body);
    }

    private void add(Span span, String message, String hint) {
        problems.add(source, span.start(), span.end(), message, hint);
    }
}
