package dev.capstan.capnpc;

/** The packing of capnproto.org/encoding.html, a char for each byte, for what generated classes hold. */
final class Packing {
    private static final int MOST = 255;

    private Packing() {}

    static String pack(String words) {
        StringBuilder packed = new StringBuilder(words.length() / 2);
        int at = 0;
        while (at < words.length()) {
            int tag = tag(words, at);
            packed.append((char) tag);
            for (int i = at; i < at + 8; i++) {
                if (words.charAt(i) != 0) {
                    packed.append(words.charAt(i));
                }
            }
            at += 8;
            if (tag == 0) {
                int end = at;
                while (end < words.length() && end - at < 8 * MOST && tag(words, end) == 0) {
                    end += 8;
                }
                packed.append((char) ((end - at) / 8));
                at = end;
            } else if (tag == 0xff) {
                int end = at;
                // A word with one zero takes as much room packed as it is.
                while (end < words.length() && end - at < 8 * MOST && Integer.bitCount(tag(words, end)) >= 7) {
                    end += 8;
                }
                packed.append((char) ((end - at) / 8)).append(words, at, end);
                at = end;
            }
        }
        return packed.toString();
    }

    private static int tag(String words, int at) {
        int tag = 0;
        for (int bit = 0; bit < 8; bit++) {
            if (words.charAt(at + bit) != 0) {
                tag |= 1 << bit;
            }
        }
        return tag;
    }
}
