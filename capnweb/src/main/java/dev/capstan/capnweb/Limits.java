package dev.capstan.capnweb;

/**
 * What one message may cost before it is refused. Messages come from peers, so each of these stops an attack. They are local: the
 * protocol does not negotiate, and the first three default to what the TypeScript implementation enforces.
 *
 * @param messageBytes UTF-8 bytes of one message, read or written. Stops messages from filling memory, and a list that is held in many
 *     places from becoming a large message.
 * @param depth how deep values may nest, an object, an array, a call's arguments and an error's properties counting one each; 500 at most.
 *     Stops messages from overflowing the stack, and cycles from being written for ever.
 * @param bigIntDigits decimal digits of one bigint; of one that is read, the sign is not counted. Stops conversions, which take quadratic time.
 * @param names members of one object. Stops objects that are expensive to look into.
 * @param elements elements of one array, and of the arguments of one call.
 * @param values values in one message, in all places together. Stops short texts that become large: {@code {}} has two bytes as
 *     text and some sixty in memory.
 * @param calls calls of ours whose results the peer keeps. Stops a program that forgets to close what it gets from filling the peer.
 * @param imports objects and promises of the peer that are held here. Stops a peer from filling the table.
 * @param exports objects of ours, and results of its calls, that the peer holds. Stops a peer that calls and releases nothing.
 * @param queuedBytes bytes that wait to be written; beyond them nothing is read. Stops a peer that asks and does not read.
 * @param streamWindowBytes bytes of a stream of calls that may be on their way.
 * @param stubStacks whether each stub remembers where it was made, for the report when a program forgets to close it ({@link Leftovers}). For finding such programs:
 *     it makes stubs expensive.
 * @param maps what maps may cost.
 */
public record Limits(
        int messageBytes,
        int depth,
        int bigIntDigits,
        int names,
        int elements,
        int values,
        int calls,
        int imports,
        int exports,
        long queuedBytes,
        long streamWindowBytes,
        boolean stubStacks,
        Maps maps) {
    /** 32 MiB, 256 levels, 16,384 digits, 65,536 names, a million elements, four million values. */
    public static final Limits DEFAULT = new Limits(
            32 << 20,
            256,
            16_384,
            65_536,
            1_000_000,
            4_000_000,
            100_000,
            100_000,
            100_000,
            4 << 20,
            256 << 10,
            false,
            Maps.DEFAULT);

    private static final int MOST_DEPTH = 500;

    /** Refuses limits that are not positive, and a depth that no stack has room for. */
    public Limits {
        if (messageBytes < 1
                || depth < 1
                || bigIntDigits < 1
                || names < 1
                || elements < 1
                || values < 1
                || calls < 1
                || imports < 1
                || exports < 1
                || queuedBytes < 1
                || streamWindowBytes < 1) {
            throw new IllegalArgumentException("Limits are positive numbers.");
        }
        if (depth > MOST_DEPTH) {
            throw new IllegalArgumentException(
                    "A depth of " + depth + " may overflow the stack; " + MOST_DEPTH + " is the most.");
        }
    }

    /** These limits with another size of messages, in bytes. */
    public Limits withMessageBytes(int bytes) {
        return new Limits(
                bytes,
                depth,
                bigIntDigits,
                names,
                elements,
                values,
                calls,
                imports,
                exports,
                queuedBytes,
                streamWindowBytes,
                stubStacks,
                maps);
    }

    /** These limits with another depth. */
    public Limits withDepth(int levels) {
        return new Limits(
                messageBytes,
                levels,
                bigIntDigits,
                names,
                elements,
                values,
                calls,
                imports,
                exports,
                queuedBytes,
                streamWindowBytes,
                stubStacks,
                maps);
    }

    /** These limits with another number of digits. */
    public Limits withBigIntDigits(int digits) {
        return new Limits(
                messageBytes,
                depth,
                digits,
                names,
                elements,
                values,
                calls,
                imports,
                exports,
                queuedBytes,
                streamWindowBytes,
                stubStacks,
                maps);
    }

    /** These limits with another number of members of an object. */
    public Limits withNames(int most) {
        return new Limits(
                messageBytes,
                depth,
                bigIntDigits,
                most,
                elements,
                values,
                calls,
                imports,
                exports,
                queuedBytes,
                streamWindowBytes,
                stubStacks,
                maps);
    }

    /** These limits with another number of elements of an array. */
    public Limits withElements(int most) {
        return new Limits(
                messageBytes,
                depth,
                bigIntDigits,
                names,
                most,
                values,
                calls,
                imports,
                exports,
                queuedBytes,
                streamWindowBytes,
                stubStacks,
                maps);
    }

    /** These limits with another number of values in a message. */
    public Limits withValues(int most) {
        return new Limits(
                messageBytes,
                depth,
                bigIntDigits,
                names,
                elements,
                most,
                calls,
                imports,
                exports,
                queuedBytes,
                streamWindowBytes,
                stubStacks,
                maps);
    }

    /** These limits, and each stub remembers where it was made, or not. */
    public Limits withStubStacks(boolean remembered) {
        return new Limits(
                messageBytes,
                depth,
                bigIntDigits,
                names,
                elements,
                values,
                calls,
                imports,
                exports,
                queuedBytes,
                streamWindowBytes,
                remembered,
                maps);
    }

    /** These limits with others for maps. */
    public Limits withMaps(Maps other) {
        return new Limits(
                messageBytes,
                depth,
                bigIntDigits,
                names,
                elements,
                values,
                calls,
                imports,
                exports,
                queuedBytes,
                streamWindowBytes,
                stubStacks,
                other);
    }

    /**
     * What the maps that a peer sends may cost. A map is a small message that makes this process work: it is run for each element of an array, and another map inside of it for
     * each element of that.
     *
     * @param elements elements of an array that one map runs over. Stops a map from making very many calls at once.
     * @param instructions instructions of one map, those of maps inside not counted. Stops long programs.
     * @param depth maps inside of maps, the outermost counted. Stops products of products, and the stack from overflowing.
     * @param values values that the instructions of all maps of one message make, for all elements together, also if they run later: each number, text, list or object in
     *     an instruction counts each time it is run. Stops maps whose product is large though each is small, as that of 300 elements in 300.
     */
    public record Maps(int elements, int instructions, int depth, int values) {
        /** 10,000 elements, 1,000 instructions, 16 levels, half a million values. */
        public static final Maps DEFAULT = new Maps(10_000, 1_000, 16, 500_000);

        private static final int MOST_DEPTH = 64;

        /** Refuses limits that are not positive, and a depth that no stack has room for. */
        public Maps {
            if (elements < 1 || instructions < 1 || depth < 1 || values < 1) {
                throw new IllegalArgumentException("Limits are positive numbers.");
            }
            if (depth > MOST_DEPTH) {
                throw new IllegalArgumentException(
                        "Maps nested " + depth + " deep may overflow the stack; " + MOST_DEPTH + " is the most.");
            }
        }
    }

    /**
     * How deep the brackets of a message may nest so that every value of the allowed depth gets through: an array is two brackets, as are a call's
     * arguments, and the message itself and a map's instructions have some.
     */
    int brackets() {
        return 2 * depth + 32;
    }
}
