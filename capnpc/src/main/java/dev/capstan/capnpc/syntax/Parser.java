package dev.capstan.capnpc.syntax;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Parses a file. The grammar is that of the schema language's documentation; which rule a statement follows is decided by its first two
 * tokens, so nothing is tried twice.
 */
public final class Parser {
    /** What may stand in a block. */
    private enum Level {
        FILE,
        STRUCT,
        ENUM,
        INTERFACE,
        NOTHING
    }

    private final Source source;
    private final Problems problems;
    private final Expressions expressions;
    private final Declarations declarations;

    private Parser(Source source, Problems problems) {
        this.source = source;
        this.problems = problems;
        expressions = new Expressions(source, problems);
        declarations = new Declarations(source, problems, expressions);
    }

    /** The declaration of the file. What is wrong is told; what is right is there nevertheless. */
    public static Declaration parse(Source source, Problems problems) {
        return new Parser(source, problems).file(Lexer.statements(source, problems));
    }

    private Declaration file(List<Statement> statements) {
        Ordinal id = null;
        String comment = null;
        List<Declaration> inside = new ArrayList<>();
        List<Declaration.Annotated> annotations = new ArrayList<>();
        for (Statement statement : statements) {
            Tokens tokens = new Tokens(statement.tokens(), new Span(statement.start(), statement.end()));
            try {
                if (tokens.isOperator(0, "@")) {
                    Ordinal found = declarations.id(tokens);
                    requireEnd(tokens, statement);
                    if (id != null) {
                        add(found.span(), "The file has an id already.", "A file has one id.");
                    } else {
                        id = found;
                        comment = statement.comment();
                    }
                } else if (tokens.isOperator(0, "$")) {
                    annotations.add(expressions.annotation(tokens));
                    requireEnd(tokens, statement);
                } else {
                    inside.add(declaration(statement, tokens, Level.FILE));
                }
            } catch (SyntaxFailure e) {
                expressions.add(e);
            }
        }
        return new Declaration(
                new Name("", new Span(0, 0)),
                id,
                null,
                List.of(),
                inside,
                annotations,
                comment,
                new Span(0, 0),
                Declaration.Plain.FILE);
    }

    private void requireEnd(Tokens tokens, Statement statement) {
        tokens.end("The statement should end here.");
        if (statement.block() != null) {
            add(
                    Tokens.span(Objects.requireNonNull(statement.tokens().getFirst())),
                    "No block belongs here.",
                    "Put ';'.");
        }
    }

    private Declaration declaration(Statement statement, Tokens tokens, Level level) {
        Declaration head = head(tokens, level);
        tokens.end("The statement should end here.");
        List<Declaration> inside = inside(statement, head);
        return new Declaration(
                head.name(),
                head.id(),
                head.ordinal(),
                head.parameters(),
                inside,
                head.annotations(),
                statement.comment(),
                new Span(statement.start(), statement.end()),
                head.body());
    }

    private List<Declaration> inside(Statement statement, Declaration head) {
        Level level = levelInside(head.body());
        List<Statement> block = statement.block();
        if (block == null) {
            if (level != Level.NOTHING) {
                add(head.name().span(), "A block is missing here.", "Put '{' and '}' instead of ';'.");
            }
            return List.of();
        }
        if (level == Level.NOTHING) {
            add(head.name().span(), "No block belongs here.", "Put ';' instead.");
            return List.of();
        }
        List<Declaration> members = new ArrayList<>();
        for (Statement member : block) {
            Tokens tokens = new Tokens(member.tokens(), new Span(member.start(), member.end()));
            try {
                members.add(declaration(member, tokens, level));
            } catch (SyntaxFailure e) {
                expressions.add(e);
            }
        }
        return members;
    }

    private static Level levelInside(Declaration.Body body) {
        return switch (body) {
            case Declaration.Plain plain ->
                switch (plain) {
                    case STRUCT, UNION, GROUP -> Level.STRUCT;
                    case ENUM -> Level.ENUM;
                    case FILE -> Level.FILE;
                    case ENUMERANT -> Level.NOTHING;
                };
            case Declaration.Interface type -> Level.INTERFACE;
            case Declaration.Using using -> Level.NOTHING;
            case Declaration.Const constant -> Level.NOTHING;
            case Declaration.Field field -> Level.NOTHING;
            case Declaration.Method method -> Level.NOTHING;
            case Declaration.Annotation annotation -> Level.NOTHING;
        };
    }

    private Declaration head(Tokens tokens, Level level) {
        boolean isMember = tokens.peek(0) instanceof Token.Word
                && tokens.peek(1) instanceof Token.Operator second
                && !second.text().equals(".");
        return switch (level) {
            case ENUM -> declarations.enumerant(tokens);
            case STRUCT -> {
                if (tokens.isWord(0, "union") && tokens.peek(1) == null) {
                    yield declarations.unnamedUnion(tokens);
                }
                yield isMember ? declarations.structMember(tokens) : generic(tokens);
            }
            case INTERFACE -> isMember ? declarations.method(tokens) : generic(tokens);
            case FILE, NOTHING -> {
                if (isMember) {
                    throw tokens.failure(
                            "This does not belong at the top of a file.", "Put it into a struct, enum or interface.");
                }
                yield generic(tokens);
            }
        };
    }

    private Declaration generic(Tokens tokens) {
        Token first = tokens.peek(0);
        @Nullable String keyword = first instanceof Token.Word word ? word.text() : null;
        return switch (keyword) {
            case "using" -> declarations.using(tokens);
            case "const" -> declarations.constant(tokens);
            case "enum" -> declarations.enumeration(tokens);
            case "struct" -> declarations.struct(tokens);
            case "interface" -> declarations.interfaceType(tokens);
            case "annotation" -> declarations.annotation(tokens);
            case null, default -> throw tokens.failure("A declaration is expected here.", hint(keyword));
        };
    }

    private static String hint(@Nullable String keyword) {
        return switch (keyword) {
            case "import" -> "Write 'using Name = import \"...\";'.";
            case "union", "group" -> "Unions and groups are members: name :group { ... }.";
            case null, default ->
                "It begins with struct, enum, interface, const, annotation or using, or is a member like 'name @0 :Type'.";
        };
    }

    private void add(Span span, String message, String hint) {
        problems.add(source, span.start(), span.end(), message, hint);
    }
}
