package dev.capstan.capnpc.syntax;

import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A declaration with what is declared inside it. The declaration of a file has no name.
 *
 * @param name empty for files and unnamed unions
 * @param id as written; null when it follows from the name
 * @param ordinal of members
 * @param parameters type parameters, for methods the implicit ones
 * @param inside members and nested declarations, in order
 * @param comment the documentation, its lines ended by newlines
 */
public record Declaration(
        Name name,
        @Nullable Ordinal id,
        @Nullable Ordinal ordinal,
        List<Name> parameters,
        List<Declaration> inside,
        List<Annotated> annotations,
        @Nullable String comment,
        Span span,
        Body body) {

    /** Use of an annotation; the value is null when there is none. */
    public record Annotated(Expression name, @Nullable Expression value) {}

    /** What kind of declaration it is, with what only that kind has. */
    public sealed interface Body {}

    /** Kinds without anything of their own. */
    public enum Plain implements Body {
        FILE,
        ENUM,
        ENUMERANT,
        STRUCT,
        UNION,
        GROUP
    }

    /** Another name for something. */
    public record Using(Expression target) implements Body {}

    /** A constant. */
    public record Const(Expression type, Expression value) implements Body {}

    /** A field of a struct, or a parameter or result of a method. */
    public record Field(Expression type, @Nullable Expression defaultValue) implements Body {}

    /** An interface and those that it extends. */
    public record Interface(List<Expression> superclasses) implements Body {}

    /** A method. */
    public record Method(Parameters parameters, @Nullable Parameters results) implements Body {}

    /** An annotation that can be used elsewhere. */
    public record Annotation(Expression type, Set<Target> targets) implements Body {}

    /** What a method takes or gives. */
    public sealed interface Parameters {
        /** Where it stands. */
        Span span();
    }

    /** Fields of a struct that has no other name. */
    public record Listed(List<Declaration> fields, Span span) implements Parameters {}

    /** A struct. */
    public record Named(Expression type) implements Parameters {
        @Override
        public Span span() {
            return type.span();
        }
    }

    /** The keyword {@code stream}. */
    public record Stream(Span span) implements Parameters {}

    /** What an annotation may be put on; named as in schemas. */
    public enum Target {
        FILE,
        CONST,
        ENUM,
        ENUMERANT,
        STRUCT,
        FIELD,
        UNION,
        GROUP,
        INTERFACE,
        METHOD,
        PARAM,
        ANNOTATION
    }
}
