package dev.capstan.grpc.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import com.google.protobuf.Message;
import com.google.rpc.ErrorInfo;
import dev.capstan.async.Address;
import dev.capstan.async.CanceledException;
import dev.capstan.cap.Failure;
import dev.capstan.grpc.CallMetadata;
import dev.capstan.grpc.GrpcFailure;
import dev.capstan.grpc.Limits;
import dev.capstan.net.NetLoop;
import dev.capstan.net.Transport;
import dev.capstan.testkit.Parity;
import dev.capstan.testprotos.interop.Empty;
import dev.capstan.testprotos.interop.Payload;
import dev.capstan.testprotos.interop.ResponseParameters;
import dev.capstan.testprotos.interop.SimpleRequest;
import dev.capstan.testprotos.interop.SimpleResponse;
import dev.capstan.testprotos.interop.StreamingInputCallRequest;
import dev.capstan.testprotos.interop.StreamingInputCallResponse;
import dev.capstan.testprotos.interop.StreamingOutputCallRequest;
import dev.capstan.testprotos.interop.StreamingOutputCallResponse;
import dev.capstan.testprotos.interop.TestServiceGrpc;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.Codec;
import io.grpc.Compressor;
import io.grpc.CompressorRegistry;
import io.grpc.ConnectivityState;
import io.grpc.DecompressorRegistry;
import io.grpc.ForwardingClientCall.SimpleForwardingClientCall;
import io.grpc.ForwardingClientCallListener.SimpleForwardingClientCallListener;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a client does whichever server it speaks to. */
abstract class ClientContract {
    NetLoop net;
    Scene scene;
    private GrpcClient client;
    private final List<GrpcClient> others = new ArrayList<>();

    /** Serves {@code service} on a port of 127.0.0.1. */
    abstract int listen(ServerServiceDefinition service) throws Exception;

    @BeforeEach
    void open() throws Exception {
        net = NetLoop.open("client", Transport.AUTO);
        scene = new Scene();
        client = builder(listen(scene.service())).build();
    }

    @AfterEach
    void close() {
        client.drain(Duration.ZERO).await();
        for (GrpcClient each : others) {
            each.drain(Duration.ZERO).await();
        }
        net.close();
    }

    /** Where the connections of clients live. */
    GrpcClient.Builder on(NetLoop net) {
        return GrpcClient.on(net);
    }

    private GrpcClient.Builder builder(int... ports) {
        Address[] servers = new Address[ports.length];
        for (int i = 0; i < ports.length; i++) {
            servers[i] = new Address.Tcp("127.0.0.1", ports[i]);
        }
        return on(net).to(servers).plaintext();
    }

    private GrpcClient other(GrpcClient.Builder from) {
        GrpcClient built = from.build();
        others.add(built);
        return built;
    }

    private int served() throws Exception {
        return listen(scene.service());
    }

    private static SimpleRequest ask(int size) {
        return SimpleRequest.newBuilder().setResponseSize(size).build();
    }

    private static StreamingOutputCallRequest sizes(int... sizes) {
        StreamingOutputCallRequest.Builder request = StreamingOutputCallRequest.newBuilder();
        for (int size : sizes) {
            request.addResponseParameters(ResponseParameters.newBuilder().setSize(size));
        }
        return request.build();
    }

    private static StreamingInputCallRequest input(int size) {
        return StreamingInputCallRequest.newBuilder()
                .setPayload(Payload.newBuilder().setBody(ByteString.copyFrom(new byte[size])))
                .build();
    }

    // ---- shapes

    @Test
    @Parity({"GRPC-S1.1", "GRPC-C1.1"})
    void one_message_is_answered_with_one() {
        SimpleResponse answer = client.one(TestServiceGrpc.getUnaryCallMethod(), ask(3), CallSettings.DEFAULT);
        assertEquals(3, answer.getPayload().getBody().size());
    }

    @Test
    void an_answer_can_be_promised() {
        assertEquals(
                7,
                client.ask(TestServiceGrpc.getUnaryCallMethod(), ask(7), CallSettings.DEFAULT)
                        .map(answer -> answer.getPayload().getBody().size())
                        .await());
    }

    @Test
    @Parity("GRPC-P2.3")
    void a_fiber_waits_for_answers_and_gives_its_permit_up() {
        assertEquals(
                "inner 5",
                net.loop()
                        .fiber(() -> {
                            var meanwhile = net.loop().fiber(() -> "inner ").eager();
                            int size = client.one(TestServiceGrpc.getUnaryCallMethod(), ask(5), CallSettings.DEFAULT)
                                    .getPayload()
                                    .getBody()
                                    .size();
                            return meanwhile.await() + size;
                        })
                        .await());
    }

