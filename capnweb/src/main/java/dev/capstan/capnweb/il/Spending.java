package dev.capstan.capnweb.il;

import dev.capstan.capnweb.Blob;
import dev.capstan.capnweb.JsError;
import dev.capstan.capnweb.TypedBytes;
import dev.capstan.capnweb.Url;
import java.math.BigInteger;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** What one program has cost until now. */
final class Spending {
    /** A value of whatever kind. */
    static final int VALUE_BYTES = 16;

    private static final int CHARACTERS_A_STEP = 64;
    private static final int WORDS_A_STEP = 64;
    private static final double BITS_A_DIGIT = 3.3219280948873626;

    private final Budget budget;
    private long steps;
    private long rounds;
    private long calls;
    private long bytes;
    private @Nullable BigInteger firstTooLong;

    Spending(Budget budget) {
        this.budget = budget;
    }

    Budget budget() {
        return budget;
    }

    void step() {
        steps(1);
    }

    /** How many until now. */
    long steps() {
        return steps;
    }

    /** Texts of so many characters are gone through. */
    void characters(int count) {
        steps(count / CHARACTERS_A_STEP);
    }

    private void steps(long more) {
        steps += more;
        if (steps > budget.steps()) {
            throw Wrong.tooMuch("the program takes more steps", "steps", budget.steps());
        }
    }

    void round() {
        if (++rounds > budget.rounds()) {
            throw Wrong.tooMuch("the loops of the program run for more rounds", "rounds", budget.rounds());
        }
    }

    void call() {
        if (++calls > budget.calls()) {
            throw Wrong.tooMuch("the program makes more calls", "calls", budget.calls());
        }
    }

    /** A value with so many parts is made. */
    void values(long count) {
        bytes(VALUE_BYTES * count);
    }

    /** So many more. */
    void bytes(long more) {
        bytes += more;
        if (bytes > budget.bytes()) {
            throw Wrong.tooMuch("the values of the program take more bytes", "bytes", budget.bytes());
        }
    }

    /** Before a bigint of about so many bits is made. */
    void bits(long bits) {
        if (bits > budget.digits() * BITS_A_DIGIT + 1) {
            throw tooManyDigits();
        }
        bytes(VALUE_BYTES + bits / Byte.SIZE);
    }

    /** Before one is multiplied with the other, or divided by it. */
    void product(BigInteger a, BigInteger b) {
        long words = (long) (a.bitLength() / Integer.SIZE) * (b.bitLength() / Integer.SIZE);
        steps(words / WORDS_A_STEP);
    }

    /** A bigint was made. */
    void digits(BigInteger n) {
        if (n.bitLength() < budget.digits() * BITS_A_DIGIT) {
            return;
        }
        BigInteger known = firstTooLong;
        if (known == null) {
            known = BigInteger.TEN.pow(budget.digits());
            firstTooLong = known;
        }
        if (n.abs().compareTo(known) >= 0) {
            throw tooManyDigits();
        }
    }

    private Wrong tooManyDigits() {
        return Wrong.tooMuch("the bigint has more digits", "digits", budget.digits());
    }

    /**
     * A value is received, or passed on: all of it counts, as often as it is there. Goes no further than the budget reaches.
     *
     * @param later told each part that is not there yet
     */
    void whole(@Nullable Object value, Consumer<Later> later) {
        whole(value, later, 0);
    }

    private void whole(@Nullable Object value, Consumer<Later> later, int depth) {
        checkDepth(depth);
        bytes(VALUE_BYTES);
        switch (value) {
            case List<?> list -> {
                for (Object element : list) {
                    whole(element, later, depth + 1);
                }
            }
            case Map<?, ?> map -> members(map, later, depth);
            case JsError error -> {
                bytes(error.message().length());
                members(error.props(), later, depth);
            }
            case Later part when part.isKnown() -> whole(part.value(), later, depth);
            case Later part -> later.accept(part);
            case null, default -> bytes(length(value));
        }
    }

    private void members(Map<?, ?> map, Consumer<Later> later, int depth) {
        for (Map.Entry<?, ?> member : map.entrySet()) {
            bytes(((String) member.getKey()).length());
            whole(member.getValue(), later, depth + 1);
        }
    }

    void checkDepth(int depth) {
        if (depth > budget.nesting()) {
            throw Wrong.tooMuch("this nests deeper: levels", "nesting", budget.nesting());
        }
    }

    private static long length(@Nullable Object leaf) {
        return switch (leaf) {
            case String text -> text.length();
            case byte[] content -> content.length;
            case TypedBytes typed -> typed.bytes().length;
            case Blob blob -> blob.content().length;
            case Url url -> url.href().length();
            case BigInteger n -> n.bitLength() / Byte.SIZE;
            case null, default -> 0;
        };
    }
}
