package dev.capstan.testprotos;

import com.google.protobuf.ByteString;
import dev.capstan.testprotos.Caller.Settings;
import dev.capstan.testprotos.Caller.Talk;
import dev.capstan.testprotos.interop.BoolValue;
import dev.capstan.testprotos.interop.EchoStatus;
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
import dev.capstan.testprotos.interop.UnimplementedServiceGrpc;
import io.grpc.ClientInterceptor;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The official interoperability cases, driven through any client. A case that does not hold ends with an {@link AssertionError}.
 *
 * <p>{@code client_compressed_unary} and {@code client_compressed_streaming} begin with a probe that a server passes only if it knows whether a message was compressed, and {@code
 * server_compressed_streaming} looks at which answers were. Those with {@code _noprobe} do not, as in grpc-java, whose server does neither.
 */
public final class InteropCases {
    private static final Metadata.Key<String> INITIAL =
            Metadata.Key.of("x-grpc-test-echo-initial", Metadata.ASCII_STRING_MARSHALLER);
    private static final Metadata.Key<byte[]> TRAILING =
            Metadata.Key.of("x-grpc-test-echo-trailing-bin", Metadata.BINARY_BYTE_MARSHALLER);
    private static final int LARGE_REQUEST = 271_828;
    private static final int LARGE_ANSWER = 314_159;
    private static final int[] REQUESTS = {27182, 8, 1828, 45904};
    private static final int[] ANSWERS = {31415, 9, 2653, 58979};
    private static final Duration SOAK_BOUND = Duration.ofSeconds(5);
    private static final BoolValue YES = BoolValue.newBuilder().setValue(true).build();
    private static final BoolValue NO = BoolValue.getDefaultInstance();

    private interface Case {
        void run(Caller client);
    }

    private final Function<ClientInterceptor, Caller> clients;
    private final int iterations;
    private final Witness witness = new Witness();
    private final Map<String, Case> cases = new LinkedHashMap<>();

    /**
     * Cases of clients that {@code clients} opens, one for each case; each has the interceptor that it is given.
     *
     * @param iterations calls of each soak test
     */
    public InteropCases(Function<ClientInterceptor, Caller> clients, int iterations) {
        this.clients = clients;
        this.iterations = iterations;
        cases.put("empty_unary", InteropCases::emptyUnary);
        cases.put("large_unary", client -> large(client, LARGE_REQUEST, Settings.NONE));
        cases.put("client_compressed_unary", client -> {
            probeUnary(client);
            clientCompressedUnary(client);
        });
        cases.put("client_compressed_unary_noprobe", this::clientCompressedUnary);
        cases.put("server_compressed_unary", this::serverCompressedUnary);
        cases.put("client_streaming", InteropCases::clientStreaming);
        cases.put("client_compressed_streaming", client -> {
            probeStreaming(client);
            clientCompressedStreaming(client);
        });
        cases.put("client_compressed_streaming_noprobe", this::clientCompressedStreaming);
        cases.put("server_streaming", InteropCases::serverStreaming);
        cases.put("server_compressed_streaming", client -> {
            serverCompressedStreaming(client);
            same(List.of(true, false), witness.answers(), "what was compressed");
        });
        cases.put("server_compressed_streaming_noprobe", InteropCases::serverCompressedStreaming);
        cases.put("ping_pong", InteropCases::pingPong);
        cases.put("empty_stream", InteropCases::emptyStream);
        cases.put("custom_metadata", InteropCases::customMetadata);
        cases.put("status_code_and_message", client -> status(client, "test status message"));
        cases.put("special_status_message", InteropCases::specialStatusMessage);
        cases.put(
                "unimplemented_method", client -> unimplemented(client, TestServiceGrpc.getUnimplementedCallMethod()));
        cases.put(
                "unimplemented_service",
                client -> unimplemented(client, UnimplementedServiceGrpc.getUnimplementedCallMethod()));
        cases.put("cancel_after_begin", InteropCases::cancelAfterBegin);
        cases.put("cancel_after_first_response", InteropCases::cancelAfterFirstResponse);
        cases.put("timeout_on_sleeping_server", InteropCases::timeoutOnSleepingServer);
        cases.put("very_large_request", client -> large(client, 10 << 20, Settings.NONE));
        cases.put("concurrent_large_unary", InteropCases::concurrentLargeUnary);
        cases.put("rpc_soak", this::rpcSoak);
        cases.put("channel_soak", client -> channelSoak());
    }