    @Test
    @Parity({"GRPC-S1.3", "GRPC-C1.1", "GRPC-C7.1"})
    void a_server_streams_to_a_loop_over_its_answers() {
        try (GrpcCall<StreamingOutputCallRequest, StreamingOutputCallResponse> call =
                client.call(TestServiceGrpc.getStreamingOutputCallMethod())) {
            call.write(sizes(31415, 9, 2653, 58979, 1, 2, 3));
            call.end();
            List<Integer> sizes = new ArrayList<>();
            for (StreamingOutputCallResponse each : call) {
                sizes.add(each.getPayload().getBody().size());
            }
            assertEquals(List.of(31415, 9, 2653, 58979, 1, 2, 3), sizes);
            assertNull(call.read());
        }
    }

    @Test
    @Parity({"GRPC-S1.2", "GRPC-C1.1"})
    void a_client_streams() {
        try (GrpcCall<StreamingInputCallRequest, StreamingInputCallResponse> call =
                client.call(TestServiceGrpc.getStreamingInputCallMethod())) {
            for (int size : new int[] {27182, 8, 1828, 45904}) {
                assertTrue(call.write(input(size)));
            }
            call.end();
            assertEquals(74922, call.one().getAggregatedPayloadSize());
        }
    }

    @Test
    @Parity({"GRPC-S1.4", "GRPC-C1.1"})
    void both_stream_in_turn() {
        try (GrpcCall<StreamingOutputCallRequest, StreamingOutputCallResponse> call =
                client.call(TestServiceGrpc.getFullDuplexCallMethod())) {
            for (int size : new int[] {31415, 9, 2653, 58979}) {
                call.write(sizes(size));
                StreamingOutputCallResponse answer = call.read();
                assertEquals(
                        size,
                        answer == null ? -1 : answer.getPayload().getBody().size());
            }
            call.end();
            assertNull(call.read());
        }
    }

    @Test
    @Parity("GRPC-G5.2")
    void a_request_is_sent_at_once_though_the_channel_is_idle_and_nobody_reads() throws Exception {
        assertEquals(ConnectivityState.IDLE, client.state());
        try (var call = client.call(TestServiceGrpc.getStreamingOutputCallMethod())) {
            call.write(sizes(1));
            call.end();
            assertEquals("StreamingOutputCall", scene.begun.poll(20, TimeUnit.SECONDS));
        }
    }

    @Test
    @Parity({"GRPC-P2.1", "GRPC-C7.4", "GRPC-F7.2"})
    void streams_of_flow_go_both_ways() throws Exception {
        var call = client.call(TestServiceGrpc.getFullDuplexCallMethod());
        Collecting<StreamingOutputCallResponse> answers = new Collecting<>();
        call.answers().subscribe(answers);
        new Counting(1000, i -> sizes(i)).subscribe(call.requests());
        List<StreamingOutputCallResponse> all = answers.all.get(30, TimeUnit.SECONDS);
        assertEquals(1000, all.size());
        assertEquals(999, all.get(999).getPayload().getBody().size());
    }

    @Test
    @Parity("GRPC-P2.2")
    void a_subscriber_that_asks_for_nothing_holds_the_server_back() throws Exception {
        var call = client.call(TestServiceGrpc.getStreamingOutputCallMethod());
        call.write(sizes(10, 10, 10, 10, 10, 10, 10, 10));
        call.end();
        Collecting<StreamingOutputCallResponse> answers = new Collecting<>(1);
        call.answers().subscribe(answers);
        answers.first.get(20, TimeUnit.SECONDS);
        assertFalse(answers.all.isDone());
        net.loop()
                .fetch(() -> {
                    answers.more(100);
                    return dev.capstan.async.Promise.done();
                })
                .await();
        assertEquals(8, answers.all.get(20, TimeUnit.SECONDS).size());
    }

    @Test
    void answers_have_one_subscriber() {
        try (var call = client.call(TestServiceGrpc.getFullDuplexCallMethod())) {
            call.answers();
            assertThrows(IllegalStateException.class, call::answers);
        }
    }

    // ---- metadata and context

