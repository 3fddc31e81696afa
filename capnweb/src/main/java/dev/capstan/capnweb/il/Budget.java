package dev.capstan.capnweb.il;

/**
 * What the programs of peers may cost. A program is a small message that makes this process work, so each of these stops an attack; what breaks one fails as OVERLOADED and says which. What counts
 * is counted for one program, from its first step to its end.
 *
 * @param expressions expressions of a program. Stops long programs, all of which is checked before the first step.
 * @param nesting how deep expressions nest, and the values that a program passes on. Stops the stack from overflowing.
 * @param steps operations that are done; long texts that are compared cost more than one. Stops programs that compute for ever.
 * @param rounds rounds of all loops together. Stops loops that do not end, and products of small ones.
 * @param calls calls that are made, and properties of objects that are read. Stops a message from becoming very many calls.
 * @param outstanding calls that have not ended, at a time; the next one waits. Stops a message from filling the tables of those who are called.
 * @param bytes what the values take that a program makes, receives and passes on: 16 for each value and one for each character or byte. Stops texts and lists that double in a loop, and lists
 *     that hold one another many times.
 * @param digits decimal digits of a bigint. Stops multiplications, which take more than linear time.
 * @param programs programs of one main object that run at a time; another one is refused. Stops programs that wait for ever from gathering.
 */
public record Budget(
        int expressions,
        int nesting,
        int steps,
        int rounds,
        int calls,
        int outstanding,
        long bytes,
        int digits,
        int programs) {
    /** 10,000 expressions, 100 levels, 200,000 steps, 20,000 rounds, 1,000 calls, 100 of them at a time, 16 MiB, 16,384 digits, 16 programs. */
    public static final Budget DEFAULT = new Budget(10_000, 100, 200_000, 20_000, 1_000, 100, 16 << 20, 16_384, 16);

    private static final int MOST_NESTING = 250;

    /** Refuses limits that are not positive, and a nesting that no stack has room for. */
    public Budget {
        if (expressions < 1
                || nesting < 1
                || steps < 1
                || rounds < 1
                || calls < 1
                || outstanding < 1
                || bytes < 1
                || digits < 1
                || programs < 1) {
            throw new IllegalArgumentException("Limits are positive numbers.");
        }
        if (nesting > MOST_NESTING) {
            throw new IllegalArgumentException(
                    "A nesting of " + nesting + " may overflow the stack; " + MOST_NESTING + " is the most.");
        }
    }

    /** With another limit of expressions. */
    public Budget withExpressions(int most) {
        return new Budget(most, nesting, steps, rounds, calls, outstanding, bytes, digits, programs);
    }

    /** With another limit of nesting. */
    public Budget withNesting(int most) {
        return new Budget(expressions, most, steps, rounds, calls, outstanding, bytes, digits, programs);
    }

    /** With another limit of steps. */
    public Budget withSteps(int most) {
        return new Budget(expressions, nesting, most, rounds, calls, outstanding, bytes, digits, programs);
    }

    /** With another limit of rounds. */
    public Budget withRounds(int most) {
        return new Budget(expressions, nesting, steps, most, calls, outstanding, bytes, digits, programs);
    }

    /** With another limit of calls. */
    public Budget withCalls(int most) {
        return new Budget(expressions, nesting, steps, rounds, most, outstanding, bytes, digits, programs);
    }

    /** With another limit of calls at a time. */
    public Budget withOutstanding(int most) {
        return new Budget(expressions, nesting, steps, rounds, calls, most, bytes, digits, programs);
    }

    /** With another limit of bytes. */
    public Budget withBytes(long most) {
        return new Budget(expressions, nesting, steps, rounds, calls, outstanding, most, digits, programs);
    }

    /** With another limit of digits. */
    public Budget withDigits(int most) {
        return new Budget(expressions, nesting, steps, rounds, calls, outstanding, bytes, most, programs);
    }

    /** With another limit of programs at a time. */
    public Budget withPrograms(int most) {
        return new Budget(expressions, nesting, steps, rounds, calls, outstanding, bytes, digits, most);
    }
}
