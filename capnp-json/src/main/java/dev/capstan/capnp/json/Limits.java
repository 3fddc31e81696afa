package dev.capstan.capnp.json;

/**
 * What a JSON text may cost before it is refused. Texts come from peers, so each of these stops an attack.
 *
 * @param nesting how deep arrays and objects may nest, in what is read and in what is written. Stops texts from overflowing the stack; 1,000
 *     at most.
 * @param textLength size of a text in UTF-16 units, read or written. Stops texts from filling memory, and small messages that
 *     point to the same thing many times from becoming large texts.
 * @param stringLength size of one string in UTF-16 units.
 * @param nameLength size of one member's name in UTF-16 units. Names are held in memory while a text is decoded.
 * @param numberLength digits, signs and points of one number. Stops numbers that take quadratic time to convert.
 * @param listSize elements of one list.
 * @param decodedWords words (8 bytes) that structs, lists and texts of one decoded value may take. Stops a text of few characters from becoming a
 *     large message: {@code {}} may stand for a struct of any size.
 * @param flattenedNames names that one struct may have by annotations. Stops schemas that flatten a struct twice, which flattens another twice,
 *     and so on.
 */
public record Limits(
        int nesting,
        int textLength,
        int stringLength,
        int nameLength,
        int numberLength,
        int listSize,
        int decodedWords,
        int flattenedNames) {
    /** 64 levels, texts and strings of 64 Mi, names of 64 Ki, numbers of 1,000, lists of 16 Mi, 8 Mi words (64 MiB), 65,536 names. */
    public static final Limits DEFAULT = new Limits(64, 1 << 26, 1 << 26, 1 << 16, 1000, 1 << 24, 1 << 23, 1 << 16);

    private static final int MOST_NESTING = 1000;

    public Limits {
        if (nesting < 1
                || textLength < 1
                || stringLength < 1
                || nameLength < 1
                || numberLength < 1
                || listSize < 1
                || decodedWords < 1
                || flattenedNames < 1) {
            throw new IllegalArgumentException("Every limit must be at least 1.");
        }
        if (nesting > MOST_NESTING) {
            throw new IllegalArgumentException(
                    "Nesting must be at most " + MOST_NESTING + ", because each level takes room on the stack.");
        }
    }

    /** These limits with another depth. */
    public Limits withNesting(int levels) {
        return new Limits(
                levels, textLength, stringLength, nameLength, numberLength, listSize, decodedWords, flattenedNames);
    }

    /** These limits with another size of texts. */
    public Limits withTextLength(int units) {
        return new Limits(
                nesting, units, stringLength, nameLength, numberLength, listSize, decodedWords, flattenedNames);
    }

    /** These limits with another size of what is decoded. */
    public Limits withDecodedWords(int words) {
        return new Limits(nesting, textLength, stringLength, nameLength, numberLength, listSize, words, flattenedNames);
    }
}
