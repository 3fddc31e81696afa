package dev.capstan.examples.calculator;

/** Recursive descent over {@code sum = product (('+'|'-') product)*} and so on. Depth is bounded, since the text may be anything. */
final class InfixParser {
    private static final int MAX_DEPTH = 50;

    private final String text;
    private int at;
    private int depth;

    InfixParser(String text) {
        this.text = text;
    }

    Infix whole() {
        Infix result = sum();
        if (peek() != 0) {
            throw wrong("expected an operator");
        }
        return result;
    }

    private Infix sum() {
        if (++depth > MAX_DEPTH) {
            throw wrong("brackets are nested deeper than " + MAX_DEPTH);
        }
        Infix left = product();
        while (peek() == '+' || peek() == '-') {
            Operator operator = next() == '+' ? Operator.ADD : Operator.SUBTRACT;
            left = new Infix.Binary(operator, left, product());
        }
        depth--;
        return left;
    }

    private Infix product() {
        Infix left = operand();
        while (peek() == '*' || peek() == '/') {
            Operator operator = next() == '*' ? Operator.MULTIPLY : Operator.DIVIDE;
            left = new Infix.Binary(operator, left, operand());
        }
        return left;
    }

    private Infix operand() {
        char first = peek();
        if (first == '(') {
            next();
            Infix inner = sum();
            expect(')');
            return inner;
        }
        if (text.startsWith("pow", at)) {
            at += "pow".length();
            expect('(');
            Infix base = sum();
            expect(',');
            Infix exponent = sum();
            expect(')');
            return new Infix.Power(base, exponent);
        }
        return number();
    }

    private Infix number() {
        int start = at;
        if (peek() == '-') {
            start = at;
            at++;
        }
        while (at < text.length() && (Character.isDigit(text.charAt(at)) || text.charAt(at) == '.')) {
            at++;
        }
        try {
            return new Infix.Literal(Double.parseDouble(text.substring(start, at)));
        } catch (NumberFormatException e) {
            at = start;
            throw wrong("expected a number, a bracket or pow(x, y)");
        }
    }

    private void expect(char wanted) {
        if (peek() != wanted) {
            throw wrong("expected '" + wanted + "'");
        }
        next();
    }

    /** The next character that is no blank; 0 at the end. */
    private char peek() {
        while (at < text.length() && Character.isWhitespace(text.charAt(at))) {
            at++;
        }
        return at < text.length() ? text.charAt(at) : 0;
    }

    private char next() {
        return text.charAt(at++);
    }

    private IllegalArgumentException wrong(String what) {
        return new IllegalArgumentException("'" + text + "': " + what + " at position " + (at + 1));
    }
}
