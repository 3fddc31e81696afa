package dev.capstan.bench.serialization;

import dev.capstan.bench.serialization.schema.Expression;
import dev.capstan.bench.serialization.schema.Outcome;
import dev.capstan.capnp.AnyPointer;
import dev.capstan.capnp.MessageBuilder;

/** An arithmetic expression in, its value out: a tree of pointers. */
final class Evaluation implements Workload {
    // Numbers, as C++'s enums are: Java's switch over an enum reads two arrays on the way to a jump that cannot be
    // predicted, which takes a tenth of the time.
    private static final int PLUS = 0;
    private static final int MINUS = 1;
    private static final int TIMES = 2;
    private static final int OVER = 3;
    private static final int MODULO = 4;

    @Override
    public long request(MessageBuilder request, Xorshift random) {
        return fill(request.initRoot(Expression.TYPE), 0, random);
    }

    @Override
    public void respond(AnyPointer.Reader request, MessageBuilder response) {
        response.initRoot(Outcome.TYPE).setNumber(value(request.as(Expression.TYPE)));
    }

    @Override
    public long result(AnyPointer.Reader response) {
        return response.as(Outcome.TYPE).getNumber();
    }

    private static int fill(Expression.Builder expression, int depth, Xorshift random) {
        int operator = random.below(5);
        expression.setOperatorRaw(operator);
        int left;
        if (random.below(8) < depth) {
            left = 1 + random.below(128);
            expression.getLeft().setNumber(left);
        } else {
            left = fill(expression.getLeft().initNested(), depth + 1, random);
        }
        int right;
        if (random.below(8) < depth) {
            right = 1 + random.below(128);
            expression.getRight().setNumber(right);
        } else {
            right = fill(expression.getRight().initNested(), depth + 1, random);
        }
        return apply(operator, left, right);
    }

    private static int value(Expression.Reader expression) {
        Expression.Left.Reader left = expression.getLeft();
        int first = left.isNested() ? value(left.getNested()) : left.getNumber();
        Expression.Right.Reader right = expression.getRight();
        int second = right.isNested() ? value(right.getNested()) : right.getNumber();
        return apply(expression.getOperatorRaw(), first, second);
    }

    private static int apply(int operator, int a, int b) {
        return switch (operator) {
            case PLUS -> a + b;
            case MINUS -> a - b;
            case TIMES -> a * b;
            case OVER -> overflows(a, b) ? Integer.MAX_VALUE : a / b;
            case MODULO -> overflows(a, b) ? Integer.MAX_VALUE : a % b;
            default -> throw new IllegalStateException("the request has an operator that is not known here");
        };
    }

    /** What C++ leaves undefined. */
    private static boolean overflows(int a, int b) {
        return b == 0 || (a == Integer.MIN_VALUE && b == -1);
    }
}
