package dev.capstan.capnp.rpc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.capstan.async.Promise;
import dev.capstan.async.SimLoop;
import dev.capstan.cap.Failure;
import dev.capstan.capnp.testfixture.StandardContent;
import dev.capstan.capnp.testfixture.TestExtends;
import dev.capstan.capnp.testfixture.TestInterface;
import dev.capstan.capnp.testfixture.TestPipeline;
import dev.capstan.capnp.testfixture.TestStreaming;
import dev.capstan.capnp.testfixture.TestTailCallee;
import dev.capstan.capnp.testfixture.TestTailCaller;
import dev.capstan.testkit.Parity;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** The behaviours that {@code capability-test.c++} asserts of objects in one process, under its names. */
class LocalParityTest {
    private final SimLoop sim = new SimLoop();
    private final Servers servers = new Servers(sim.loop());

    @AfterEach
    void nothing_is_left() {
        sim.poll();
        assertEquals(List.of(), servers.live(), "objects that are still referred to");
    }

    private Failure failureOf(Promise<?> promise) {
        return assertThrows(Failure.class, () -> sim.await(promise));
    }

    @Test
    @Parity("C01")
    @DisplayName("Capability, Basic")
    void local_calls_never_begin_inside_the_caller() {
        Servers.Foo foo = servers.new Foo();
        try (TestInterface.Client client = TestInterface.TYPE.serve(sim.loop(), foo);
                var first = client.foo(Servers::fooParams);
                var second = client.baz(params -> StandardContent.fill(params.initS()));
                var third = client.bar()) {
            assertEquals(0, foo.own);
            assertEquals("foo", sim.await(first).getX());
            sim.await(second);
            assertEquals(Failure.Kind.UNIMPLEMENTED, failureOf(third).kind());
            assertEquals(2, foo.own);
        }
    }

    @Test
    @Parity("C03")
    @DisplayName("Capability, Inheritance")
    void a_derived_object_is_called_through_its_base() {
        try (TestExtends.Client derived = TestExtends.TYPE.serve(sim.loop(), servers.new Extends());
                TestInterface.Client base = derived.share();
                TestExtends.Client again = new TestExtends.Client(base.cap().share());
                var foo = base.foo(params -> params.setI(321));
                var grault = again.grault()) {
            assertEquals("bar", sim.await(foo).getX());
            StandardContent.check(sim.await(grault));
            assertEquals(2, servers.calls);
        }
    }

    @Test
    @Parity("C04")
    @DisplayName("Capability, Pipelining")
    void calls_on_a_result_that_is_not_there_yet_queue_in_one_process_too() {
        Servers.Foo inner = servers.new Foo();
        try (TestPipeline.Client client = TestPipeline.TYPE.serve(sim.loop(), servers.new Pipelined());
                TestInterface.Client in = TestInterface.TYPE.serve(sim.loop(), inner)) {
            TestInterface.Client cap;
            try (var answer = client.getCap(params -> {
                params.setN(234);
                params.setInCap(in);
            })) {
                cap = answer.getOutBox().getCap();
            }
            try (cap;
                    TestExtends.Client extended =
                            new TestExtends.Client(cap.cap().share());
                    var foo = cap.foo(params -> params.setI(321));
                    var grault = extended.grault()) {
                assertEquals(0, servers.calls);
                assertEquals("bar", sim.await(foo).getX());
                StandardContent.check(sim.await(grault));
                assertEquals(3, servers.calls);
                assertEquals(1, inner.own);
            }
        }
    }

    @Test
    @Parity("C05")
    @DisplayName("use pipeline after dropping response")
    void what_was_taken_from_a_pipeline_outlives_the_answer() {
        try (TestPipeline.Client client = TestPipeline.TYPE.serve(sim.loop(), servers.new Pipelined());
                TestInterface.Client in = TestInterface.TYPE.serve(sim.loop(), servers.new Foo())) {
            TestInterface.Client cap;
            try (var answer = client.getCap(params -> {
                params.setN(234);
                params.setInCap(in);
            })) {
                assertEquals("bar", sim.await(answer).getS());
                cap = answer.getOutBox().getCap();
            }
            try (cap;
                    var foo = cap.foo(params -> params.setI(321))) {
                assertEquals("bar", sim.await(foo).getX());
            }
        }
    }

