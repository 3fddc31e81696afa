package dev.capstan.grpc.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.capstan.async.Completer;
import dev.capstan.async.Promise;
import dev.capstan.grpc.EchoService;
import dev.capstan.grpc.GrpcFailure;
import dev.capstan.grpc.Served;
import dev.capstan.grpc.client.CallSettings;
import dev.capstan.grpc.client.GrpcCall;
import dev.capstan.testkit.Parity;
import dev.capstan.testprotos.interop.SimpleRequest;
import dev.capstan.testprotos.interop.SimpleResponse;
import dev.capstan.testprotos.interop.StreamingOutputCallRequest;
import dev.capstan.testprotos.interop.StreamingOutputCallResponse;
import dev.capstan.testprotos.interop.TestServiceGrpc;
import io.grpc.Context;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Interceptors of a server that decide later. */
class AsyncInterceptorTest {
    private static final Context.Key<String> USER = Context.key("user");

    /** One call that waits for its decision. */
    private record Asked(Completer<Context> decision, String method, Context around, Thread thread) {}

    private final BlockingQueue<Asked> asked = new LinkedBlockingQueue<>();
    private final BlockingQueue<String> told = new LinkedBlockingQueue<>();
    private @Nullable Served served;

    @AfterEach
    void close() {
        if (served != null) {
            served.close();
        }
    }

    private Served serve(UnaryOperator<GrpcServer.Builder> with) {
        Served[] here = new Served[1];
        here[0] = new Served(server -> with.apply(server.service(new Users()).intercept((call, headers) -> {
            Completer<Context> decision = new Completer<>(here[0].net.loop());
            decision.onCancel(() -> told.add("the decision is not wanted"));
            asked.add(new Asked(
                    decision,
                    call.getMethodDescriptor().getFullMethodName(),
                    Context.current(),
                    Thread.currentThread()));
            return decision.promise();
        })));
        served = here[0];
        return here[0];
    }

    /** Answers with the user of the call. */
    private final class Users extends TestServiceGrpc.TestServiceImplBase {
        private final EchoService echo = new EchoService();

        @Override
        public void unaryCall(SimpleRequest request, StreamObserver<SimpleResponse> to) {
            told.add("handled by " + Thread.currentThread().getName());
            to.onNext(SimpleResponse.newBuilder()
                    .setUsername(String.valueOf(USER.get()))
                    .build());
            to.onCompleted();
        }

        @Override
        public StreamObserver<StreamingOutputCallRequest> fullDuplexCall(
                StreamObserver<StreamingOutputCallResponse> to) {
            told.add("handled by " + Thread.currentThread().getName());
            return echo.fullDuplexCall(to);
        }
    }

    private static Promise<SimpleResponse> ask(Served at) {
        return at.client()
                .ask(TestServiceGrpc.getUnaryCallMethod(), SimpleRequest.getDefaultInstance(), CallSettings.DEFAULT);
    }

    private Asked next() throws InterruptedException {
        Asked next = asked.poll(30, TimeUnit.SECONDS);
        assertNotNull(next);
        return next;
    }

    private static void onLoop(Served at, Runnable action) {
        at.net
                .loop()
                .fetch(() -> {
                    action.run();
                    return Promise.done();
                })
                .await();
    }

    private static void decide(Served at, Asked what) {
        onLoop(at, () -> what.decision().complete(what.around().withValue(USER, "ann")));
    }

    @Test
    @Parity("GRPC-P6.2")
    void a_call_begins_when_it_is_decided_on_and_its_handler_knows_what_was_found_out() throws Exception {
        Served at = serve(builder -> builder);
        Promise<SimpleResponse> answer = ask(at);
        Asked first = next();
        assertEquals("grpc.testing.TestService/UnaryCall", first.method());
        assertNull(told.poll());
        decide(at, first);
        assertEquals("ann", answer.await().getUsername());
    }

    @Test
    @Parity("GRPC-P6.2")
    void a_call_that_is_refused_later_never_reaches_its_handler() throws Exception {
        Served at = serve(builder -> builder);
        Promise<SimpleResponse> answer = ask(at);
        Asked first = next();
        onLoop(
                at,
                () -> first.decision()
                        .fail(Status.PERMISSION_DENIED
                                .withDescription("not you")
                                .asRuntimeException()));
        GrpcFailure refused = assertThrows(GrpcFailure.class, answer::await);
        assertEquals(Status.Code.PERMISSION_DENIED, refused.code());
        assertEquals("not you", refused.reason());
        assertNull(told.poll());
    }

