package dev.capstan.grpc.typed;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.capstan.async.CanceledException;
import dev.capstan.async.Completer;
import dev.capstan.async.Promise;
import dev.capstan.grpc.GrpcFailure;
import dev.capstan.grpc.Limits;
import dev.capstan.grpc.Messages;
import dev.capstan.grpc.client.CallSettings;
import dev.capstan.grpc.client.GrpcCall;
import dev.capstan.grpc.client.GrpcClient;
import dev.capstan.testkit.Parity;
import dev.capstan.testprotos.interop.SimpleRequest;
import dev.capstan.testprotos.interop.SimpleResponse;
import dev.capstan.testprotos.interop.StreamingInputCallRequest;
import dev.capstan.testprotos.interop.StreamingInputCallResponse;
import dev.capstan.testprotos.interop.StreamingOutputCallRequest;
import dev.capstan.testprotos.interop.StreamingOutputCallResponse;
import dev.capstan.testprotos.interop.TestServiceRpc;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Flow;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What becomes of handlers when things do not go well, and what they cost, on either server. */
class HandlerTest {
    private static final int WINDOWFUL = 64 << 10;

    private final Place place = new Place();

    @AfterEach
    void close() throws Exception {
        place.close();
    }

    private GrpcClient serve(Place.Kind kind, TestServiceRpc.Async handler) throws Exception {
        return place.client(kind, TestServiceRpc.bind(handler, place.how()));
    }

    private GrpcClient serve(Place.Kind kind, TestServiceRpc.Blocking handler) throws Exception {
        return place.client(kind, TestServiceRpc.bind(handler, place.how()));
    }

    private static <T> T soon(CompletableFuture<T> future) throws Exception {
        return future.get(60, TimeUnit.SECONDS);
    }

    /** A stream without an end; counts what was taken of it. */
    private static final class Endless implements Iterable<StreamingOutputCallResponse> {
        final AtomicInteger taken = new AtomicInteger();

        @Override
        public Iterator<StreamingOutputCallResponse> iterator() {
            return Stream.generate(() -> {
                        taken.incrementAndGet();
                        return Echo.output(WINDOWFUL);
                    })
                    .iterator();
        }
    }

    // ---- cancelling

    @ParameterizedTest
    @EnumSource
    @Parity("GRPC-S6.3")
    void a_client_that_gives_up_cancels_the_handler_s_promise(Place.Kind kind) throws Exception {
        CompletableFuture<String> begun = new CompletableFuture<>();
        CompletableFuture<String> cancelled = new CompletableFuture<>();
        TestServiceRpc.Async stub = TestServiceRpc.client(serve(kind, new TestServiceRpc.Async() {
            @Override
            public Promise<SimpleResponse> unaryCall(SimpleRequest request) {
                Completer<SimpleResponse> never = new Completer<>(place.net.loop());
                never.onCancel(() -> cancelled.complete("cancelled"));
                begun.complete("begun");
                return never.promise();
            }
        }));
        Promise<SimpleResponse> answer = stub.unaryCall(Echo.ask(1));
        soon(begun);
        answer.cancel();
        assertEquals("cancelled", soon(cancelled));
    }

    @ParameterizedTest
    @EnumSource
    @Parity("GRPC-S6.3")
    void a_client_that_gives_up_cancels_the_handler_s_publisher(Place.Kind kind) throws Exception {
        Flows.Listed<StreamingOutputCallResponse> published = new Flows.Listed<>(new Endless());
        TestServiceRpc.Blocking stub = TestServiceRpc.blocking(serve(kind, new TestServiceRpc.Async() {
            @Override
            public Flow.Publisher<StreamingOutputCallResponse> streamingOutputCall(StreamingOutputCallRequest request) {
                return published;
            }
        }));
        try (Messages<StreamingOutputCallResponse> answers = stub.streamingOutputCall(Echo.sizes())) {
            assertNotNull(answers.read());
        }
        soon(published.cancelled);
    }

    @ParameterizedTest
    @EnumSource
    @Parity("GRPC-S6.3")
    void a_client_that_gives_up_fails_the_requests_of_an_asynchronous_handler(Place.Kind kind) throws Exception {
        Flows.Taken<StreamingInputCallRequest> reader = new Flows.Taken<>();
        CompletableFuture<String> begun = new CompletableFuture<>();
        TestServiceRpc.Async stub = TestServiceRpc.client(serve(kind, new TestServiceRpc.Async() {
            @Override
            public Promise<StreamingInputCallResponse> streamingInputCall(
                    Flow.Publisher<StreamingInputCallRequest> requests) {
                requests.subscribe(reader);
                begun.complete("begun");
                return new Completer<StreamingInputCallResponse>(place.net.loop()).promise();
            }
        }));
        Promise<StreamingInputCallResponse> answer = stub.streamingInputCall(subscriber -> {
            subscriber.onSubscribe(new Flow.Subscription() {
                @Override
                public void request(long count) {
                    // Nothing comes, and no end.
                }

                @Override
                public void cancel() {
                    // Nothing runs.
                }
            });
        });
        soon(begun);
        answer.cancel();
        assertInstanceOf(CanceledException.class, soon(reader.end().handle((all, failure) -> failure)));
    }

