package dev.capstan.bench.serialization;

import dev.capstan.bench.serialization.schema.Expression;
import dev.capstan.bench.serialization.schema.Operator;
import dev.capstan.bench.serialization.schema.Outcome;
import dev.capstan.capnp.AnyPointer;
import dev.capstan.capnp.MessageBuilder;

/** An arithmetic expression in, its value out: a tree of pointers. */
final class Evaluation implements Workload {
    private static final Operator[] OPERATORS = {
        Operator.PLUS, Operator.MINUS, Operator.TIMES, Operator.OVER, Operator.MODULO
    };

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
        Operator operator = OPERATORS[random.below(OPERATORS.length)];
        expression.setOperator(operator);
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
        return apply(expression.getOperator(), first, second);
    }

    private static int apply(Operator operator, int a, int b) {
        return switch (operator) {
            case PLUS -> a + b;
            case MINUS -> a - b;
            case TIMES -> a * b;
            case OVER -> overflows(a, b) ? Integer.MAX_VALUE : a / b;
            case MODULO -> overflows(a, b) ? Integer.MAX_VALUE : a % b;
            case UNRECOGNIZED -> throw new IllegalStateException("the request has an operator that is not known here");
        };
    }

    /** What C++ leaves undefined. */
    private static boolean overflows(int a, int b) {
        return b == 0 || (a == Integer.MIN_VALUE && b == -1);
    }
}
