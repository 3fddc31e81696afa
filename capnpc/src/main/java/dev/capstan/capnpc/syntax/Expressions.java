package dev.capstan.capnpc.syntax;

import dev.capstan.capnp.Data;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Parses expressions, annotations and bracketed lists. */
final class Expressions {
    private static final String EXPECTED = "A type or value is expected here.";

    private static final String FORMS =
            "Like Text, List(Int32) and import \"file.capnp\".Type, or 1, \"text\" and [1, 2].";

    private final Source source;
    private final Problems problems;

    Expressions(Source source, Problems problems) {
        this.source = source;
        this.problems = problems;
    }

    Expression expression(Tokens tokens) {
        int start = tokens.offset();
        Expression expression = base(tokens, start);
        for (int suffixes = 0; ; suffixes++) {
            if (suffixes > Limits.NESTING) {
                throw tokens.failure("The name has more than " + Limits.NESTING + " parts.", "Use 'using'.");
            }
            if (tokens.isOperator(0, ".")) {
                tokens.skip();
                Name name = tokens.name("The name of a member");
                expression = new Expression.Member(expression, name, tokens.since(start));
            } else if (tokens.peek(0) instanceof Token.Bracketed list && list.round()) {
                tokens.skip();
                expression = new Expression.Application(expression, tuple(list), tokens.since(start));
            } else {
                return expression;
            }
        }
    }

    List<Declaration.Annotated> annotations(Tokens tokens) {
        List<Declaration.Annotated> annotations = new ArrayList<>();
        while (tokens.isOperator(0, "$")) {
            annotations.add(annotation(tokens));
        }
        return annotations;
    }

    /** The brackets behind the name are its value, not its type arguments. */
    Declaration.Annotated annotation(Tokens tokens) {
        tokens.operator("$");
        Expression expression = expression(tokens);
        if (expression instanceof Expression.Application application) {
            return new Declaration.Annotated(
                    application.function(), grouped(application.arguments(), application.span()));
        }
        return new Declaration.Annotated(expression, null);
    }

    /** Items of a list, null for those that cannot be parsed; their problems are told. */
    <T> List<@Nullable T> items(Token.Bracketed list, Function<Tokens, T> item) {
        List<@Nullable T> items = new ArrayList<>();
        for (List<Token> tokens : list.items()) {
            Tokens inside = new Tokens(tokens, Tokens.span(list));
            try {
                T parsed = item.apply(inside);
                inside.end("The list item should end here.");
                items.add(parsed);
            } catch (SyntaxFailure e) {
                add(e);
                items.add(null);
            }
        }
        return items;
    }

    void add(SyntaxFailure failure) {
        if (!failure.isTold()) {
            problems.add(source, failure.span().start(), failure.span().end(), failure.text(), failure.hint());
        }
    }

    private Expression base(Tokens tokens, int start) {
        return switch (tokens.peek(0)) {
            case Token.Whole whole -> {
                tokens.skip();
                yield new Expression.Whole(whole.bits(), false, Tokens.span(whole));
            }
            case Token.Fraction fraction -> {
                tokens.skip();
                yield new Expression.Fraction(fraction.value(), Tokens.span(fraction));
            }
            case Token.Quoted quoted -> text(tokens, quoted, start);
            case Token.Binary binary -> {
                tokens.skip();
                yield new Expression.Binary(binary.bytes(), Tokens.span(binary));
            }
            case Token.Bracketed list -> {
                tokens.skip();
                yield list.round() ? grouped(tuple(list), Tokens.span(list)) : listOf(list);
            }
            case Token.Operator operator when operator.text().equals("-") -> negative(tokens, start);
            case Token.Operator operator
            when operator.text().equals(".") -> {
                tokens.skip();
                Name name = tokens.name("A name in this file");
                yield new Expression.Absolute(name, tokens.since(start));
            }
            case Token.Word word -> word(tokens, word, start);
            case Token.Operator operator -> throw tokens.failure(EXPECTED, touching(operator));
            case Token.Malformed _ -> throw tokens.failure(EXPECTED, FORMS);
            case null -> throw tokens.failure(EXPECTED, FORMS);
        };
    }

    private static String touching(Token.Operator operator) {
        return operator.text().length() > 1
                ? "Operators that touch are taken for one: put spaces between them."
                : FORMS;
    }

    private Expression word(Tokens tokens, Token.Word word, int start) {
        tokens.skip();
        boolean isImport = word.text().equals("import");
        if ((isImport || word.text().equals("embed")) && tokens.peek(0) instanceof Token.Quoted path) {
            tokens.skip();
            Name name = new Name(new String(path.bytes().toByteArray(), StandardCharsets.UTF_8), Tokens.span(path));
            return isImport
                    ? new Expression.Import(name, tokens.since(start))
                    : new Expression.Embed(name, tokens.since(start));
        }
        return new Expression.Relative(new Name(word.text(), Tokens.span(word)));
    }

    private static Expression negative(Tokens tokens, int start) {
        tokens.skip();
        return switch (tokens.peek(0)) {
            case Token.Whole whole -> {
                tokens.skip();
                yield new Expression.Whole(whole.bits(), true, tokens.since(start));
            }
            case Token.Fraction fraction -> {
                tokens.skip();
                yield new Expression.Fraction(-fraction.value(), tokens.since(start));
            }
            case Token.Word word
            when word.text().equals("inf") -> {
                tokens.skip();
                yield new Expression.Fraction(Double.NEGATIVE_INFINITY, tokens.since(start));
            }
            case null, default -> throw tokens.failure("A number is expected behind '-'.", "Like -1, -1.5 or -inf.");
        };
    }

    /** Texts that stand together are one. */
    private static Expression text(Tokens tokens, Token.Quoted first, int start) {
        tokens.skip();
        if (!(tokens.peek(0) instanceof Token.Quoted)) {
            return new Expression.Text(first.bytes(), Tokens.span(first));
        }
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        all.writeBytes(first.bytes().toByteArray());
        while (tokens.peek(0) instanceof Token.Quoted more) {
            all.writeBytes(more.bytes().toByteArray());
            tokens.skip();
        }
        return new Expression.Text(Data.of(all.toByteArray()), tokens.since(start));
    }

    private Expression listOf(Token.Bracketed list) {
        List<Expression> items = new ArrayList<>();
        for (Expression item : this.<Expression>items(list, this::expression)) {
            items.add(item == null ? new Expression.Unknown(Tokens.span(list)) : item);
        }
        return new Expression.ListOf(items, Tokens.span(list));
    }

    private List<Expression.Item> tuple(Token.Bracketed list) {
        List<Expression.Item> items = new ArrayList<>();
        for (Expression.Item item : this.<Expression.Item>items(list, this::item)) {
            items.add(item == null ? new Expression.Item(null, new Expression.Unknown(Tokens.span(list))) : item);
        }
        return items;
    }

    private Expression.Item item(Tokens tokens) {
        Name name = null;
        if (tokens.peek(0) instanceof Token.Word && tokens.isOperator(1, "=")) {
            name = tokens.name("A name");
            tokens.skip();
        }
        return new Expression.Item(name, expression(tokens));
    }

    private static Expression grouped(List<Expression.Item> items, Span span) {
        return items.size() == 1 && items.getFirst().name() == null
                ? items.getFirst().value()
                : new Expression.Tuple(items, span);
    }
}
