package dev.capstan.capnp.rpc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.capstan.async.Promise;
import dev.capstan.async.SimLoop;
import dev.capstan.cap.Failure;
import dev.capstan.capnp.CallContext;
import dev.capstan.capnp.testfixture.TestInterface;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** What the author of a method is told about mistakes. */
class HandlerTest {
    private final SimLoop sim = new SimLoop();

    /** Keeps the context of its call for later. */
    private static final class Keeper implements TestInterface.Server {
        private @Nullable CallContext<TestInterface.FooParams.Reader, TestInterface.FooResults.Builder> kept;

        @Override
        public Promise<Void> foo(CallContext<TestInterface.FooParams.Reader, TestInterface.FooResults.Builder> call) {
            call.params();
            call.results().setX("in time");
            kept = call;
            return Promise.done();
        }
    }

    @Test
    void a_call_that_has_ended_gives_neither_parameters_nor_results() {
        Keeper keeper = new Keeper();
        try (TestInterface.Client client = TestInterface.TYPE.serve(sim.loop(), keeper);
                var answer = client.foo(params -> {})) {
            assertEquals("in time", sim.await(answer).getX());
            var call = Objects.requireNonNull(keeper.kept);
            for (Executable late : List.<Executable>of(call::params, call::results)) {
                IllegalStateException error = assertThrows(IllegalStateException.class, late);
                assertTrue(String.valueOf(error.getMessage()).contains("this call has ended"), () -> "" + error);
            }
        }
    }

    @Test
    void a_failure_that_has_no_stack_of_its_own_shows_who_waited_for_it() {
        TestInterface.Server broken = new TestInterface.Server() {
            @Override
            public Promise<Void> foo(
                    CallContext<TestInterface.FooParams.Reader, TestInterface.FooResults.Builder> call) {
                return Promise.failed(new IOException("disk"));
            }
        };
        try (TestInterface.Client client = TestInterface.TYPE.serve(sim.loop(), broken);
                var answer = client.foo(params -> {})) {
            Failure failure = assertThrows(Failure.class, () -> sim.await(answer));
            assertEquals("dev.capstan.cap.Failure: FAILED: disk", failure.toString());
            assertTrue(
                    Arrays.stream(failure.getStackTrace())
                            .anyMatch(frame -> frame.getClassName().equals(HandlerTest.class.getName())),
                    () -> Arrays.toString(failure.getStackTrace()));
        }
    }
}
