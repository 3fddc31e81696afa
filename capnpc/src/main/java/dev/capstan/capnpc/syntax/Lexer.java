package dev.capstan.capnpc.syntax;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Makes statements of a file: matches brackets and attaches comments. One pass, each byte looked at a bounded number of times.
 *
 * <p>A comment documents the statement before it: it begins in the line of the semicolon or opening brace, or in the next one. Failing
 * that, a comment behind the closing brace counts.
 */
final class Lexer {
    private final Source source;
    private final Problems problems;
    private final Literals literals;
    private int at;
    private int depth;

    private Lexer(Source source, Problems problems) {
        this.source = source;
        this.problems = problems;
        literals = new Literals(source, problems);
    }

    static List<Statement> statements(Source source, Problems problems) {
        Lexer lexer = new Lexer(source, problems);
        List<Statement> statements = lexer.block();
        while (lexer.at < source.size()) {
            lexer.problems.add(
                    source,
                    lexer.at,
                    lexer.at + 1,
                    "There is no block to close here.",
                    "Remove this '}', or open its block.");
            lexer.at++;
            statements.addAll(lexer.block());
        }
        return statements;
    }

    /** Statements up to a closing brace or the end of the file, neither of which is consumed. */
    private List<Statement> block() {
        List<Statement> statements = new ArrayList<>();
        skipSpace();
        while (source.at(at) != '}' && source.at(at) != -1) {
            statements.add(statement());
            skipSpace();
        }
        return statements;
    }

    private Statement statement() {
        int start = at;
        List<Token> tokens = tokens();
        return switch (source.at(at)) {
            case ';' -> {
                at++;
                String comment = comment();
                yield new Statement(tokens, null, comment, start, at);
            }
            case '{' -> braced(tokens, start);
            case ',', ')', ']' -> {
                problems.add(source, at, at + 1, "This closes or separates nothing.", "Remove it, or open its list.");
                at++;
                List<Token> joined = new ArrayList<>(tokens);
                joined.addAll(tokens());
                yield statementOf(joined, start);
            }
            default -> {
                problems.add(source, start, at, "The statement does not end.", "Put ';' behind it.");
                yield new Statement(tokens, null, null, start, at);
            }
        };
    }

    /** The rest of a statement that went wrong in the middle; its tokens are of no use. */
    private Statement statementOf(List<Token> tokens, int start) {
        while (source.at(at) == ',' || source.at(at) == ')' || source.at(at) == ']') {
            at++;
            tokens.addAll(tokens());
        }
        if (source.at(at) == '{') {
            return braced(List.of(), start);
        }
        if (source.at(at) == ';') {
            at++;
        }
        return new Statement(List.of(), null, null, start, at);
    }

    private Statement braced(List<Token> tokens, int start) {
        int open = at++;
        String comment = comment();
        if (++depth > Limits.NESTING) {
            giveUp(open, "Blocks nest deeper than " + Limits.NESTING + ".");
        }
        List<Statement> block = block();
        depth--;
        if (source.at(at) == '}') {
            at++;
            String late = comment();
            comment = comment == null ? late : comment;
        } else {
            problems.add(source, open, open + 1, "This block is not closed.", "Put '}' behind it.");
        }
        return new Statement(tokens, block, comment, start, at);
    }

    /** Tokens up to something that is none. */
    private List<Token> tokens() {
        List<Token> tokens = new ArrayList<>();
        skipSpace();
        while (true) {
            int c = source.at(at);
            switch (c) {
                case -1, ';', '{', '}', ',', ')', ']' -> {
                    return tokens;
                }
                case '(', '[' -> tokens.add(bracketed(c == '('));
                default -> {
                    Token token = literals.token(at);
                    at = literals.end();
                    if (token != null) {
                        tokens.add(token);
                    }
                }
            }
            skipSpace();
        }
    }

    private Token bracketed(boolean round) {
        int open = at++;
        if (++depth > Limits.NESTING) {
            giveUp(open, "Brackets nest deeper than " + Limits.NESTING + ".");
        }
        List<List<Token>> items = new ArrayList<>();
        items.add(tokens());
        while (source.at(at) == ',') {
            at++;
            items.add(tokens());
        }
        if (items.getLast().isEmpty()) {
            items.removeLast();
        }
        depth--;
        if (source.at(at) == (round ? ')' : ']')) {
            at++;
        } else {
            problems.add(
                    source, open, at, "This list is not closed.", "Put '" + (round ? ')' : ']') + "' where it ends.");
            if (source.at(at) == ')' || source.at(at) == ']') {
                at++;
            }
        }
        return new Token.Bracketed(round, items, open, at);
    }

    /** No good can come of the rest of the file. */
    private void giveUp(int where, String message) {
        problems.add(source, where, where + 1, message, "Give the inner parts names of their own.");
        at = source.size();
    }

    private void skipSpace() {
        while (true) {
            int c = source.at(at);
            if (c == '#') {
                at = endOfLine(at);
            } else if (Characters.isSpace(c)) {
                at++;
            } else if (c == 0xef && source.at(at + 1) == 0xbb && source.at(at + 2) == 0xbf) {
                at += 3;
            } else {
                return;
            }
        }
    }

    private int endOfLine(int from) {
        int end = from;
        while (end < source.size() && source.at(end) != '\n') {
            end++;
        }
        return end;
    }

    /** Comment lines that begin in this line or the next; else null and nothing is consumed. */
    private @Nullable String comment() {
        int line = skipLineSpace(at);
        if (source.at(line) == '\n') {
            line++;
        } else if (source.at(line) == '\r') {
            line += source.at(line + 1) == '\n' ? 2 : 1;
        }
        StringBuilder text = new StringBuilder();
        int hash = skipLineSpace(line);
        if (source.at(hash) != '#') {
            return null;
        }
        while (source.at(hash) == '#') {
            int start = source.at(hash + 1) == ' ' ? hash + 2 : hash + 1;
            int end = endOfLine(start);
            text.append(source.utf8(start, end)).append('\n');
            at = Math.min(end + 1, source.size());
            hash = skipLineSpace(at);
        }
        return text.toString();
    }

    private int skipLineSpace(int from) {
        int offset = from;
        while (Characters.isSpace(source.at(offset)) && source.at(offset) != '\n' && source.at(offset) != '\r') {
            offset++;
        }
        return offset;
    }
}
