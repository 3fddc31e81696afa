package dev.capstan.capnpc.syntax;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** Goes through the tokens of a statement or list item. */
final class Tokens {
    private final List<Token> tokens;
    private final Span whole;
    private int next;

    /** {@code whole} is where problems are shown when there are no tokens. */
    Tokens(List<Token> tokens, Span whole) {
        this.tokens = tokens;
        this.whole = whole;
    }

    /** The token {@code ahead} of the next one; null past the end. */
    @Nullable
    Token peek(int ahead) {
        return next + ahead < tokens.size() ? tokens.get(next + ahead) : null;
    }

    void skip() {
        next++;
    }

    boolean isDone() {
        return next == tokens.size();
    }

    boolean isOperator(int ahead, String text) {
        return peek(ahead) instanceof Token.Operator operator && operator.text().equals(text);
    }

    boolean isWord(int ahead, String text) {
        return peek(ahead) instanceof Token.Word word && word.text().equals(text);
    }

    /** Consumes the operator if it is next. */
    boolean tryOperator(String text) {
        boolean found = isOperator(0, text);
        next += found ? 1 : 0;
        return found;
    }

    /** Consumes the word if it is next. */
    boolean tryWord(String text) {
        boolean found = isWord(0, text);
        next += found ? 1 : 0;
        return found;
    }

    void operator(String text) {
        if (!tryOperator(text)) {
            String hint =
                    peek(0) instanceof Token.Operator other && other.text().startsWith(text)
                            ? "Operators that touch are taken for one: put a space behind '" + text + "'."
                            : "Compare with: struct S { name @0 :Text = \"default\"; }";
            throw failure("'" + text + "' is expected here.", hint);
        }
    }

    Name name(String what) {
        if (!(peek(0) instanceof Token.Word word)) {
            throw failure(what + " is expected here.", "Names are made of letters and digits.");
        }
        next++;
        return new Name(word.text(), span(word));
    }

    void end(String what) {
        if (!isDone()) {
            throw failure(what, "Is a ';' or ',' missing before it?");
        }
    }

    /** Where the next token is, or the end. */
    int offset() {
        Token token = peek(0);
        return token != null
                ? token.start()
                : tokens.isEmpty() ? whole.start() : tokens.getLast().end();
    }

    /** From the token at {@code first} to the last one that was consumed. */
    Span since(int start) {
        return new Span(start, next == 0 ? start : tokens.get(next - 1).end());
    }

    SyntaxFailure failure(String message, String hint) {
        Token token = peek(0);
        if (token instanceof Token.Malformed) {
            return SyntaxFailure.told(span(token), message, hint);
        }
        if (token != null) {
            return new SyntaxFailure(span(token), message, hint);
        }
        if (tokens.isEmpty()) {
            return new SyntaxFailure(whole, message, hint);
        }
        return new SyntaxFailure(
                new Span(tokens.getLast().end(), tokens.getLast().end()), message, hint);
    }

    static Span span(Token token) {
        return new Span(token.start(), token.end());
    }
}
