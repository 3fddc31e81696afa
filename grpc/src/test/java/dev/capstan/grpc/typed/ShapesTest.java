package dev.capstan.grpc.typed;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import dev.capstan.grpc.Messages;
import dev.capstan.grpc.client.GrpcClient;
import dev.capstan.grpc.server.Handling;
import dev.capstan.testkit.Parity;
import dev.capstan.testprotos.interop.SimpleRequest;
import dev.capstan.testprotos.interop.SimpleResponse;
import dev.capstan.testprotos.interop.StreamingInputCallRequest;
import dev.capstan.testprotos.interop.StreamingInputCallResponse;
import dev.capstan.testprotos.interop.StreamingOutputCallRequest;
import dev.capstan.testprotos.interop.StreamingOutputCallResponse;
import dev.capstan.testprotos.interop.TestServiceGrpc;
import dev.capstan.testprotos.interop.TestServiceRpc;
import io.grpc.stub.BlockingClientCall;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The four shapes of call between every style of client and every style of handler, on either server. */
class ShapesTest {
    private static final int[] SIZES = {31415, 9, 0, 2653, 58979};

    private final Place place = new Place();

    @AfterEach
    void close() throws Exception {
        place.close();
    }

    /** How a handler is written and run. */
    enum Style {
        ASYNC,
        BLOCKING,
        FIBERS
    }

    /** How a call is made. */
    enum Stub {
        ASYNC,
        BLOCKING,
        GRPC_JAVA
    }

    static Stream<Arguments> pairs() {
        return Arrays.stream(Place.Kind.values())
                .flatMap(kind -> Arrays.stream(Style.values())
                        .flatMap(style -> Arrays.stream(Stub.values()).map(stub -> Arguments.of(kind, style, stub))));
    }

    private GrpcClient echo(Place.Kind kind, Style style) throws Exception {
        Handling how = place.how();
        return place.client(
                kind,
                switch (style) {
                    case ASYNC -> TestServiceRpc.bind(new Echo.Async(place.net.loop()), how);
                    case BLOCKING -> TestServiceRpc.bind(new Echo.Blocking(), how);
                    case FIBERS -> TestServiceRpc.bind(new Echo.Blocking(), how.fibers());
                });
    }

    private static TestServiceGrpc.TestServiceBlockingV2Stub foreign(GrpcClient client) {
        return TestServiceGrpc.newBlockingV2Stub(client.channel());
    }

    private static List<Integer> sizes(Iterable<StreamingOutputCallResponse> answers) {
        List<Integer> sizes = new ArrayList<>();
        answers.forEach(each -> sizes.add(each.getPayload().getBody().size()));
        return sizes;
    }

    private static <Q, S> List<S> drain(BlockingClientCall<Q, S> call) throws Exception {
        List<S> all = new ArrayList<>();
        for (S each = call.read(); each != null; each = call.read()) {
            all.add(each);
        }
        return all;
    }

    private static List<Integer> expected() {
        return Arrays.stream(SIZES).boxed().toList();
    }

    @ParameterizedTest
    @MethodSource("pairs")
    @Parity({"GRPC-S1.1", "GRPC-S2.1", "GRPC-P1.1", "GRPC-P1.2", "GRPC-F6.1", "GRPC-F10.1"})
    void one_message_each_way(Place.Kind kind, Style style, Stub stub) throws Exception {
        GrpcClient client = echo(kind, style);
        SimpleRequest request = Echo.ask(271828);
        SimpleResponse answer = switch (stub) {
            case ASYNC -> TestServiceRpc.client(client).unaryCall(request).await();
            case BLOCKING -> TestServiceRpc.blocking(client).unaryCall(request);
            case GRPC_JAVA -> foreign(client).unaryCall(request);
        };
        assertEquals(271828, answer.getPayload().getBody().size());
    }