    private TestServiceRpc.Blocking sleeping(CompletableFuture<String> begun, CompletableFuture<String> woken) {
        return new TestServiceRpc.Blocking() {
            @Override
            public SimpleResponse unaryCall(SimpleRequest request) {
                begun.complete("begun");
                try {
                    new CountDownLatch(1).await();
                    return Echo.answer(request);
                } catch (InterruptedException e) {
                    woken.complete("interrupted");
                    throw new CanceledException("interrupted");
                }
            }
        };
    }

    @ParameterizedTest
    @EnumSource
    @Parity("GRPC-S6.3")
    void a_client_that_gives_up_interrupts_a_blocking_handler(Place.Kind kind) throws Exception {
        CompletableFuture<String> begun = new CompletableFuture<>();
        CompletableFuture<String> woken = new CompletableFuture<>();
        Promise<SimpleResponse> answer =
                TestServiceRpc.client(serve(kind, sleeping(begun, woken))).unaryCall(Echo.ask(1));
        soon(begun);
        answer.cancel();
        assertEquals("interrupted", soon(woken));
    }

    @ParameterizedTest
    @EnumSource
    @Parity("GRPC-S5.2")
    void a_deadline_interrupts_a_blocking_handler(Place.Kind kind) throws Exception {
        CompletableFuture<String> begun = new CompletableFuture<>();
        CompletableFuture<String> woken = new CompletableFuture<>();
        TestServiceRpc.Blocking stub = TestServiceRpc.blocking(
                serve(kind, sleeping(begun, woken)), CallSettings.DEFAULT.within(Duration.ofMillis(300)));
        GrpcFailure told = assertThrows(GrpcFailure.class, () -> stub.unaryCall(Echo.ask(1)));
        assertEquals(Status.Code.DEADLINE_EXCEEDED, told.code());
        assertEquals("interrupted", soon(woken));
    }

    @ParameterizedTest
    @EnumSource
    @Parity("GRPC-S6.3")
    void a_handler_that_reads_when_its_client_gives_up_is_told(Place.Kind kind) throws Exception {
        CompletableFuture<RuntimeException> why = new CompletableFuture<>();
        CompletableFuture<String> begun = new CompletableFuture<>();
        GrpcClient client = serve(kind, new TestServiceRpc.Blocking() {
            @Override
            public StreamingInputCallResponse streamingInputCall(Messages<StreamingInputCallRequest> requests) {
                begun.complete("begun");
                try {
                    requests.read();
                    return Echo.sum(0);
                } catch (RuntimeException e) {
                    why.complete(e);
                    throw e;
                }
            }
        });
        try (GrpcCall<StreamingInputCallRequest, ?> call = client.call(TestServiceRpc.STREAMING_INPUT_CALL)) {
            soon(begun);
            assertFalse(call.context().isCancelled());
        }
        assertInstanceOf(CanceledException.class, soon(why));
    }

    // ---- back-pressure

    private void assertHeldBack(AtomicInteger taken, Messages<StreamingOutputCallResponse> answers) throws Exception {
        assertNotNull(answers.read());
        // Nothing tells that nothing happens any more: wait until the number stays as it is.
        int before = -1;
        for (int i = 0; i < 200 && before != taken.get(); i++) {
            before = taken.get();
            TimeUnit.MILLISECONDS.sleep(100);
        }
        assertEquals(before, taken.get());
        assertTrue(taken.get() < 100, "taken: " + taken);
    }

    @ParameterizedTest
    @EnumSource
    @Parity("GRPC-P2.2")
    void a_publisher_is_asked_for_no_more_than_the_client_reads(Place.Kind kind) throws Exception {
        Endless endless = new Endless();
        TestServiceRpc.Blocking stub = TestServiceRpc.blocking(serve(kind, new TestServiceRpc.Async() {
            @Override
            public Flow.Publisher<StreamingOutputCallResponse> streamingOutputCall(StreamingOutputCallRequest request) {
                return new Flows.Listed<>(endless);
            }
        }));
        try (Messages<StreamingOutputCallResponse> answers = stub.streamingOutputCall(Echo.sizes())) {
            assertHeldBack(endless.taken, answers);
        }
    }

