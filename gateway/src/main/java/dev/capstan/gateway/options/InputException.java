package dev.capstan.gateway.options;

import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** What the user gave to a command cannot be used: the text says what is wrong with it. */
public final class InputException extends Exception {
    private static final long serialVersionUID = 1;

    public InputException(String message) {
        super(message, null, false, false);
    }

    /** Why {@code file} could not be read: the messages of the system's exceptions are its name alone. */
    public static String unreadable(Path file, IOException cause) {
        return cause instanceof NoSuchFileException
                ? "there is no file " + file
                : file + " cannot be read (" + cause.getClass().getSimpleName() + ")";
    }
}