    @ParameterizedTest
    @MethodSource("pairs")
    @Parity({"GRPC-S1.3", "GRPC-P1.1", "GRPC-P1.2", "GRPC-F10.1"})
    void a_server_streams(Place.Kind kind, Style style, Stub stub) throws Exception {
        GrpcClient client = echo(kind, style);
        StreamingOutputCallRequest request = Echo.sizes(SIZES);
        Iterable<StreamingOutputCallResponse> answers = switch (stub) {
            case ASYNC -> Flows.Taken.all(TestServiceRpc.client(client).streamingOutputCall(request));
            case BLOCKING -> TestServiceRpc.blocking(client).streamingOutputCall(request);
            case GRPC_JAVA -> drain(foreign(client).streamingOutputCall(request));
        };
        assertEquals(expected(), sizes(answers));
    }

    @ParameterizedTest
    @MethodSource("pairs")
    @Parity({"GRPC-S1.2", "GRPC-P1.1", "GRPC-P1.2", "GRPC-C7.2", "GRPC-F10.1"})
    void a_client_streams(Place.Kind kind, Style style, Stub stub) throws Exception {
        GrpcClient client = echo(kind, style);
        List<StreamingInputCallRequest> requests =
                Arrays.stream(SIZES).mapToObj(Echo::input).toList();
        StreamingInputCallResponse answer = switch (stub) {
            case ASYNC ->
                TestServiceRpc.client(client)
                        .streamingInputCall(new Flows.Listed<>(requests))
                        .await();
            case BLOCKING -> TestServiceRpc.blocking(client).streamingInputCall(Messages.of(requests));
            case GRPC_JAVA -> {
                BlockingClientCall<StreamingInputCallRequest, StreamingInputCallResponse> call =
                        foreign(client).streamingInputCall();
                for (StreamingInputCallRequest each : requests) {
                    call.write(each);
                }
                call.halfClose();
                StreamingInputCallResponse only = call.read();
                assertNotNull(only);
                yield only;
            }
        };
        assertEquals(Arrays.stream(SIZES).sum(), answer.getAggregatedPayloadSize());
    }

    @ParameterizedTest
    @MethodSource("pairs")
    @Parity({"GRPC-S1.4", "GRPC-P1.1", "GRPC-P1.2", "GRPC-P2.1", "GRPC-F6.1", "GRPC-F10.1"})
    void both_stream(Place.Kind kind, Style style, Stub stub) throws Exception {
        GrpcClient client = echo(kind, style);
        List<StreamingOutputCallRequest> requests =
                Arrays.stream(SIZES).mapToObj(Echo::sizes).toList();
        Iterable<StreamingOutputCallResponse> answers = switch (stub) {
            case ASYNC -> Flows.Taken.all(TestServiceRpc.client(client).fullDuplexCall(new Flows.Listed<>(requests)));
            case BLOCKING -> TestServiceRpc.blocking(client).fullDuplexCall(Messages.of(requests));
            case GRPC_JAVA -> {
                BlockingClientCall<StreamingOutputCallRequest, StreamingOutputCallResponse> call =
                        foreign(client).fullDuplexCall();
                for (StreamingOutputCallRequest each : requests) {
                    call.write(each);
                }
                call.halfClose();
                yield drain(call);
            }
        };
        assertEquals(expected(), sizes(answers));
    }

    @ParameterizedTest
    @MethodSource("pairs")
    @Parity("GRPC-S1.5")
    void a_stream_may_be_empty_both_ways(Place.Kind kind, Style style, Stub stub) throws Exception {
        GrpcClient client = echo(kind, style);
        Iterable<StreamingOutputCallResponse> answers = switch (stub) {
            case ASYNC -> Flows.Taken.all(TestServiceRpc.client(client).fullDuplexCall(new Flows.Listed<>(List.of())));
            case BLOCKING -> TestServiceRpc.blocking(client).fullDuplexCall(Messages.of(List.of()));
            case GRPC_JAVA -> {
                BlockingClientCall<StreamingOutputCallRequest, StreamingOutputCallResponse> call =
                        foreign(client).fullDuplexCall();
                call.halfClose();
                yield drain(call);
            }
        };
        assertEquals(List.of(), sizes(answers));
    }
}