    @Test
    @Parity({"GRPC-S3.2", "GRPC-S3.3", "GRPC-P11.1", "GRPC-G1.1", "GRPC-G2.1"})
    void headers_and_trailers_are_readable_on_every_shape() {
        CallMetadata sent =
                CallMetadata.EMPTY.with("x-echo", "a").with("x-echo", "b").with("x-echo-bin", new byte[] {0, -1});
        try (var call = client.call(TestServiceGrpc.getUnaryCallMethod(), CallSettings.DEFAULT.with(sent))) {
            call.write(ask(1));
            call.end();
            assertEquals(List.of("a", "b"), call.headers().all("x-echo"));
            call.one();
            assertEquals(-1, call.trailers().firstBytes("x-echo-bin").orElseThrow()[1]);
        }
        try (var call = client.call(TestServiceGrpc.getFullDuplexCallMethod(), CallSettings.DEFAULT.with(sent))) {
            var ended = call.whenEnded();
            call.write(sizes(1));
            assertEquals(List.of("a", "b"), call.whenHeaders().await().all("x-echo"));
            call.end();
            call.forEach(each -> {});
            assertEquals(Set.of("x-echo-bin"), Set.of(ended.await().names().toArray()));
        }
    }

    @Test
    @Parity("GRPC-C5.2")
    void a_call_knows_its_peer_its_authority_and_the_time_that_is_left() {
        try (var call = client.call(
                TestServiceGrpc.getFullDuplexCallMethod(), CallSettings.DEFAULT.within(Duration.ofMinutes(5)))) {
            call.write(sizes(1));
            call.read();
            assertTrue(call.context().peer().orElseThrow().toString().contains("127.0.0.1"));
            assertTrue(call.context().authority().orElseThrow().startsWith("127.0.0.1:"));
            assertTrue(call.context().timeLeft().orElseThrow().compareTo(Duration.ofMinutes(5)) <= 0);
            assertEquals(
                    "grpc.testing.TestService/FullDuplexCall", call.context().method());
            assertFalse(call.context().isCancelled());
        }
    }

    // ---- failures

    @Test
    @Parity("GRPC-C4.1")
    void a_failure_says_what_was_called_where_and_how_far_it_came() {
        GrpcFailure failure = assertThrows(
                GrpcFailure.class,
                () -> client.one(
                        TestServiceGrpc.getUnaryCallMethod(), Scene.failing(9, "not now"), CallSettings.DEFAULT));
        assertEquals(Status.Code.FAILED_PRECONDITION, failure.code());
        assertEquals("not now", failure.reason());
        assertEquals(1, failure.attempts());
        String text = String.valueOf(failure.getMessage());
        assertTrue(
                text.matches(
                        "FAILED_PRECONDITION: not now \\[grpc.testing.TestService/UnaryCall at .*127.0.0.1:\\d+, 1 attempt, before any answer]"),
                text);
    }

    @Test
    @Parity({"GRPC-S7.4", "GRPC-F3.1"})
    void typed_details_and_trailers_come_with_a_failure() {
        ErrorInfo info = ErrorInfo.newBuilder().setReason("QUOTA").build();
        scene.details = List.of(Any.pack(info));
        GrpcFailure failure = assertThrows(
                GrpcFailure.class,
                () -> client.one(TestServiceGrpc.getUnaryCallMethod(), Scene.failing(8, "full"), CallSettings.DEFAULT));
        assertEquals(info, failure.detail(ErrorInfo.class).orElseThrow());
        assertEquals(Failure.Kind.OVERLOADED, failure.toFailure().kind());
        assertEquals(
                info,
                GrpcFailure.of(failure.toFailure()).detail(ErrorInfo.class).orElseThrow());
    }

    @Test
    @Parity("GRPC-S7.3")
    void answers_before_a_failure_are_read_first() {
        try (var call = client.call(TestServiceGrpc.getFullDuplexCallMethod())) {
            call.write(sizes(1, 2));
            call.write(Scene.failingStream(10, "enough"));
            assertEquals(1, size(call.read()));
            assertEquals(2, size(call.read()));
            GrpcFailure failure = assertThrows(GrpcFailure.class, call::read);
            assertEquals(Status.Code.ABORTED, failure.code());
            assertEquals("after 2 messages of the answer", failure.state());
            assertTrue(call.context().isCancelled());
        }
    }

    private static int size(@Nullable StreamingOutputCallResponse answer) {
        return answer == null ? -1 : answer.getPayload().getBody().size();
    }

    @Test
    @Parity("GRPC-S5.1")
    void a_deadline_ends_a_call() {
        GrpcFailure failure = assertThrows(GrpcFailure.class, () -> {
            try (var call = client.call(
                    TestServiceGrpc.getFullDuplexCallMethod(), CallSettings.DEFAULT.within(Duration.ofMillis(50)))) {
                call.read();
            }
        });
        assertEquals(Status.Code.DEADLINE_EXCEEDED, failure.code());
    }

