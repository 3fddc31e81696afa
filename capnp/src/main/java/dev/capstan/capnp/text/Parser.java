package dev.capstan.capnp.text;

import dev.capstan.capnp.text.Expression.Assignment;
import java.util.ArrayList;
import java.util.List;

/** Reads one value after the other; each byte is looked at a bounded number of times. */
final class Parser {
    private final Source source;
    private final Literals literals;
    private final int nesting;
    private int at;
    private int depth;

    Parser(Source source, int nesting) {
        this.source = source;
        this.nesting = nesting;
        literals = new Literals(source);
    }

    /** Whether anything but space and comments is left. */
    boolean hasMore() {
        return peek() != -1;
    }

    /** Where the next value begins. */
    int position() {
        return at;
    }

    private int peek() {
        at = literals.skipSpace(at);
        return source.at(at);
    }

    Expression value() {
        int c = peek();
        int start = at;
        if (Literals.isLetter(c)) {
            String word = literals.word(start);
            at = literals.end();
            return named(word, start);
        }
        if (Literals.isDigit(c)) {
            return took(literals.digits(start));
        }
        return switch (c) {
            case '(' -> tuple();
            case '[' -> list();
            case '"', '`' -> took(literals.text(start));
            case '-' -> negative(start);
            case -1 -> throw source.problem(at, "The text ends where a value is expected. Complete it.");
            case '<' ->
                throw source.problem(
                        at,
                        "Capabilities and pointers of unknown type cannot be written as text. Leave the field out.");
            case ',', ')', ']' ->
                throw source.problem(
                        at, "A value is missing before '" + (char) c + "'. Write it, or remove what separates it.");
            case '.' -> throw constants(start);
            default ->
                throw source.problem(
                        at, "No value begins like this. Write a number, \"text\", a name, [a list] or (a = struct).");
        };
    }

    private Expression took(Expression literal) {
        at = literals.end();
        return literal;
    }

    private Expression named(String word, int start) {
        int next = peek();
        if (next == '.' || next == '(' || ((word.equals("import") || word.equals("embed")) && next == '"')) {
            throw constants(start);
        }
        return new Expression.Name(word, start);
    }

    private TextException constants(int start) {
        return source.problem(
                start, "Constants, imports and files exist in schemas alone. Write the value itself in their place.");
    }

    private Expression negative(int start) {
        at++;
        int c = peek();
        if (Literals.isDigit(c)) {
            return took(literals.number(start, at, true));
        }
        String word = literals.word(at);
        if (word.equals("inf")) {
            at = literals.end();
            return new Expression.Fraction(Double.NEGATIVE_INFINITY, start);
        }
        throw source.problem(start, "A number belongs behind the minus. Or inf.");
    }

    private void open() {
        if (++depth > nesting) {
            throw source.problem(
                    at,
                    "Brackets nest deeper than " + nesting
                            + " levels (Limits.nesting). Raise the limit if it must be.");
        }
        at++;
    }

    private Expression list() {
        int start = at;
        List<Expression> elements = new ArrayList<>();
        open();
        while (!closes(']', start)) {
            elements.add(value());
            separator(']', start);
        }
        return new Expression.Listed(elements, start);
    }

    private Expression tuple() {
        int start = at;
        List<Assignment> fields = new ArrayList<>();
        open();
        while (!closes(')', start)) {
            fields.add(assignment());
            separator(')', start);
        }
        return fields.size() == 1 && fields.getFirst().name() == null
                ? fields.getFirst().value()
                : new Expression.Tuple(fields, start);
    }

    private Assignment assignment() {
        if (Literals.isLetter(peek())) {
            int start = at;
            String name = literals.word(start);
            at = literals.end();
            if (peek() != '=') {
                return new Assignment(null, named(name, start), start);
            }
            at++;
            return new Assignment(name, value(), start);
        }
        int start = at;
        return new Assignment(null, value(), start);
    }

    /** Whether the bracket closes here; then it is consumed. */
    private boolean closes(char bracket, int opened) {
        int c = peek();
        if (c == -1) {
            throw source.problem(opened, "This is not closed. Put '" + bracket + "' where it ends.");
        }
        if (c != bracket) {
            return false;
        }
        at++;
        depth--;
        return true;
    }

    /** A comma, which may also stand behind the last item, or the closing bracket, which stays. */
    private void separator(char bracket, int opened) {
        int c = peek();
        if (c == ',') {
            at++;
        } else if (c != bracket && c != -1) {
            throw source.problem(
                    at,
                    "Neither ',' nor '" + bracket + "' is here. Separate values with ','"
                            + (c == '=' ? "; names of fields stand in parentheses." : "."));
        } else if (c == -1) {
            throw source.problem(opened, "This is not closed. Put '" + bracket + "' where it ends.");
        }
    }
}
