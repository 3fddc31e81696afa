package dev.capstan.examples.calculator;

import dev.capstan.async.Loop;
import dev.capstan.async.Promise;
import dev.capstan.capnp.CallContext;
import dev.capstan.capnp.Float64List;
import dev.capstan.capnp.StructList;
import java.util.List;
import java.util.Map;

/**
 * An expression as people write it, and how a client lets a calculator compute it: operators are asked for and used in the same breath, since the
 * functions that they give are needed only where the calculator itself runs; {@code pow} stays here and is called back.
 */
public sealed interface Infix {
    /** A number. */
    record Literal(double number) implements Infix {}

    /** An operator and its operands. */
    record Binary(Operator operator, Infix left, Infix right) implements Infix {}

    /** {@code pow}, computed by the client. */
    record Power(Infix base, Infix exponent) implements Infix {}

    /**
     * Reads numbers, {@code + - * /}, brackets and {@code pow(x, y)}.
     *
     * @throws IllegalArgumentException says where the text is wrong
     */
    static Infix parse(String text) {
        return new InfixParser(text).whole();
    }

    /** Lets {@code calculator} compute this. One round trip, however deep the expression is. Blocks; not on the loop's own thread. */
    default double evaluate(Loop loop, Calculator.Client calculator) {
        try (Function.Client add = operator(calculator, Operator.ADD);
                Function.Client subtract = operator(calculator, Operator.SUBTRACT);
                Function.Client multiply = operator(calculator, Operator.MULTIPLY);
                Function.Client divide = operator(calculator, Operator.DIVIDE);
                Function.Client power = Function.TYPE.serve(loop, new Pow())) {
            Map<Operator, Function.Client> operators = Map.of(
                    Operator.ADD,
                    add,
                    Operator.SUBTRACT,
                    subtract,
                    Operator.MULTIPLY,
                    multiply,
                    Operator.DIVIDE,
                    divide);
            try (var answer = calculator.evaluate(params -> write(params.initExpression(), operators, power));
                    Value.Client value = answer.getValue();
                    var read = value.read()) {
                return read.await().getNumber();
            }
        }
    }

    private static Function.Client operator(Calculator.Client calculator, Operator operator) {
        try (var answer = calculator.getOperator(params -> params.setOp(operator))) {
            return answer.getFunc();
        }
    }

    private void write(Expression.Builder to, Map<Operator, Function.Client> operators, Function.Client power) {
        switch (this) {
            case Literal(double number) -> to.setLiteral(number);
            case Binary(Operator operator, Infix left, Infix right) -> {
                Function.Client function = operators.get(operator);
                if (function == null) {
                    throw new AssertionError("no function for " + operator);
                }
                apply(to, function, List.of(left, right), operators, power);
            }
            case Power(Infix base, Infix exponent) -> apply(to, power, List.of(base, exponent), operators, power);
        }
    }

    private static void apply(
            Expression.Builder to,
            Function.Client function,
            List<Infix> operands,
            Map<Operator, Function.Client> operators,
            Function.Client power) {
        Expression.Apply.Builder apply = to.initApply();
        apply.setFunction(function);
        StructList.Builder<Expression.Builder> arguments = apply.initArguments(operands.size());
        for (int i = 0; i < operands.size(); i++) {
            operands.get(i).write(arguments.get(i), operators, power);
        }
    }

    /** A function of the client. */
    final class Pow implements Function.Server {
        private Pow() {}

        @Override
        public Promise<Void> call(CallContext<Function.CallParams.Reader, Function.CallResults.Builder> context) {
            Float64List.Reader arguments = context.params().getArguments();
            if (arguments.size() != 2) {
                throw new IllegalArgumentException("pow takes 2 arguments, not " + arguments.size());
            }
            context.results().setNumber(Math.pow(arguments.at(0), arguments.at(1)));
            return Promise.done();
        }
    }
}
