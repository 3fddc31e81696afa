package dev.capstan.capnpc.syntax;

import dev.capstan.capnp.Data;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What stands for a type, a value or a declaration; which of them it is, its place decides. */
public sealed interface Expression {
    /** Where it stands. */
    Span span();

    /** What could not be parsed; its problem has been told. */
    record Unknown(Span span) implements Expression {}

    /** A whole number as 64 unsigned bits, its sign apart. */
    record Whole(long magnitude, boolean negative, Span span) implements Expression {}

    record Fraction(double value, Span span) implements Expression {}

    /** Text, which need not be valid UTF-8. */
    record Text(Data bytes, Span span) implements Expression {}

    record Binary(Data bytes, Span span) implements Expression {}

    /** A name that is looked up from the inside to the outside. */
    record Relative(Name name) implements Expression {
        @Override
        public Span span() {
            return name.span();
        }
    }

    /** A name behind a dot, which is looked up in the file. */
    record Absolute(Name name, Span span) implements Expression {}

    /** Another file as a scope. */
    record Import(Name path, Span span) implements Expression {}

    /** The content of another file as a value. */
    record Embed(Name path, Span span) implements Expression {}

    record ListOf(List<Expression> items, Span span) implements Expression {}

    /** Round brackets; never around one item without a name. */
    record Tuple(List<Item> items, Span span) implements Expression {}

    /** Something with arguments. */
    record Application(Expression function, List<Item> arguments, Span span) implements Expression {}

    /** Something inside something. */
    record Member(Expression parent, Name name, Span span) implements Expression {}

    /** An item of a tuple, with or without {@code name =}. */
    record Item(@Nullable Name name, Expression value) {}

    /** As it would be written, for messages; long lists are shortened. */
    default String text() {
        return switch (this) {
            case Unknown unknown -> "?";
            case Whole whole -> (whole.negative() ? "-" : "") + Long.toUnsignedString(whole.magnitude());
            case Fraction fraction -> String.valueOf(fraction.value());
            case Text text -> "\"...\"";
            case Binary binary -> "0x\"...\"";
            case Relative relative -> relative.name().text();
            case Absolute absolute -> "." + absolute.name().text();
            case Import imported -> "import \"" + imported.path().text() + "\"";
            case Embed embedded -> "embed \"" + embedded.path().text() + "\"";
            case ListOf list -> "[...]";
            case Tuple tuple -> "(...)";
            case Application application ->
                application.function().text()
                        + application.arguments().stream()
                                .limit(4)
                                .map(item -> item.value() instanceof Application inner
                                        ? inner.function().text() + "(...)"
                                        : item.value().text())
                                .collect(Collectors.joining(", ", "(", ")"));
            case Member member -> member.parent().text() + "." + member.name().text();
        };
    }
}
