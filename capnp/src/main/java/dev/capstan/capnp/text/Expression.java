package dev.capstan.capnp.text;

import dev.capstan.capnp.Data;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A value as it is written, before a schema says what it means. */
sealed interface Expression {
    /** Where it begins. */
    int at();

    /** A word: an enumerant, or {@code void}, {@code true}, {@code nan} and so on. */
    record Name(String name, int at) implements Expression {}

    /**
     * A number without point and exponent.
     *
     * @param magnitude unsigned
     */
    record Whole(boolean isNegative, long magnitude, int at) implements Expression {
        double toDouble() {
            double value = magnitude >= 0 ? magnitude : ((magnitude >>> 1) | (magnitude & 1)) * 2.0;
            return isNegative ? -value : value;
        }

        @Override
        public String toString() {
            return (isNegative ? "-" : "") + Long.toUnsignedString(magnitude);
        }
    }

    /** Any other number. */
    record Fraction(double value, int at) implements Expression {}

    /** Text in quotes: its bytes, which need not be UTF-8 as escapes may stand for any byte. */
    record Quoted(Data bytes, int at) implements Expression {}

    /** Bytes as hexadecimal digits. */
    record Binary(Data bytes, int at) implements Expression {}

    /** Values in brackets. */
    record Listed(List<Expression> elements, int at) implements Expression {}

    /** Fields in parentheses. A single value without a name is not one of these, but itself. */
    record Tuple(List<Assignment> fields, int at) implements Expression {}

    /**
     * A field of a tuple.
     *
     * @param name null if there was none, which no struct allows
     * @param at where it begins
     */
    record Assignment(@Nullable String name, Expression value, int at) {}

    /** For people. */
    default String describe() {
        return switch (this) {
            case Name v -> "'" + v.name() + "'";
            case Whole v -> "the number " + v;
            case Fraction v -> "the number " + v.value();
            case Quoted v -> "text";
            case Binary v -> "data";
            case Listed v -> "a list";
            case Tuple v -> "a struct";
        };
    }
}