    @Test
    @Parity("GRPC-P6.2")
    void an_interceptor_that_throws_refuses() {
        Served at = new Served(builder -> builder.service(new Users()).intercept((call, headers) -> {
            throw new IllegalStateException("secret");
        }));
        served = at;
        GrpcFailure refused = assertThrows(GrpcFailure.class, () -> ask(at).await());
        assertEquals(Status.Code.UNKNOWN, refused.code());
        assertTrue(!refused.reason().contains("secret"));
    }

    @Test
    @Parity("GRPC-P6.2")
    void what_a_client_sends_before_the_decision_is_delivered_after_it() throws Exception {
        Served at = serve(builder -> builder);
        try (GrpcCall<StreamingOutputCallRequest, StreamingOutputCallResponse> call =
                at.client().call(TestServiceGrpc.getFullDuplexCallMethod(), CallSettings.DEFAULT)) {
            call.write(StreamingOutputCallRequest.getDefaultInstance());
            call.write(StreamingOutputCallRequest.getDefaultInstance());
            call.end();
            decide(at, next());
            assertNotNull(call.read());
            assertNotNull(call.read());
            assertNull(call.read());
        }
    }

    @Test
    @Parity("GRPC-P6.2")
    void a_client_that_gives_up_cancels_the_decision() throws Exception {
        Served at = serve(builder -> builder);
        Promise<SimpleResponse> answer = ask(at);
        Asked first = next();
        onLoop(at, () -> answer.listen(at.net.loop(), (value, failure) -> {}).cancel());
        assertEquals("the decision is not wanted", told.poll(30, TimeUnit.SECONDS));
        decide(at, first);
        assertEquals(0, at.net.loop().fetch(() -> Promise.of(at.grpc.calls())).await());
        assertNull(told.poll());
    }

    @Test
    @Parity("GRPC-P6.2")
    void a_handler_begins_where_the_server_s_executor_runs_it() throws Exception {
        try (ExecutorService pool = Executors.newSingleThreadExecutor(
                Thread.ofPlatform().name("pool").factory())) {
            Served at = serve(builder -> builder.executor(pool));
            Promise<SimpleResponse> answer = ask(at);
            Asked first = next();
            assertEquals(
                    at.net
                            .loop()
                            .fetch(() -> Promise.of(Thread.currentThread()))
                            .await(),
                    first.thread());
            decide(at, first);
            assertEquals("ann", answer.await().getUsername());
            assertEquals("handled by pool", told.poll());
        }
    }

    @Test
    @Parity("GRPC-P6.2")
    void an_executor_that_has_no_room_any_more_ends_the_call() throws Exception {
        AtomicBoolean full = new AtomicBoolean();
        try (ExecutorService pool = Executors.newSingleThreadExecutor()) {
            Served at = serve(builder -> builder.executor(task -> {
                if (full.get()) {
                    throw new RejectedExecutionException("full");
                }
                pool.execute(task);
            }));
            Promise<SimpleResponse> answer = ask(at);
            Asked first = next();
            full.set(true);
            decide(at, first);
            GrpcFailure refused = assertThrows(GrpcFailure.class, answer::await);
            assertEquals(Status.Code.RESOURCE_EXHAUSTED, refused.code());
        }
    }

    @Test
    @Parity("GRPC-P6.2")
    void interceptors_behind_it_see_the_call_after_the_decision() {
        ServerInterceptor telling = new ServerInterceptor() {
            @Override
            public <Q, S> ServerCall.Listener<Q> interceptCall(
                    ServerCall<Q, S> call, Metadata headers, ServerCallHandler<Q, S> then) {
                told.add("seen for " + USER.get());
                return then.startCall(call, headers);
            }
        };
        Served at = new Served(server -> server.service(new Users())
                .intercept(telling)
                .intercept((call, headers) -> Promise.of(Context.current().withValue(USER, "bob"))));
        served = at;
        assertEquals("bob", ask(at).await().getUsername());
        assertEquals("seen for bob", told.poll());
    }
}
