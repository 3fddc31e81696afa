package dev.capstan.capnpc.syntax;

import dev.capstan.capnp.Data;
import java.util.List;

/** The smallest piece of a schema with a meaning; a bracketed list is one token with tokens inside. */
sealed interface Token {
    int start();

    int end();

    /** A name or keyword; keywords are not reserved. */
    record Word(String text, int start, int end) implements Token {}

    /** Text in quotes or behind a backquote, its escapes resolved. It need not be valid UTF-8. */
    record Quoted(Data bytes, int start, int end) implements Token {}

    /** {@code 0x"..."}. */
    record Binary(Data bytes, int start, int end) implements Token {}

    /** A whole number without sign, as 64 unsigned bits. */
    record Whole(long bits, int start, int end) implements Token {}

    record Fraction(double value, int start, int end) implements Token {}

    /** A number that is none. Its problem is told already, so nobody need say that something else is expected in its place. */
    record Malformed(int start, int end) implements Token {}

    /** As many operator characters as stand together. */
    record Operator(String text, int start, int end) implements Token {}

    /** A list in round or square brackets; a comma behind the last item does not count. */
    record Bracketed(boolean round, List<List<Token>> items, int start, int end) implements Token {}
}