    @Test
    @Parity("GRPC-S5.6")
    void a_method_may_have_a_deadline_of_its_own() throws Exception {
        GrpcClient hurried = other(builder(served())
                .policy(MethodPolicy.of("grpc.testing.TestService/FullDuplexCall")
                        .within(Duration.ofMillis(50))));
        hurried.one(TestServiceGrpc.getUnaryCallMethod(), ask(1), CallSettings.DEFAULT);
        try (var call = hurried.call(TestServiceGrpc.getFullDuplexCallMethod())) {
            assertEquals(
                    Status.Code.DEADLINE_EXCEEDED,
                    assertThrows(GrpcFailure.class, call::read).code());
        }
    }

    @Test
    @Parity("GRPC-S5.4")
    void closing_a_call_cancels_it_and_the_server_learns_of_it() throws Exception {
        CompletableFuture<Void> told = new CompletableFuture<>();
        GrpcCall<StreamingOutputCallRequest, StreamingOutputCallResponse> call =
                client.call(TestServiceGrpc.getFullDuplexCallMethod());
        call.context().onCancel(() -> told.complete(null));
        call.write(sizes(1));
        call.read();
        call.close();
        told.get(20, TimeUnit.SECONDS);
        assertEquals("cancelled", scene.ended.poll(20, TimeUnit.SECONDS));
        assertEquals(
                Status.Code.CANCELLED,
                assertThrows(GrpcFailure.class, call::read).code());
    }

    @Test
    @Parity("GRPC-S5.5")
    void cancelling_the_promise_of_an_answer_cancels_the_call() throws Exception {
        var call = client.call(TestServiceGrpc.getStreamingInputCallMethod());
        call.write(input(1));
        assertEquals("StreamingInputCall", scene.begun.poll(20, TimeUnit.SECONDS));
        call.answer().cancel();
        assertEquals("cancelled", scene.ended.poll(20, TimeUnit.SECONDS));
    }

    @Test
    @Parity("GRPC-S5.5")
    void a_reader_that_is_interrupted_cancels_its_call() throws Exception {
        Thread reader = Thread.ofVirtual().start(() -> {
            try (var call = client.call(TestServiceGrpc.getFullDuplexCallMethod())) {
                call.write(sizes(1));
                assertThrows(CanceledException.class, () -> {
                    call.read();
                    call.read();
                });
            }
        });
        assertEquals("FullDuplexCall", scene.begun.poll(20, TimeUnit.SECONDS));
        reader.interrupt();
        assertEquals("cancelled", scene.ended.poll(20, TimeUnit.SECONDS));
        reader.join();
    }

    @Test
    @Parity("GRPC-G7.2")
    void messages_beyond_the_limits_are_refused_with_resource_exhausted_both_ways() throws Exception {
        GrpcClient narrow = other(builder(served())
                .limits(Limits.DEFAULT.withInboundMessageBytes(1000).withOutboundMessageBytes(1000)));
        GrpcFailure tooLong = assertThrows(
                GrpcFailure.class,
                () -> narrow.one(TestServiceGrpc.getUnaryCallMethod(), ask(2000), CallSettings.DEFAULT));
        assertEquals(Status.Code.RESOURCE_EXHAUSTED, tooLong.code());
        SimpleRequest large = SimpleRequest.newBuilder()
                .setPayload(Payload.newBuilder().setBody(ByteString.copyFrom(new byte[2000])))
                .build();
        assertEquals(
                Status.Code.RESOURCE_EXHAUSTED,
                assertThrows(
                                GrpcFailure.class,
                                () -> narrow.one(TestServiceGrpc.getUnaryCallMethod(), large, CallSettings.DEFAULT))
                        .code());
    }

    @Test
    @Parity("GRPC-G8.1")
    void a_writer_parks_while_the_server_does_not_read() throws Exception {
        scene.reads = false;
        CompletableFuture<Integer> written = new CompletableFuture<>();
        try (var call = client.call(TestServiceGrpc.getStreamingInputCallMethod())) {
            BlockingQueue<Integer> progress = new LinkedBlockingQueue<>();
            Thread.ofVirtual().start(() -> {
                int count = 0;
                try {
                    while (count < 1000 && call.write(input(100_000))) {
                        progress.add(++count);
                    }
                } catch (GrpcFailure e) {
                    written.complete(count);
                }
            });
            Integer last = 0;
            for (Integer next = 0; next != null; next = progress.poll(500, TimeUnit.MILLISECONDS)) {
                last = next;
            }
            assertTrue(last < 100, "wrote " + last + " messages of 100 kB to a server that does not read");
        }
        assertTrue(written.get(20, TimeUnit.SECONDS) < 100);
    }

