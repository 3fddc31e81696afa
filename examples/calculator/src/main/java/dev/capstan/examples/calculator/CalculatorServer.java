package dev.capstan.examples.calculator;

import dev.capstan.async.Promise;
import dev.capstan.cap.Failure;
import dev.capstan.capnp.CallContext;
import dev.capstan.capnp.Float64List;
import dev.capstan.capnp.MessageBuilder;
import java.util.ArrayList;
import java.util.List;

/** The bootstrap object of a calculator: every number and every function that it gives away is an object of its own. */
public final class CalculatorServer implements Calculator.Server {
    /** A calculator without state of its own. */
    public CalculatorServer() {}

    @Override
    public Promise<Void> evaluate(
            CallContext<Calculator.EvaluateParams.Reader, Calculator.EvaluateResults.Builder> context) {
        return compute(context.params().getExpression(), List.of()).then(number -> {
            context.results().setValue(new Known(number));
            return Promise.done();
        });
    }

    @Override
    public Promise<Void> defFunction(
            CallContext<Calculator.DefFunctionParams.Reader, Calculator.DefFunctionResults.Builder> context) {
        int parameters = context.params().getParamCount();
        checkParameters(context.params().getBody(), parameters);
        context.results().setFunc(new Defined(parameters, context.params().getBody()));
        return Promise.done();
    }

    @Override
    public Promise<Void> getOperator(
            CallContext<Calculator.GetOperatorParams.Reader, Calculator.GetOperatorResults.Builder> context) {
        context.results().setFunc(new BuiltIn(context.params().getOp()));
        return Promise.done();
    }

    private static void checkParameters(Expression.Reader body, int parameters) {
        switch (body.which()) {
            case PARAMETER -> {
                if (body.getParameter() >= parameters) {
                    throw Failure.failed(
                            "the body names parameter " + body.getParameter() + ", but the function has " + parameters);
                }
            }
            case APPLY -> body.getApply().getArguments().forEach(argument -> checkParameters(argument, parameters));
            case LITERAL, PREVIOUS -> {}
            case UNRECOGNIZED -> throw unknown();
        }
    }

    /** The number that {@code expression} stands for, where parameters have the values {@code arguments}. */
    static Promise<Double> compute(Expression.Reader expression, List<Double> arguments) {
        return switch (expression.which()) {
            case LITERAL -> Promise.of(expression.getLiteral());
            case PARAMETER -> argument(expression.getParameter(), arguments);
            case PREVIOUS -> {
                Value.Client previous = expression.getPrevious();
                yield previous.read().map(Value.ReadResults.Reader::getNumber).attach(previous);
            }
            case APPLY -> apply(expression.getApply(), arguments);
            case UNRECOGNIZED -> Promise.failed(unknown());
        };
    }

    private static Promise<Double> argument(int index, List<Double> arguments) {
        return index < arguments.size()
                ? Promise.of(arguments.get(index))
                : Promise.failed(
                        Failure.failed("parameter " + index + " has a meaning only in the body of a function"));
    }

    private static Promise<Double> apply(Expression.Apply.Reader apply, List<Double> arguments) {
        List<Promise<Double>> numbers = new ArrayList<>();
        for (Expression.Reader argument : apply.getArguments()) {
            numbers.add(compute(argument, arguments));
        }
        Function.Client function = apply.getFunction();
        return Promise.all(numbers)
                .then(values -> function.call(params -> fill(params.initArguments(values.size()), values))
                        .map(Function.CallResults.Reader::getNumber))
                .attach(function);
    }

    static void fill(Float64List.Builder list, List<Double> values) {
        for (int i = 0; i < values.size(); i++) {
            list.set(i, values.get(i));
        }
    }

    private static Failure unknown() {
        return Failure.unimplemented("this calculator does not know that kind of expression");
    }

    /** A number that somebody else may read. */
    private record Known(double number) implements Value.Server {
        @Override
        public Promise<Void> read(CallContext<Value.ReadParams.Reader, Value.ReadResults.Builder> context) {
            context.results().setNumber(number);
            return Promise.done();
        }
    }

    /** One of the four operators. */
    private record BuiltIn(Operator operator) implements Function.Server {
        @Override
        public Promise<Void> call(CallContext<Function.CallParams.Reader, Function.CallResults.Builder> context) {
            Float64List.Reader arguments = context.params().getArguments();
            checkCount(arguments, 2);
            double a = arguments.at(0);
            double b = arguments.at(1);
            context.results()
                    .setNumber(
                            switch (operator) {
                                case ADD -> a + b;
                                case SUBTRACT -> a - b;
                                case MULTIPLY -> a * b;
                                case DIVIDE -> a / b;
                                case UNRECOGNIZED ->
                                    throw Failure.unimplemented("this calculator does not know that operator");
                            });
            return Promise.done();
        }
    }

    /** A function that a client has defined. Keeps a copy of the body, with the capabilities in it. */
    private static final class Defined implements Function.Server {
        private final int parameters;
        private final MessageBuilder body = new MessageBuilder();

        Defined(int parameters, Expression.Reader body) {
            this.parameters = parameters;
            this.body.setRoot(body);
        }

        @Override
        public Promise<Void> call(CallContext<Function.CallParams.Reader, Function.CallResults.Builder> context) {
            Float64List.Reader arguments = context.params().getArguments();
            checkCount(arguments, parameters);
            return compute(body.asReader().as(Expression.TYPE), List.copyOf(arguments))
                    .then(number -> {
                        context.results().setNumber(number);
                        return Promise.done();
                    });
        }

        @Override
        public void released() {
            body.capTable().close();
        }
    }

    private static void checkCount(Float64List.Reader arguments, int expected) {
        if (arguments.size() != expected) {
            throw Failure.failed("this function takes " + expected + " arguments, not " + arguments.size());
        }
    }
}
