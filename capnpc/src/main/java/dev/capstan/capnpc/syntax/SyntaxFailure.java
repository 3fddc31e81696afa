package dev.capstan.capnpc.syntax;

/** A statement or list item cannot be parsed; caught where the next one begins. */
final class SyntaxFailure extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final transient Span span;
    private final String hint;
    private final boolean isTold;

    SyntaxFailure(Span span, String message, String hint) {
        this(span, message, hint, false);
    }

    private SyntaxFailure(Span span, String message, String hint, boolean isTold) {
        super(message, null, false, false);
        this.span = span;
        this.hint = hint;
        this.isTold = isTold;
    }

    /** One that follows from a problem that was added already. */
    static SyntaxFailure told(Span span, String message, String hint) {
        return new SyntaxFailure(span, message, hint, true);
    }

    boolean isTold() {
        return isTold;
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