    @ParameterizedTest
    @EnumSource
    @Parity("GRPC-G8.2")
    void a_writer_waits_for_a_client_that_does_not_read(Place.Kind kind) throws Exception {
        Endless endless = new Endless();
        TestServiceRpc.Blocking stub = TestServiceRpc.blocking(serve(kind, new TestServiceRpc.Blocking() {
            @Override
            public Messages<StreamingOutputCallResponse> streamingOutputCall(StreamingOutputCallRequest request) {
                return Messages.of(endless);
            }
        }));
        try (Messages<StreamingOutputCallResponse> answers = stub.streamingOutputCall(Echo.sizes())) {
            assertHeldBack(endless.taken, answers);
        }
    }

    @Test
    void a_writer_that_waits_for_the_loop_alone_goes_on_when_the_loop_has_caught_up() throws Exception {
        // Each message is more than a handler may leave on its way to the loop, and less than makes the connection
        // wait.
        int[] sizes = new int[50];
        Arrays.fill(sizes, 200);
        TestServiceRpc.Blocking stub = TestServiceRpc.blocking(place.client(
                Place.Kind.OWN, TestServiceRpc.bind(new Echo.Blocking()), Limits.DEFAULT.withQueuedBytes(400)));
        int count = 0;
        try (Messages<StreamingOutputCallResponse> answers = stub.streamingOutputCall(Echo.sizes(sizes))) {
            for (StreamingOutputCallResponse each : answers) {
                assertEquals(200, each.getPayload().getBody().size());
                count++;
            }
        }
        assertEquals(sizes.length, count);
    }

    @ParameterizedTest
    @EnumSource
    @Parity("GRPC-G8.1")
    void a_handler_that_does_not_read_holds_its_client_back(Place.Kind kind) throws Exception {
        CompletableFuture<String> over = new CompletableFuture<>();
        GrpcClient client = serve(kind, new TestServiceRpc.Blocking() {
            @Override
            public StreamingInputCallResponse streamingInputCall(Messages<StreamingInputCallRequest> requests) {
                over.join();
                return Echo.sum(0);
            }
        });
        AtomicInteger written = new AtomicInteger();
        Promise<StreamingInputCallResponse> answer = TestServiceRpc.client(client)
                .streamingInputCall(new Flows.Listed<>(() -> Stream.generate(() -> {
                            written.incrementAndGet();
                            return Echo.input(WINDOWFUL);
                        })
                        .iterator()));
        int before = -1;
        for (int i = 0; i < 200 && before != written.get(); i++) {
            before = written.get();
            TimeUnit.MILLISECONDS.sleep(100);
        }
        assertEquals(before, written.get());
        assertTrue(written.get() > 0 && written.get() < 100, "written: " + written);
        over.complete("over");
        assertEquals(0, answer.await().getAggregatedPayloadSize());
    }

    // ---- limits

    @ParameterizedTest
    @EnumSource
    @Parity("GRPC-G9.3")
    void blocking_handlers_beyond_their_number_are_refused(Place.Kind kind) throws Exception {
        LinkedBlockingQueue<CompletableFuture<String>> running = new LinkedBlockingQueue<>();
        TestServiceRpc.Blocking handler = new TestServiceRpc.Blocking() {
            @Override
            public SimpleResponse unaryCall(SimpleRequest request) {
                CompletableFuture<String> end = new CompletableFuture<>();
                running.add(end);
                end.join();
                return Echo.answer(request);
            }
        };
        TestServiceRpc.Async stub = TestServiceRpc.client(place.client(
                kind, TestServiceRpc.bind(handler, place.how().limits(new Limits.Blocking(1, 1)))));
        Promise<SimpleResponse> first = stub.unaryCall(Echo.ask(1));
        CompletableFuture<String> end = running.poll(60, TimeUnit.SECONDS);
        assertNotNull(end);
        GrpcFailure told = assertThrows(
                GrpcFailure.class, () -> stub.unaryCall(Echo.ask(2)).await());
        assertEquals(Status.Code.RESOURCE_EXHAUSTED, told.code());
        end.complete("end");
        assertEquals(1, first.await().getPayload().getBody().size());
        // There is room again once the first has ended, of which the client learns a moment before.
        Promise<SimpleResponse> third = eventually(stub, running);
        assertEquals(3, third.await().getPayload().getBody().size());
    }