    /** The names of all cases. */
    public Set<String> names() {
        return cases.keySet();
    }

    /** Runs a case with a client of its own. */
    public void run(String name) {
        Case found = cases.get(name);
        if (found == null) {
            throw new IllegalArgumentException("there is no case '" + name + "', only " + names());
        }
        try (Caller client = clients.apply(witness)) {
            found.run(client);
        }
    }

    // ---- what they are made of

    private static Payload payload(int size) {
        return Payload.newBuilder().setBody(zeros(size)).build();
    }

    private static ByteString zeros(int size) {
        return ByteString.copyFrom(new byte[size]);
    }

    private static SimpleRequest.Builder simple(int size, int answerSize) {
        return SimpleRequest.newBuilder().setResponseSize(answerSize).setPayload(payload(size));
    }

    private static StreamingInputCallRequest input(int size) {
        return StreamingInputCallRequest.newBuilder().setPayload(payload(size)).build();
    }

    private static StreamingInputCallRequest input(int size, BoolValue compressed) {
        return input(size).toBuilder().setExpectCompressed(compressed).build();
    }

    private static StreamingOutputCallRequest output(int size, int answerSize) {
        return StreamingOutputCallRequest.newBuilder()
                .setPayload(payload(size))
                .addResponseParameters(ResponseParameters.newBuilder().setSize(answerSize))
                .build();
    }

    private static void same(Object expected, @Nullable Object actual, String what) {
        if (!expected.equals(actual)) {
            throw new AssertionError(what + " should be " + brief(expected) + ", but is " + brief(actual));
        }
    }

    private static String brief(@Nullable Object value) {
        String text = Objects.toString(value);
        return text.length() > 200 ? text.substring(0, 200) + "..." : text;
    }

    private static <Q, S> S one(Caller client, MethodDescriptor<Q, S> method, Q request, Settings settings) {
        Talk<Q, S> talk = client.begin(method, settings);
        talk.write(request);
        talk.end();
        return only(talk);
    }

    private static <Q, S> S only(Talk<Q, S> talk) {
        S answer = talk.read();
        if (answer == null) {
            throw new AssertionError("the call ended well without an answer");
        }
        ended(talk);
        return answer;
    }

    private static void ended(Talk<?, ?> talk) {
        Object more = talk.read();
        if (more != null) {
            throw new AssertionError("there is an answer more than there should be: " + brief(more));
        }
    }

    private static void sized(int size, @Nullable StreamingOutputCallResponse answer) {
        same(payload(size), answer == null ? null : answer.getPayload(), "the answer");
    }

    private static Status failing(Status.Code code, Runnable call) {
        try {
            call.run();
        } catch (StatusRuntimeException e) {
            same(code, e.getStatus().getCode(), "the status of " + e);
            return e.getStatus();
        }
        throw new AssertionError("the call should have failed as " + code + ", but ended well");
    }

    // ---- one message each way

    private static void emptyUnary(Caller client) {
        Empty answer = one(client, TestServiceGrpc.getEmptyCallMethod(), Empty.getDefaultInstance(), Settings.NONE);
        same(Empty.getDefaultInstance(), answer, "the answer");
    }

    private static void large(Caller client, int size, Settings settings) {
        unary(client, simple(size, LARGE_ANSWER).build(), settings);
    }

    private static void unary(Caller client, SimpleRequest request, Settings settings) {
        SimpleResponse answer = one(client, TestServiceGrpc.getUnaryCallMethod(), request, settings);
        same(payload(request.getResponseSize()), answer.getPayload(), "the answer");
    }

    private static void probeUnary(Caller client) {
        SimpleRequest lie =
                simple(LARGE_REQUEST, LARGE_ANSWER).setExpectCompressed(YES).build();
        failing(Status.Code.INVALID_ARGUMENT, () -> unary(client, lie, Settings.NONE));
    }

    private void clientCompressedUnary(Caller client) {
        SimpleRequest.Builder request = simple(LARGE_REQUEST, LARGE_ANSWER);
        unary(client, request.setExpectCompressed(YES).build(), Settings.GZIP);
        same(List.of(true), witness.requests(), "what was compressed");
        unary(client, request.setExpectCompressed(NO).build(), Settings.NONE);
        same(List.of(false), witness.requests(), "what was compressed");
    }

