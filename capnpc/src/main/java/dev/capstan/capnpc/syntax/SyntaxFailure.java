package dev.capstan.capnpc.syntax;

/** A statement or list item cannot be parsed; caught where the next one begins. */
final class SyntaxFailure extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final transient Span span;
    private final String hint;

    SyntaxFailure(Span span, String message, String hint) {
        super(message, null, false, false);
        this.span = span;
        this.hint = hint;
    }

    Span span() {
        return span;
    }

    String text() {
        return String.valueOf(getMessage());
    }

    String hint() {
        return hint;
    }
}
