package dev.capstan.capnpc;

/** The request cannot be turned into Java: it is incomplete, or asks for something that Java cannot express. The text says what to do. */
public final class SchemaException extends RuntimeException {
    private static final long serialVersionUID = 1;

    /** With words for the user: what is wrong and what to do. */
    public SchemaException(String message) {
        super(message);
    }
}
