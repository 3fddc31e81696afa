package dev.capstan.capnweb;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import org.jspecify.annotations.Nullable;

/**
 * Short ASCII names as strings, of which those seen lately need not be made again: tags, methods and members come with each message. As many are kept as have
 * room in a small table, whatever a peer sends.
 */
final class KnownNames {
    /** Longer ones are not looked for. */
    static final int MOST_BYTES = 24;

    private static final int ROOM = 256;

    private final @Nullable String[] known = new @Nullable String[ROOM];

    /** The name of these bytes; {@code hash} is that of the string. */
    String of(byte[] text, int begin, int end, int hash) {
        int place = (hash ^ hash >>> 8 ^ hash >>> 16) & ROOM - 1;
        String name = known[place];
        if (name == null || !isAt(name, hash, text, begin, end)) {
            name = new String(text, begin, end - begin, ISO_8859_1);
            known[place] = name;
        }
        return name;
    }

    private static boolean isAt(String name, int hash, byte[] text, int begin, int end) {
        if (name.length() != end - begin || name.hashCode() != hash) {
            return false;
        }
        for (int i = 0; i < name.length(); i++) {
            if (name.charAt(i) != text[begin + i]) {
                return false;
            }
        }
        return true;
    }
}
