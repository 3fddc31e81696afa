package dev.capstan.capnpc.syntax;

/** Classes of characters in a schema; all of them are ASCII. -1, the end of a file, belongs to none. */
final class Characters {
    private static final String OPERATORS = "!$%&*+-./:<=>?@^|~";

    private Characters() {}

    static boolean isSpace(int c) {
        return c == ' ' || (c >= '\t' && c <= '\r');
    }

    static boolean isDigit(int c) {
        return c >= '0' && c <= '9';
    }

    static boolean isLetter(int c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
    }

    static boolean isOperator(int c) {
        return c > 0 && OPERATORS.indexOf(c) >= 0;
    }

    /** The value of a hexadecimal digit, or -1. */
    static int hex(int c) {
        return c < 0 || c > 'f' ? -1 : Character.digit(c, 16);
    }
}
