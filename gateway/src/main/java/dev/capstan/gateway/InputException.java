package dev.capstan.gateway;

/** What the user gave to a command cannot be used: the text says what is wrong with it. */
final class InputException extends Exception {
    private static final long serialVersionUID = 1;

    InputException(String message) {
        super(message, null, false, false);
    }
}