    private void serverCompressedUnary(Caller client) {
        SimpleRequest.Builder request = simple(LARGE_REQUEST, LARGE_ANSWER);
        unary(client, request.setResponseCompressed(YES).build(), Settings.NONE);
        same(List.of(true), witness.answers(), "what was compressed");
        unary(client, request.setResponseCompressed(NO).build(), Settings.NONE);
        same(List.of(false), witness.answers(), "what was compressed");
    }

    private static void concurrentLargeUnary(Caller client) {
        List<Talk<SimpleRequest, SimpleResponse>> talks = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            Talk<SimpleRequest, SimpleResponse> talk =
                    client.begin(TestServiceGrpc.getUnaryCallMethod(), Settings.NONE);
            talk.write(simple(LARGE_REQUEST, LARGE_ANSWER + i).build());
            talk.end();
            talks.add(talk);
        }
        for (int i = 0; i < talks.size(); i++) {
            same(payload(LARGE_ANSWER + i), only(talks.get(i)).getPayload(), "the answer " + i);
        }
    }

    private void rpcSoak(Caller client) {
        for (int i = 0; i < iterations; i++) {
            large(client, LARGE_REQUEST, new Settings(new Metadata(), SOAK_BOUND, false));
        }
    }

    private void channelSoak() {
        for (int i = 0; i < iterations; i++) {
            try (Caller fresh = clients.apply(witness)) {
                large(fresh, LARGE_REQUEST, new Settings(new Metadata(), SOAK_BOUND, false));
            }
        }
    }

    // ---- streams

    private static void summing(int sum, Talk<?, StreamingInputCallResponse> talk) {
        talk.end();
        same(sum, only(talk).getAggregatedPayloadSize(), "the sum of sizes");
    }

    private static void clientStreaming(Caller client) {
        var talk = client.begin(TestServiceGrpc.getStreamingInputCallMethod(), Settings.NONE);
        for (int size : REQUESTS) {
            talk.write(input(size));
        }
        summing(74_922, talk);
    }

    private static void probeStreaming(Caller client) {
        var talk = client.begin(TestServiceGrpc.getStreamingInputCallMethod(), Settings.NONE);
        talk.write(input(27182, YES));
        failing(Status.Code.INVALID_ARGUMENT, () -> {
            talk.end();
            talk.read();
        });
    }

    private void clientCompressedStreaming(Caller client) {
        var talk = client.begin(TestServiceGrpc.getStreamingInputCallMethod(), Settings.GZIP);
        talk.write(input(27182, YES));
        talk.compress(false);
        talk.write(input(45904, NO));
        summing(73_086, talk);
        same(List.of(true, false), witness.requests(), "what was compressed");
    }

    private static Talk<?, StreamingOutputCallResponse> streaming(
            Caller client, StreamingOutputCallRequest.Builder request) {
        var talk = client.begin(TestServiceGrpc.getStreamingOutputCallMethod(), Settings.NONE);
        talk.write(request.build());
        talk.end();
        return talk;
    }

    private static void serverStreaming(Caller client) {
        StreamingOutputCallRequest.Builder request = StreamingOutputCallRequest.newBuilder();
        for (int size : ANSWERS) {
            request.addResponseParameters(ResponseParameters.newBuilder().setSize(size));
        }
        var talk = streaming(client, request);
        for (int size : ANSWERS) {
            sized(size, talk.read());
        }
        ended(talk);
    }

    private static void serverCompressedStreaming(Caller client) {
        var talk = streaming(
                client,
                StreamingOutputCallRequest.newBuilder()
                        .addResponseParameters(
                                ResponseParameters.newBuilder().setSize(31415).setCompressed(YES))
                        .addResponseParameters(
                                ResponseParameters.newBuilder().setSize(92653).setCompressed(NO)));
        sized(31415, talk.read());
        sized(92653, talk.read());
        ended(talk);
    }

    private static void pingPong(Caller client) {
        var talk = client.begin(TestServiceGrpc.getFullDuplexCallMethod(), Settings.NONE);
        for (int i = 0; i < REQUESTS.length; i++) {
            talk.write(output(REQUESTS[i], ANSWERS[i]));
            sized(ANSWERS[i], talk.read());
        }
        talk.end();
        ended(talk);
    }

    private static void emptyStream(Caller client) {
        var talk = client.begin(TestServiceGrpc.getFullDuplexCallMethod(), Settings.NONE);
        talk.end();
        ended(talk);
    }

    // ---- metadata and status

    private static void customMetadata(Caller client) {
        byte[] bytes = {(byte) 0xab, (byte) 0xab, (byte) 0xab};
        Metadata sent = new Metadata();
        sent.put(INITIAL, "test_initial_metadata_value");
        sent.put(TRAILING, bytes);
        Settings settings = new Settings(sent, Duration.ZERO, false);
        var unary = client.begin(TestServiceGrpc.getUnaryCallMethod(), settings);
        unary.write(simple(LARGE_REQUEST, LARGE_ANSWER).build());
        unary.end();
        same(payload(LARGE_ANSWER), only(unary).getPayload(), "the answer");
        echoed(unary, bytes);
        var duplex = client.begin(TestServiceGrpc.getFullDuplexCallMethod(), settings);
        duplex.write(output(LARGE_REQUEST, LARGE_ANSWER));
        duplex.end();
        sized(LARGE_ANSWER, duplex.read());
        ended(duplex);
        echoed(duplex, bytes);
    }

    private static void echoed(Talk<?, ?> talk, byte[] bytes) {
        same("test_initial_metadata_value", talk.headers().get(INITIAL), "the echo in the headers");
        byte[] trailing = talk.trailers().get(TRAILING);
        same(Arrays.toString(bytes), Arrays.toString(trailing), "the echo in the trailers");
    }

    private static void specialStatusMessage(Caller client) {
        statusUnary(client, "\t\ntest with whitespace\r\nand Unicode BMP \u263A and non-BMP \uD83D\uDE08\t\n");
    }

    private static void status(Caller client, String message) {
        statusUnary(client, message);
        EchoStatus echo = EchoStatus.newBuilder().setCode(2).setMessage(message).build();
        var duplex = client.begin(TestServiceGrpc.getFullDuplexCallMethod(), Settings.NONE);
        Status told = failing(Status.Code.UNKNOWN, () -> {
            duplex.write(StreamingOutputCallRequest.newBuilder()
                    .setResponseStatus(echo)
                    .build());
            duplex.end();
            duplex.read();
        });
        same(message, told.getDescription(), "the message of the status");
    }

    private static void statusUnary(Caller client, String message) {
        SimpleRequest request = SimpleRequest.newBuilder()
                .setResponseStatus(EchoStatus.newBuilder().setCode(2).setMessage(message))
                .build();
        Status told = failing(Status.Code.UNKNOWN, () -> unary(client, request, Settings.NONE));
        same(message, told.getDescription(), "the message of the status");
    }

    private static void unimplemented(Caller client, MethodDescriptor<Empty, Empty> method) {
        failing(Status.Code.UNIMPLEMENTED, () -> one(client, method, Empty.getDefaultInstance(), Settings.NONE));
    }

    // ---- calls that are given up

    private static void cancelAfterBegin(Caller client) {
        var talk = client.begin(TestServiceGrpc.getStreamingInputCallMethod(), Settings.NONE);
        talk.cancel();
        failing(Status.Code.CANCELLED, talk::read);
    }

    private static void cancelAfterFirstResponse(Caller client) {
        var talk = client.begin(TestServiceGrpc.getFullDuplexCallMethod(), Settings.NONE);
        talk.write(output(REQUESTS[0], ANSWERS[0]));
        sized(ANSWERS[0], talk.read());
        talk.cancel();
        failing(Status.Code.CANCELLED, talk::read);
    }

    private static void timeoutOnSleepingServer(Caller client) {
        Settings settings = new Settings(new Metadata(), Duration.ofMillis(1), false);
        var talk = client.begin(TestServiceGrpc.getFullDuplexCallMethod(), settings);
        failing(Status.Code.DEADLINE_EXCEEDED, () -> {
            talk.write(StreamingOutputCallRequest.newBuilder()
                    .setPayload(payload(27182))
                    .build());
            talk.read();
        });
    }
}
