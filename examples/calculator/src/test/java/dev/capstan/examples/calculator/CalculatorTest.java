package dev.capstan.examples.calculator;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.capstan.async.BytePipe;
import dev.capstan.async.Promise;
import dev.capstan.async.SimLoop;
import dev.capstan.cap.Failure;
import dev.capstan.capnp.CallContext;
import dev.capstan.capnp.rpc.Peer;
import dev.capstan.capnp.rpc.Vat;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class CalculatorTest {
    private final SimLoop sim = new SimLoop();
    private final Vat server =
            Vat.on(sim.loop()).serving(new CalculatorServer()).build();
    private final Vat client = Vat.on(sim.loop()).build();
    private final Peer clientSide;
    private final Peer serverSide;
    private final Calculator.Client calculator;

    CalculatorTest() {
        BytePipe pipe = new BytePipe(sim.loop());
        serverSide = server.connect(pipe.right());
        clientSide = client.connect(pipe.left());
        calculator = clientSide.bootstrap(Calculator.TYPE);
    }

    @AfterEach
    void nothing_is_left() {
        calculator.close();
        sim.poll();
        assertEquals(new Peer.Tables(0, 0, 0, 0, 0), clientSide.tables());
        assertEquals(new Peer.Tables(0, 0, 0, 0, 0), serverSide.tables());
    }

    @Test
    void a_literal_evaluates_to_itself() {
        try (var answer = calculator.evaluate(p -> p.initExpression().setLiteral(42));
                Value.Client value = answer.getValue()) {
            assertEquals(42, sim.await(value.read()).getNumber());
        }
    }

    @Test
    void a_value_is_used_before_it_is_there() {
        try (var first = calculator.evaluate(p -> p.initExpression().setLiteral(40));
                Value.Client forty = first.getValue();
                var plus = calculator.getOperator(p -> p.setOp(Operator.ADD));
                Function.Client add = plus.getFunc();
                var second = calculator.evaluate(p -> {
                    var apply = p.initExpression().initApply();
                    apply.setFunction(add);
                    var arguments = apply.initArguments(2);
                    arguments.get(0).setPrevious(forty);
                    arguments.get(1).setLiteral(2);
                });
                Value.Client sum = second.getValue()) {
            assertEquals(42, sim.await(sum.read()).getNumber());
        }
    }

    @Test
    void a_function_of_the_client_is_called_back() {
        Function.Server square = new Function.Server() {
            @Override
            public Promise<Void> call(CallContext<Function.CallParams.Reader, Function.CallResults.Builder> context) {
                double x = context.params().getArguments().at(0);
                context.results().setNumber(x * x);
                return Promise.done();
            }
        };
        try (Function.Client mine = Function.TYPE.serve(sim.loop(), square);
                var answer = calculator.evaluate(p -> {
                    var apply = p.initExpression().initApply();
                    apply.setFunction(mine);
                    apply.initArguments(1).get(0).setLiteral(7);
                });
                Value.Client value = answer.getValue()) {
            assertEquals(49, sim.await(value.read()).getNumber());
        }
    }

    @Test
    void a_wrong_expression_fails_with_its_reason() {
        try (var answer = calculator.evaluate(p -> p.initExpression().setParameter(3))) {
            Failure failure = assertThrows(Failure.class, () -> sim.await(answer));
            assertEquals(Failure.Kind.FAILED, failure.kind());
            assertTrue(failure.reason().startsWith("remote exception: parameter 3"), failure.reason());
        }
    }
}
