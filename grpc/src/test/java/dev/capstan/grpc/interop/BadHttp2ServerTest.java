package dev.capstan.grpc.interop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import dev.capstan.async.Address;
import dev.capstan.async.Promise;
import dev.capstan.grpc.GrpcFailure;
import dev.capstan.grpc.client.Attempts;
import dev.capstan.grpc.client.CallSettings;
import dev.capstan.grpc.client.GrpcCall;
import dev.capstan.grpc.client.GrpcClient;
import dev.capstan.grpc.client.MethodPolicy;
import dev.capstan.grpc.interop.BadHttp2Server.Case;
import dev.capstan.net.NetLoop;
import dev.capstan.net.Transport;
import dev.capstan.testkit.Parity;
import dev.capstan.testprotos.interop.Payload;
import dev.capstan.testprotos.interop.SimpleRequest;
import dev.capstan.testprotos.interop.SimpleResponse;
import dev.capstan.testprotos.interop.StreamingOutputCallRequest;
import dev.capstan.testprotos.interop.StreamingOutputCallResponse;
import dev.capstan.testprotos.interop.TestServiceGrpc;
import io.grpc.CallCredentials;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Our client before servers that misbehave below gRPC, as the official HTTP/2 cases have it. {@link OfficialHttp2ClientTest} shows that the servers do what they should. */
class BadHttp2ServerTest {
    private NetLoop net = NetLoop.open("bad-http2", Transport.AUTO);

    @SuppressWarnings("NullAway.Init") // each test begins with serve()
    private BadHttp2Server server;

    @SuppressWarnings("NullAway.Init")
    private GrpcClient client;

    private void serve(Case which) throws IOException {
        serve(which, with -> with);
    }

    private void serve(Case which, UnaryOperator<GrpcClient.Builder> added) throws IOException {
        server = new BadHttp2Server(which);
        client = added.apply(GrpcClient.on(net)
                        .to(new Address.Tcp("127.0.0.1", server.port()))
                        .plaintext())
                .build();
    }

    @AfterEach
    void close() throws IOException {
        client.drain(Duration.ZERO).await();
        server.close();
        net.close();
    }

    private GrpcCall<SimpleRequest, SimpleResponse> begin() {
        GrpcCall<SimpleRequest, SimpleResponse> call = client.call(TestServiceGrpc.getUnaryCallMethod());
        call.write(BadHttp2Server.REQUEST);
        call.end();
        return call;
    }

    private void call() {
        SimpleResponse answer =
                client.one(TestServiceGrpc.getUnaryCallMethod(), BadHttp2Server.REQUEST, CallSettings.DEFAULT);
        assertEquals(BadHttp2Server.ANSWER, answer);
    }

    private static void assertReset(GrpcCall<SimpleRequest, SimpleResponse> call) {
        GrpcFailure failure = assertThrows(GrpcFailure.class, call::read);
        assertEquals(Status.Code.UNAVAILABLE, failure.code());
        assertTrue(failure.reason().contains("HTTP/2 error code: NO_ERROR"), failure.getMessage());
    }

    @Test
    @Parity("GRPC-P3.3")
    void a_connection_that_takes_no_more_calls_is_replaced() throws Exception {
        serve(Case.GOAWAY);
        call();
        call();
        server.assertCalls(1, 1);
    }

    @Test
    void a_stream_that_is_reset_after_its_headers_has_failed() throws Exception {
        serve(Case.RST_AFTER_HEADER);
        assertReset(begin());
        server.assertCalls(1);
    }

    @Test
    void a_stream_that_is_reset_within_a_message_has_failed_without_it() throws Exception {
        serve(Case.RST_DURING_DATA);
        assertReset(begin());
        server.assertCalls(1);
    }

    @Test
    void a_stream_that_is_reset_after_its_message_has_failed_with_it() throws Exception {
        serve(Case.RST_AFTER_DATA);
        GrpcCall<SimpleRequest, SimpleResponse> call = begin();
        assertEquals(BadHttp2Server.ANSWER, call.read());
        assertReset(call);
        server.assertCalls(1);
    }