    @Test
    @Parity("C07")
    @DisplayName("Capability, TailCall")
    void a_tail_call_answers_for_its_caller() {
        try (TestTailCaller.Client caller = TestTailCaller.TYPE.serve(sim.loop(), servers.new TailCaller());
                TestTailCallee.Client callee = TestTailCallee.TYPE.serve(sim.loop(), servers.new TailCallee());
                var answer = caller.foo(params -> {
                    params.setI(456);
                    params.setCallee(callee);
                });
                var early = answer.getC();
                var zero = early.getCallSequence(params -> {})) {
            assertEquals(456, sim.await(answer).getI());
            try (var late = answer.getC();
                    var one = late.getCallSequence(params -> {})) {
                assertEquals(0, sim.await(zero).getN());
                assertEquals(1, sim.await(one).getN());
            }
        }
    }

    @Test
    @Parity("C29")
    @DisplayName("Streaming calls block subsequent calls")
    void streaming_calls_run_one_after_another_and_before_what_follows() {
        Servers.Streaming server = servers.new Streaming();
        try (TestStreaming.Client client = TestStreaming.TYPE.serve(sim.loop(), server)) {
            Promise<Void> first = client.doStreamI(params -> params.setI(123));
            Promise<Void> second = client.doStreamJ(params -> params.setJ(321));
            Promise<Void> third = client.doStreamI(params -> params.setI(456));
            try (var finish = client.finishStream()) {
                assertFalse(sim.poll(finish));
                assertFalse(sim.poll(first));
                assertEquals(123, server.totalI);
                assertEquals(0, server.totalJ);
                server.finishOne();
                sim.await(first);
                assertFalse(sim.poll(second));
                assertEquals(321, server.totalJ);
                server.finishOne();
                sim.await(second);
                assertFalse(sim.poll(third));
                assertEquals(579, server.totalI);
                assertFalse(sim.poll(finish));
                server.finishOne();
                sim.await(third);
                var totals = sim.await(finish);
                assertEquals(579, totals.getTotalI());
                assertEquals(321, totals.getTotalJ());
            }
        }
    }

    @Test
    @Parity("C30")
    @DisplayName("Streaming calls can be canceled")
    void a_streaming_call_that_waits_is_skipped_when_it_is_cancelled() {
        Servers.Streaming server = servers.new Streaming();
        try (TestStreaming.Client client = TestStreaming.TYPE.serve(sim.loop(), server)) {
            Promise<Void> first = client.doStreamI(params -> params.setI(123));
            Promise<Void> second = client.doStreamJ(params -> params.setJ(321));
            Promise<Void> third = client.doStreamI(params -> params.setI(456));
            try (var finish = client.finishStream()) {
                assertFalse(sim.poll(first));
                second.cancel();
                server.finishOne();
                sim.await(first);
                assertFalse(sim.poll(third));
                server.finishOne();
                sim.await(third);
                assertEquals(579, sim.await(finish).getTotalI());
                assertEquals(0, sim.await(client.finishStream()).getTotalJ());
            }
        }
    }

    @Test
    @Parity("C31")
    @DisplayName("Streaming call throwing cascades to following calls")
    void a_failed_streaming_call_fails_every_later_call() {
        Servers.Streaming server = servers.new Streaming();
        server.throwNext = true;
        try (TestStreaming.Client client = TestStreaming.TYPE.serve(sim.loop(), server)) {
            Promise<Void> first = client.doStreamI(params -> params.setI(123));
            Promise<Void> second = client.doStreamJ(params -> params.setJ(321));
            try (var finish = client.finishStream()) {
                for (Promise<?> call : java.util.List.of(first, second, finish)) {
                    assertTrue(failureOf(call).reason().contains("throw requested"));
                }
            }
            server.throwNext = false;
            assertTrue(failureOf(client.doStreamI(params -> params.setI(1)))
                    .reason()
                    .contains("throw requested"));
            try (var finish = client.finishStream()) {
                assertTrue(failureOf(finish).reason().contains("throw requested"));
            }
        }
    }
}