    @Test
    @Parity("GRPC-C1.2")
    void a_second_request_to_a_method_that_takes_one_is_refused_at_once() {
        try (var call = client.call(TestServiceGrpc.getUnaryCallMethod())) {
            call.write(ask(1));
            assertThrows(IllegalStateException.class, () -> call.write(ask(1)));
            call.end();
            assertThrows(IllegalStateException.class, () -> call.write(ask(1)));
        }
    }

    // ---- the channel

    @Test
    @Parity({"GRPC-S8.2", "GRPC-C4.2", "GRPC-F5.1"})
    void a_call_is_tried_again_as_its_policy_says_and_says_how_often() throws Exception {
        GrpcClient stubborn = other(builder(served())
                .policy(MethodPolicy.of("grpc.testing.TestService")
                        .with(new Attempts.Retry(
                                3, Duration.ofMillis(1), Duration.ofMillis(2), 1.0, Set.of(Status.Code.UNAVAILABLE)))));
        scene.failures.set(2);
        assertEquals(
                1,
                stubborn.one(TestServiceGrpc.getUnaryCallMethod(), ask(1), CallSettings.DEFAULT)
                        .getPayload()
                        .getBody()
                        .size());
        scene.failures.set(10);
        GrpcFailure failure = assertThrows(
                GrpcFailure.class,
                () -> stubborn.one(TestServiceGrpc.getUnaryCallMethod(), ask(1), CallSettings.DEFAULT));
        assertEquals(3, failure.attempts());
        assertEquals(Failure.Kind.DISCONNECTED, failure.toFailure().kind());
    }

    @Test
    @Parity("GRPC-S8.5")
    void a_budget_that_is_used_up_ends_trying_again_until_calls_have_gone_well() throws Exception {
        GrpcClient careful = other(builder(served())
                .policy(MethodPolicy.of("grpc.testing.TestService")
                        .with(new Attempts.Retry(
                                2, Duration.ofMillis(1), Duration.ofMillis(1), 1.0, Set.of(Status.Code.UNAVAILABLE))))
                .retryBudget(4, 1));
        scene.failures.set(Integer.MAX_VALUE);
        // Of four tokens each attempt that fails costs one, and below two there is no other attempt.
        assertEquals(List.of(2, 1, 1), List.of(attempts(careful), attempts(careful), attempts(careful)));
        scene.failures.set(0);
        for (int i = 0; i < 4; i++) {
            careful.one(TestServiceGrpc.getUnaryCallMethod(), ask(1), CallSettings.DEFAULT);
        }
        scene.failures.set(Integer.MAX_VALUE);
        assertEquals(2, attempts(careful));
    }

    private static int attempts(GrpcClient client) {
        return assertThrows(
                        GrpcFailure.class,
                        () -> client.one(TestServiceGrpc.getUnaryCallMethod(), ask(1), CallSettings.DEFAULT))
                .attempts();
    }

    @Test
    @Parity("GRPC-X7.1")
    void a_hedge_answers_for_a_call_that_hangs() throws Exception {
        GrpcClient hedging = other(builder(served())
                .policy(MethodPolicy.of("grpc.testing.TestService/UnaryCall")
                        .with(new Attempts.Hedging(2, Duration.ofMillis(10), Set.of(Status.Code.UNAVAILABLE)))));
        scene.hangs.set(1);
        assertEquals(
                2,
                hedging.one(TestServiceGrpc.getUnaryCallMethod(), ask(2), CallSettings.DEFAULT)
                        .getPayload()
                        .getBody()
                        .size());
    }

    @Test
    @Parity("GRPC-P4.1")
    void calls_take_turns_with_round_robin() throws Exception {
        Scene second = new Scene();
        GrpcClient spread = other(builder(served(), listen(second.service())).balancing(new Balancing.RoundRobin()));
        while (scene.begun.isEmpty() || second.begun.isEmpty()) {
            spread.one(TestServiceGrpc.getUnaryCallMethod(), ask(1), CallSettings.DEFAULT);
        }
        int before = scene.begun.size();
        for (int i = 0; i < 10; i++) {
            spread.one(TestServiceGrpc.getUnaryCallMethod(), ask(1), CallSettings.DEFAULT);
        }
        assertEquals(before + 5, scene.begun.size());
    }