    @Test
    void an_answer_that_was_reset_after_it_came_whole_is_no_answer() throws Exception {
        serve(Case.RST_AFTER_DATA);
        assertEquals(
                Status.Code.UNAVAILABLE,
                assertThrows(GrpcFailure.class, this::call).code());
    }

    @Test
    void every_ping_is_answered() throws Exception {
        serve(Case.PING);
        call();
        server.assertCalls(1);
    }

    @Test
    @Parity("GRPC-P3.2")
    void calls_wait_for_one_another_where_the_server_takes_one_at_a_time() throws Exception {
        serve(Case.MAX_STREAMS);
        call();
        List<GrpcCall<SimpleRequest, SimpleResponse>> calls = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            calls.add(begin());
        }
        for (GrpcCall<SimpleRequest, SimpleResponse> each : calls) {
            assertEquals(BadHttp2Server.ANSWER, each.one());
        }
        server.assertCalls(11);
        server.assertOneAtATime();
    }

    @Test
    void padding_uses_up_no_window() throws Exception {
        serve(Case.DATA_FRAME_PADDING);
        call();
        call();
        server.assertCalls(2);
    }

    @Test
    void small_frames_are_put_together() throws Exception {
        serve(Case.NO_DF_PADDING_SANITY_TEST);
        call();
        call();
        server.assertCalls(2);
    }

    /** Who sends calls again: a policy that lets failed calls be repeated leaves it to grpc-java. */
    enum Repeats implements UnaryOperator<GrpcClient.Builder> {
        BY_US,
        BY_GRPC_JAVA;

        @Override
        public GrpcClient.Builder apply(GrpcClient.Builder client) {
            Attempts others =
                    new Attempts.Retry(2, Duration.ofMillis(1), Duration.ofMillis(1), 1, Set.of(Status.Code.ABORTED));
            return this == BY_US ? client : client.policy(MethodPolicy.of("").with(others));
        }
    }

    @ParameterizedTest
    @EnumSource
    @Parity("GRPC-S8.3")
    void a_call_that_was_refused_before_it_began_is_sent_again_without_a_policy(Repeats by) throws Exception {
        serve(Case.REFUSED_ONCE, by);
        call();
        server.assertCalls(2);
    }

    @ParameterizedTest
    @EnumSource
    @Parity("GRPC-S8.3")
    void all_messages_of_a_stream_that_was_refused_are_sent_again(Repeats by) throws Exception {
        serve(Case.REFUSED_ONCE, by);
        try (GrpcCall<StreamingOutputCallRequest, StreamingOutputCallResponse> call =
                client.call(TestServiceGrpc.getFullDuplexCallMethod())) {
            for (int i = 1; i <= 50; i++) {
                call.write(StreamingOutputCallRequest.newBuilder()
                        .setPayload(Payload.newBuilder().setBody(ByteString.copyFrom(new byte[i * 20])))
                        .build());
            }
            call.end();
            assertNotNull(call.read());
            assertNull(call.read());
        }
        server.assertCalls(2);
        assertTrue(server.received().getFirst() > 50 * 51 / 2 * 20);
        assertEquals(server.received().getFirst(), server.received().getLast());
    }

    @ParameterizedTest
    @EnumSource
    @Parity("GRPC-S8.3")
    void a_call_that_a_connection_took_no_more_is_sent_again_on_another_without_a_policy(Repeats by) throws Exception {
        serve(Case.GOAWAY_BEFORE, by);
        call();
        server.assertCalls(1, 1);
    }

    @ParameterizedTest
    @EnumSource
    @Parity("GRPC-S8.3")
    void a_call_that_waited_for_its_turn_on_a_connection_that_goes_away_is_sent_on_another(Repeats by)
            throws Exception {
        serve(Case.GOAWAY_FULL, by);
        GrpcCall<SimpleRequest, SimpleResponse> first = begin();
        first.headers();
        GrpcCall<SimpleRequest, SimpleResponse> second = begin();
        server.goAway();
        assertEquals(BadHttp2Server.ANSWER, first.one());
        assertEquals(BadHttp2Server.ANSWER, second.one());
        server.assertCalls(1, 1);
    }

    @ParameterizedTest
    @EnumSource
    void where_connections_go_away_all_the_time_each_call_arrives_once(Repeats by) throws Exception {
        serve(Case.GOAWAY_ALWAYS, by);
        List<Callable<Void>> callers = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            callers.add(() -> {
                for (int n = 0; n < 40; n++) {
                    call();
                }
                return null;
            });
        }
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (Future<Void> each : threads.invokeAll(callers)) {
                each.get();
            }
        }
        assertEquals(320, server.calls());
    }

    @ParameterizedTest
    @EnumSource
    @Parity("GRPC-S8.3")
    void a_call_that_is_refused_again_has_failed_and_says_how_often_it_was_sent(Repeats by) throws Exception {
        serve(Case.REFUSED, by);
        GrpcFailure failure = assertThrows(GrpcFailure.class, this::call);
        assertEquals(Status.Code.UNAVAILABLE, failure.code());
        assertEquals(2, failure.attempts());
        server.assertCalls(2);
    }

    @ParameterizedTest
    @EnumSource
    void a_failure_that_is_worded_as_a_refusal_is_one_of_the_server(Repeats by) throws Exception {
        serve(Case.WORDED_AS_REFUSED, by);
        assertEquals(1, assertThrows(GrpcFailure.class, this::call).attempts());
        server.assertCalls(1);
    }

    @Test
    void a_stub_of_grpc_java_over_our_channel_has_its_refused_calls_sent_again() throws Exception {
        serve(Case.REFUSED_ONCE);
        assertEquals(
                BadHttp2Server.ANSWER,
                TestServiceGrpc.newBlockingStub(client.channel())
                        .withDeadlineAfter(1, TimeUnit.MINUTES)
                        .unaryCall(BadHttp2Server.REQUEST));
        server.assertCalls(2);
    }

    @Test
    void a_stub_with_an_executor_of_its_own_has_its_refused_calls_sent_again() throws Exception {
        serve(Case.REFUSED_ONCE);
        try (ExecutorService threads = Executors.newFixedThreadPool(2)) {
            assertEquals(
                    BadHttp2Server.ANSWER,
                    TestServiceGrpc.newFutureStub(client.channel())
                            .withExecutor(threads)
                            .unaryCall(BadHttp2Server.REQUEST)
                            .get(1, TimeUnit.MINUTES));
        }
        server.assertCalls(2);
    }

    @Test
    void credentials_are_asked_once_for_each_time_that_a_call_is_sent() throws Exception {
        AtomicInteger asked = new AtomicInteger();
        serve(
                Case.REFUSED_ONCE,
                with -> with.credentials(new CallCredentials() {
                    @Override
                    public void applyRequestMetadata(RequestInfo info, Executor executor, MetadataApplier applier) {
                        asked.incrementAndGet();
                        Thread.ofVirtual().start(() -> applier.apply(new Metadata()));
                    }
                }));
        call();
        assertEquals(2, asked.get());
        server.assertCalls(2);
    }

    @Test
    void a_call_that_waits_behind_others_for_a_silent_server_has_failed_when_that_is_given_up() throws Exception {
        // Sockets of epoll are told the same time, and close by themselves.
        net.close();
        net = NetLoop.open("silent", Transport.NIO);
        serve(Case.DEAF, with -> with.keepAlive(Duration.ofSeconds(10), Duration.ofSeconds(1), false));
        call();
        SimpleRequest large = SimpleRequest.newBuilder()
                .setPayload(Payload.newBuilder().setBody(ByteString.copyFrom(new byte[48 << 20])))
                .build();
        MethodDescriptor<SimpleRequest, SimpleResponse> method = TestServiceGrpc.getUnaryCallMethod();
        List<Promise<SimpleResponse>> answers = List.of(
                client.ask(method, large, CallSettings.DEFAULT),
                client.ask(method, BadHttp2Server.REQUEST, CallSettings.DEFAULT));
        for (Promise<SimpleResponse> each : answers) {
            GrpcFailure failure = assertThrows(GrpcFailure.class, each::await);
            assertEquals(1, failure.attempts());
            assertTrue(failure.reason().contains("Keepalive failed"), failure.getMessage());
        }
        assertTrue(server.calls() <= 2, "it has read what came before the second");
    }
}
