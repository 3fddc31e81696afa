package dev.capstan.gateway.translate;

/**
 * What may cross the gateway. What is beyond fails as {@link dev.capstan.cap.Failure.Kind#OVERLOADED}; nothing else does. The first four are of one call: most stop a peer from making a small
 * message large here, which both wires allow, since a list of empty structs takes no bytes.
 *
 * @param depth how deep values may nest, at least 1. Stops values from overflowing the stack.
 * @param values of how many values the arguments or the results may be made, each element and each member counting as one, at least 1. Stops a list of nothing from filling memory.
 * @param bytes how many bytes they may take, at least 1: the structs, lists, texts and data of a Cap'n Proto message, and of Cap'n Web the texts and the data. Stops pointers to one text from
 *     standing for many, and {@code {}} from becoming a struct of a thousand bytes.
 * @param places how many places in results that are not there yet may be referred to at a time, at least 1. Stops a caller from naming ever more of what never comes.
 * @param flightBytes what the arguments of all calls may take together that have crossed and were not answered, at least 1. While so much is on its way, one more fails; one that is larger crosses
 *     alone. Stops visitors from filling memory with what a slow server has not read; what one of them may have on its way is bounded by its {@link dev.capstan.cap.Membrane}
 * @param objects objects of both wires that have crossed and are held on the other, at least 1. It should be well below the imports of the connection that all share, which ends when they
 *     are too many. Stops visitors from ending it together; what one of them may hold is bounded by its {@link dev.capstan.cap.Membrane}
 */
public record Limits(int depth, int values, long bytes, int places, long flightBytes, int objects) {
    /** 64 levels, 1,000,000 values, 64 MiB, 1,000 places, 256 MiB on their way, 50,000 objects. */
    public static final Limits DEFAULT = new Limits(64, 1_000_000, 64L << 20, 1_000, 256L << 20, 50_000);

    /** Refuses limits that are not positive. */
    public Limits {
        if (depth < 1 || values < 1 || bytes < 1 || places < 1 || flightBytes < 1 || objects < 1) {
            throw new IllegalArgumentException("Every limit must be at least 1.");
        }
    }

    /** These limits with another depth. */
    public Limits withDepth(int levels) {
        return new Limits(levels, values, bytes, places, flightBytes, objects);
    }

    /** These limits with another number of values. */
    public Limits withValues(int most) {
        return new Limits(depth, most, bytes, places, flightBytes, objects);
    }

    /** These limits with another number of bytes. */
    public Limits withBytes(long most) {
        return new Limits(depth, values, most, places, flightBytes, objects);
    }

    /** These limits with another number of places. */
    public Limits withPlaces(int most) {
        return new Limits(depth, values, bytes, most, flightBytes, objects);
    }

    /** These limits with another number of bytes on their way. */
    public Limits withFlightBytes(long most) {
        return new Limits(depth, values, bytes, places, most, objects);
    }

    /** These limits with another number of objects. */
    public Limits withObjects(int most) {
        return new Limits(depth, values, bytes, places, flightBytes, most);
    }
}