    @Test
    @Parity("GRPC-P4.5")
    void outliers_are_watched_without_harm_to_calls() throws Exception {
        GrpcClient watching = other(builder(served(), served())
                .balancing(new Balancing.OutlierDetection(
                        new Balancing.RoundRobin(), Duration.ofSeconds(1), Duration.ofSeconds(30), 50, 80, 2, 5)));
        for (int i = 0; i < 4; i++) {
            watching.one(TestServiceGrpc.getUnaryCallMethod(), ask(1), CallSettings.DEFAULT);
        }
        assertEquals(4, scene.begun.size());
    }

    @Test
    @Parity("GRPC-P3.1")
    void several_connections_share_calls_and_count_them() throws Exception {
        GrpcClient pool = other(builder(served()).connections(3));
        List<GrpcCall<?, ?>> open = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            open.add(pool.call(TestServiceGrpc.getFullDuplexCallMethod()));
        }
        assertEquals(
                List.of(2, 2, 2),
                pool.connections().stream().map(Connection::calls).toList());
        open.forEach(GrpcCall::close);
        for (GrpcCall<?, ?> each : open) {
            each.trailers();
        }
        assertEquals(
                List.of(0, 0, 0),
                pool.connections().stream().map(Connection::calls).toList());
        assertEquals(
                6, pool.connections().stream().mapToLong(Connection::failed).sum());
    }

    @Test
    @Parity("GRPC-G5.1")
    void states_are_a_stream_that_ends_with_the_client() throws Exception {
        Collecting<ConnectivityState> states = new Collecting<>();
        GrpcClient watched = other(builder(served()));
        watched.states().subscribe(states);
        watched.ready().await();
        watched.drain(Duration.ZERO).await();
        List<ConnectivityState> all = states.all.get(20, TimeUnit.SECONDS);
        assertTrue(all.contains(ConnectivityState.READY), all.toString());
        assertEquals(ConnectivityState.SHUTDOWN, all.getLast());
    }

    @Test
    @Parity({"GRPC-S8.1", "GRPC-P4.4", "GRPC-G6.1", "GRPC-G6.4", "GRPC-F5.1"})
    void a_call_waits_for_a_server_if_it_is_told_to_and_fails_at_once_if_not() throws Exception {
        Lists lists = new Lists();
        GrpcClient later = other(on(net).to(lists).plaintext());
        var waiting = later.ask(TestServiceGrpc.getUnaryCallMethod(), ask(1), CallSettings.DEFAULT.waiting(true));
        lists.tell(List.of());
        assertEquals(
                Status.Code.UNAVAILABLE,
                assertThrows(
                                GrpcFailure.class,
                                () -> later.one(TestServiceGrpc.getUnaryCallMethod(), ask(1), CallSettings.DEFAULT))
                        .code());
        lists.tell(List.of(new Address.Tcp("localhost", served())));
        assertEquals(1, waiting.await().getPayload().getBody().size());
    }

    @Test
    @Parity({"GRPC-P3.5", "GRPC-G10.4"})
    void draining_lets_calls_end_refuses_others_and_cancels_what_is_left() throws Exception {
        GrpcClient draining = other(builder(served()));
        try (var call = draining.call(TestServiceGrpc.getFullDuplexCallMethod())) {
            call.write(sizes(1));
            call.read();
            var drained = draining.drain(Duration.ofSeconds(20));
            assertEquals(
                    Status.Code.UNAVAILABLE,
                    assertThrows(
                                    GrpcFailure.class,
                                    () -> draining.one(
                                            TestServiceGrpc.getUnaryCallMethod(), ask(1), CallSettings.DEFAULT))
                            .code());
            call.write(sizes(2));
            assertEquals(2, size(call.read()));
            call.end();
            assertNull(call.read());
            assertEquals(0, drained.await());
        }
        GrpcClient hasty = other(builder(served()));
        try (var call = hasty.call(TestServiceGrpc.getFullDuplexCallMethod())) {
            call.write(sizes(1));
            call.read();
            assertEquals(1, hasty.drain(Duration.ofMillis(10)).await());
            assertThrows(GrpcFailure.class, call::read);
        }
    }

    @Test
    @Parity("GRPC-P9.1")
    void compressed_requests_are_understood() throws Exception {
        AtomicInteger compressed = new AtomicInteger();
        CompressorRegistry counting = CompressorRegistry.newEmptyInstance();
        counting.register(new Compressor() {
            private final Codec gzip = new Codec.Gzip();

            @Override
            public String getMessageEncoding() {
                return gzip.getMessageEncoding();
            }

            @Override
            public OutputStream compress(OutputStream to) throws IOException {
                compressed.incrementAndGet();
                return gzip.compress(to);
            }
        });
        GrpcClient small = other(builder(served())
                .encodings(counting, DecompressorRegistry.getDefaultInstance())
                .compress("gzip"));
        try (var call = small.call(TestServiceGrpc.getStreamingInputCallMethod())) {
            call.write(input(100_000));
            call.end();
            assertEquals(100_000, call.one().getAggregatedPayloadSize());
        }
        assertEquals(1, compressed.get());
    }

    @Test
    void stubs_of_grpc_java_use_the_same_connections() {
        assertEquals(
                Empty.getDefaultInstance(),
                TestServiceGrpc.newBlockingStub(client.channel()).emptyCall(Empty.getDefaultInstance()));
        assertEquals(1, client.connections().getFirst().started());
    }

    @Test
    @Parity("GRPC-C3.1")
    void metadata_may_be_empty() {
        CallMetadata sent = CallMetadata.EMPTY.with("x-echo", "").with("x-echo-bin", new byte[0]);
        try (var call = client.call(TestServiceGrpc.getUnaryCallMethod(), CallSettings.DEFAULT.with(sent))) {
            call.write(ask(1));
            call.end();
            call.one();
            assertEquals(List.of(""), call.headers().all("x-echo"));
            assertEquals(0, call.trailers().firstBytes("x-echo-bin").orElseThrow().length);
        }
    }

    @Test
    @Parity("GRPC-G6.2")
    void of_several_addresses_one_that_answers_is_taken() throws Exception {
        int dead;
        try (ServerSocket nobody = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            dead = nobody.getLocalPort();
        }
        GrpcClient either = other(builder(dead, served()));
        assertEquals(
                1,
                either.one(TestServiceGrpc.getUnaryCallMethod(), ask(1), CallSettings.DEFAULT)
                        .getPayload()
                        .getBody()
                        .size());
    }

    private static <Q, S> List<String> echoed(GrpcClient client, MethodDescriptor<Q, S> method, Q request) {
        try (GrpcCall<Q, S> call = client.call(method)) {
            call.write(request);
            call.end();
            call.forEach(each -> {});
            return call.headers().all("x-echo");
        }
    }

    @Test
    @Parity({"GRPC-P5.1", "GRPC-P5.2"})
    void interceptors_see_each_shape_in_their_order_and_add_metadata() throws Exception {
        GrpcClient intercepted =
                other(builder(served()).intercept(new Naming("first")).intercept(new Naming("second")));
        List<String> due = List.of("first", "second");
        assertEquals(due, echoed(intercepted, TestServiceGrpc.getUnaryCallMethod(), ask(1)));
        assertEquals(due, echoed(intercepted, TestServiceGrpc.getStreamingInputCallMethod(), input(1)));
        assertEquals(due, echoed(intercepted, TestServiceGrpc.getStreamingOutputCallMethod(), sizes(1, 2)));
        assertEquals(due, echoed(intercepted, TestServiceGrpc.getFullDuplexCallMethod(), sizes(1, 2)));
    }

    @Test
    @Parity("GRPC-P5.3")
    void an_interceptor_may_end_a_call_before_it_is_sent() throws Exception {
        GrpcClient intercepted = other(builder(served()).intercept(new Refusing()));
        GrpcFailure failure = assertThrows(
                GrpcFailure.class,
                () -> intercepted.one(TestServiceGrpc.getUnaryCallMethod(), ask(1), CallSettings.DEFAULT));
        assertEquals(Status.Code.PERMISSION_DENIED, failure.code());
        assertEquals(0, intercepted.connections().getFirst().started());
        assertTrue(scene.begun.isEmpty());
    }

    @Test
    @Parity("GRPC-P5.4")
    void an_interceptor_may_change_messages_both_ways() throws Exception {
        GrpcClient intercepted = other(builder(served()).intercept(new Changing()));
        SimpleResponse answer = intercepted.one(TestServiceGrpc.getUnaryCallMethod(), ask(3), CallSettings.DEFAULT);
        assertEquals(4, answer.getPayload().getBody().size());
        assertEquals("changed", answer.getUsername());
    }

    /** Asks for a byte more, and adds a name to the answer. */
    private record Changing() implements ClientInterceptor {
        @Override
        public <Q, S> ClientCall<Q, S> interceptCall(MethodDescriptor<Q, S> method, CallOptions options, Channel next) {
            return new SimpleForwardingClientCall<>(next.newCall(method, options)) {
                @Override
                public void start(Listener<S> listener, Metadata headers) {
                    super.start(
                            new SimpleForwardingClientCallListener<>(listener) {
                                @Override
                                public void onMessage(S message) {
                                    super.onMessage(again(method.getResponseMarshaller(), changed(message)));
                                }
                            },
                            headers);
                }

                @Override
                public void sendMessage(Q message) {
                    super.sendMessage(again(method.getRequestMarshaller(), changed(message)));
                }
            };
        }

        private static Message changed(Object message) {
            return switch (message) {
                case SimpleRequest request ->
                    request.toBuilder()
                            .setResponseSize(request.getResponseSize() + 1)
                            .build();
                case SimpleResponse response ->
                    response.toBuilder().setUsername("changed").build();
                default -> throw new AssertionError(message);
            };
        }

        private static <T> T again(MethodDescriptor.Marshaller<T> marshaller, Message message) {
            return marshaller.parse(message.toByteString().newInput());
        }
    }

    /** Adds its name to what the server echoes. */
    private record Naming(String name) implements ClientInterceptor {
        @Override
        public <Q, S> ClientCall<Q, S> interceptCall(MethodDescriptor<Q, S> method, CallOptions options, Channel next) {
            return new SimpleForwardingClientCall<>(next.newCall(method, options)) {
                @Override
                public void start(Listener<S> listener, Metadata headers) {
                    headers.put(Metadata.Key.of("x-echo", Metadata.ASCII_STRING_MARSHALLER), name);
                    super.start(listener, headers);
                }
            };
        }
    }

    /** Ends each call as not permitted, and sends nothing of it. */
    private record Refusing() implements ClientInterceptor {
        @Override
        public <Q, S> ClientCall<Q, S> interceptCall(MethodDescriptor<Q, S> method, CallOptions options, Channel next) {
            return new ClientCall<>() {
                @Override
                public void start(Listener<S> listener, Metadata headers) {
                    listener.onClose(Status.PERMISSION_DENIED, new Metadata());
                }

                @Override
                public void request(int messages) {
                    // None will come.
                }

                @Override
                public void cancel(@Nullable String message, @Nullable Throwable cause) {
                    // It has ended.
                }

                @Override
                public void halfClose() {
                    // Nothing is sent.
                }

                @Override
                public void sendMessage(Q message) {
                    // Nothing is sent.
                }
            };
        }
    }

    /** Asks for so many at a time, and keeps what comes. */
    private static final class Collecting<T> implements Flow.Subscriber<T> {
        private final long demand;
        private final List<T> got = new ArrayList<>();
        final CompletableFuture<List<T>> all = new CompletableFuture<>();
        final CompletableFuture<T> first = new CompletableFuture<>();
        private Flow.@Nullable Subscription from;

        Collecting() {
            this(Long.MAX_VALUE);
        }

        Collecting(long demand) {
            this.demand = demand;
        }

        void more(long count) {
            if (from != null) {
                from.request(count);
            }
        }

        @Override
        public void onSubscribe(Flow.Subscription subscription) {
            from = subscription;
            subscription.request(demand);
        }

        @Override
        public void onNext(T value) {
            got.add(value);
            first.complete(value);
        }

        @Override
        public void onError(Throwable failure) {
            all.completeExceptionally(failure);
        }

        @Override
        public void onComplete() {
            all.complete(got);
        }
    }

    /** Gives so many messages, when asked for them and not before. */
    private record Counting(int count, java.util.function.IntFunction<StreamingOutputCallRequest> each)
            implements Flow.Publisher<StreamingOutputCallRequest> {
        @Override
        public void subscribe(Flow.Subscriber<? super StreamingOutputCallRequest> to) {
            to.onSubscribe(new Flow.Subscription() {
                private long asked;
                private int next;
                private boolean telling;

                @Override
                public synchronized void request(long more) {
                    asked += more;
                    if (telling) {
                        return;
                    }
                    telling = true;
                    while (asked > 0 && next < count) {
                        asked--;
                        to.onNext(each.apply(next++));
                    }
                    telling = false;
                    if (next == count) {
                        next++;
                        to.onComplete();
                    }
                }

                @Override
                public synchronized void cancel() {
                    next = count + 1;
                }
            });
        }
    }
}
