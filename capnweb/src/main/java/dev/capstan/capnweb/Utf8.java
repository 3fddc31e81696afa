package dev.capstan.capnweb;

/** Which bytes are a character of UTF-8 (RFC 3629, section 4). */
final class Utf8 {
    private Utf8() {}

    /** Bytes of the character beyond ASCII that begins at {@code at}; 0 if none does. */
    static int length(byte[] bytes, int at, int to) {
        int first = bytes[at] & 0xff;
        int length = first < 0xc2 ? 0 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : first < 0xf5 ? 4 : 0;
        if (length == 0 || at + length > to) {
            return 0;
        }
        for (int i = 1; i < length; i++) {
            if ((bytes[at + i] & 0xc0) != 0x80) {
                return 0;
            }
        }
        int second = bytes[at + 1] & 0xff;
        boolean misspelled = switch (first) {
            case 0xe0 -> second < 0xa0; // could be two bytes
            case 0xed -> second >= 0xa0; // half of a surrogate pair
            case 0xf0 -> second < 0x90; // could be three bytes
            case 0xf4 -> second >= 0x90; // beyond Unicode
            default -> false;
        };
        return misspelled ? 0 : length;
    }
}