    @ParameterizedTest
    @EnumSource
    @Parity("GRPC-G9.3")
    void one_connection_has_its_share_of_blocking_handlers_and_leaves_room_for_others(Place.Kind kind)
            throws Exception {
        CompletableFuture<String> end = new CompletableFuture<>();
        LinkedBlockingQueue<String> running = new LinkedBlockingQueue<>();
        TestServiceRpc.Blocking handler = new TestServiceRpc.Blocking() {
            @Override
            public StreamingInputCallResponse streamingInputCall(Messages<StreamingInputCallRequest> requests) {
                running.add("one more");
                end.join();
                return StreamingInputCallResponse.getDefaultInstance();
            }
        };
        ServerServiceDefinition service =
                TestServiceRpc.bind(handler, place.how().limits(new Limits.Blocking(100, 2)));
        GrpcClient greedy = place.client(kind, service);
        Flow.Publisher<StreamingInputCallRequest> silent = Flows.silent();
        for (int i = 0; i < 2; i++) {
            Promise<StreamingInputCallResponse> kept =
                    TestServiceRpc.client(greedy).streamingInputCall(silent);
            assertNotNull(kept);
            assertNotNull(running.poll(60, TimeUnit.SECONDS));
        }
        GrpcFailure told = assertThrows(
                GrpcFailure.class,
                () -> TestServiceRpc.client(greedy).streamingInputCall(silent).await());
        assertEquals(Status.Code.RESOURCE_EXHAUSTED, told.code());
        assertTrue(told.reason().contains("raise Limits.Blocking.callsOfConnection"), told.reason());
        GrpcClient other = place.client(((InetSocketAddress) told.peer().orElseThrow()).getPort());
        Promise<StreamingInputCallResponse> served =
                TestServiceRpc.client(other).streamingInputCall(silent);
        assertNotNull(running.poll(60, TimeUnit.SECONDS));
        end.complete("end");
        assertEquals(0, served.await().getAggregatedPayloadSize());
    }

    private static Promise<SimpleResponse> eventually(
            TestServiceRpc.Async stub, LinkedBlockingQueue<CompletableFuture<String>> running) throws Exception {
        for (int i = 0; i < 100; i++) {
            Promise<SimpleResponse> answer = stub.unaryCall(Echo.ask(3));
            CompletableFuture<String> end = running.poll(200, TimeUnit.MILLISECONDS);
            if (end != null) {
                end.complete("end");
                return answer;
            }
        }
        throw new AssertionError("there is never room for another call");
    }

    @Test
    @Parity("GRPC-G7.4")
    void a_request_that_is_too_long_is_resource_exhausted_for_its_client() throws Exception {
        // Our server alone: grpc-java's ends such a call as CANCELLED (its issue 3996), before any handler can say
        // more.
        Limits small = Limits.DEFAULT.withInboundMessageBytes(1000);
        for (GrpcClient client : List.of(
                place.client(Place.Kind.OWN, TestServiceRpc.bind(new Echo.Blocking()), small),
                place.client(Place.Kind.OWN, TestServiceRpc.bind(new Echo.Async(place.net.loop())), small))) {
            TestServiceRpc.Blocking stub = TestServiceRpc.blocking(client);
            GrpcFailure told = assertThrows(
                    GrpcFailure.class,
                    () -> stub.streamingInputCall(Messages.of(List.of(Echo.input(10), Echo.input(100_000)))));
            assertEquals(Status.Code.RESOURCE_EXHAUSTED, told.code());
            SimpleRequest large =
                    Echo.ask(1).toBuilder().setPayload(Echo.payload(2_000_000)).build();
            GrpcFailure unary = assertThrows(GrpcFailure.class, () -> stub.unaryCall(large));
            assertEquals(Status.Code.RESOURCE_EXHAUSTED, unary.code());
        }
    }

    @Test
    @Parity("GRPC-G7.4")
    void an_answer_that_is_too_long_is_resource_exhausted_for_its_client() throws Exception {
        Limits small = Limits.DEFAULT.withOutboundMessageBytes(1000);
        for (GrpcClient client : List.of(
                place.client(Place.Kind.OWN, TestServiceRpc.bind(new Echo.Blocking()), small),
                place.client(Place.Kind.OWN, TestServiceRpc.bind(new Echo.Async(place.net.loop())), small))) {
            TestServiceRpc.Blocking stub = TestServiceRpc.blocking(client);
            GrpcFailure unary = assertThrows(GrpcFailure.class, () -> stub.unaryCall(Echo.ask(2000)));
            assertEquals(Status.Code.RESOURCE_EXHAUSTED, unary.code());
            Messages<StreamingOutputCallResponse> answers = stub.streamingOutputCall(Echo.sizes(10, 2000, 10));
            assertNotNull(answers.read());
            GrpcFailure streamed = assertThrows(GrpcFailure.class, answers::read);
            assertEquals(Status.Code.RESOURCE_EXHAUSTED, streamed.code());
        }
    }
}
