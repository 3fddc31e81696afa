package dev.capstan.grpc.conformance;

import static java.util.Objects.requireNonNull;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import com.google.protobuf.BytesValue;
import dev.capstan.async.Address;
import dev.capstan.grpc.Limits;
import dev.capstan.grpc.conformance.Case.Shape;
import dev.capstan.grpc.server.GrpcServer;
import dev.capstan.net.NetLoop;
import dev.capstan.net.Transport;
import dev.capstan.net.http.HttpServer;
import dev.capstan.testkit.Parity;
import io.grpc.Deadline;
import io.grpc.Status;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;

/** Our server before a client of bytes, on every wire: the cases of connectrpc/conformance that are about servers. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ServerCasesTest {
    private static final int LIMIT = 1000;
    private static final int OVER = 10;
    private static final int LONG_MILLIS = 60_000;
    private static final int SHORT_MILLIS = 200;
    private static final Status.Code UNIMPLEMENTED = Status.Code.UNIMPLEMENTED;

    private final ScriptedService service = new ScriptedService();
    private NetLoop net;
    private int port;

    @BeforeAll
    void open() throws Exception {
        net = NetLoop.open("conformance", Transport.AUTO);
        GrpcServer grpc = GrpcServer.on(net.loop())
                .service(service.definition())
                .limits(Limits.DEFAULT.withInboundMessageBytes(LIMIT))
                .build();
        HttpServer server = net.loop()
                .fetch(() -> HttpServer.listen(
                        net.loop(),
                        net.network(),
                        new Address.Tcp("127.0.0.1", 0),
                        grpc.routes(),
                        dev.capstan.net.Limits.Http.DEFAULT))
                .await();
        port = ((Address.Tcp) server.address()).port();
    }

    @AfterAll
    void close() {
        net.close();
    }

    /** Ids of all cases here, for the list. */
    static Set<String> ids() {
        Set<String> ids = new TreeSet<>();
        for (Stream<Case> each : List.of(Cases.all().stream(), Cases.deadlines(), Cases.timeouts(), empty())) {
            each.forEach(one -> ids.add(one.id()));
        }
        sizes().forEach(each -> ids.add(each.of().id()));
        unexpected().forEach(each -> ids.add(each.id()));
        return ids;
    }

    private static String path(Shape shape) {
        return "/" + ScriptedService.NAME + "/" + shape.method;
    }

    private interface Check {
        void on(Wire wire) throws Exception;
    }

    private static Stream<DynamicTest> onAllWires(String name, Check check) {
        return on(Arrays.stream(Wire.values()), name, check);
    }

    private static Stream<DynamicTest> on(Stream<Wire> wires, String name, Check check) {
        return wires.map(wire -> DynamicTest.dynamicTest(name + " " + wire, () -> check.on(wire)));
    }

    private RawAnswer ask(Wire wire, Case of, List<BytesValue> requests, String... more) throws Exception {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        requests.forEach(each -> body.writeBytes(RawAnswer.framed(0, each.toByteArray())));
        List<Map.Entry<String, String>> fields = new ArrayList<>();
        Case.ASKED_VALUES.forEach(each -> fields.add(Map.entry(Case.ASKED, each)));
        for (int i = 0; i < more.length; i += 2) {
            fields.add(Map.entry(more[i], more[i + 1]));
        }
        service.calls.clear();
        return wire.ask(port, new Wire.Request("POST", path(of.shape()), wire.contentType, fields, body.toByteArray()));
    }

    private static void assertAnswer(Case of, Wire wire, RawAnswer answer) throws Exception {
        assertEquals(200, answer.http());
        assertEquals(List.of(wire.contentType), answer.headers().get("content-type"));
        assertEquals(of.code(), answer.code());
        assertEquals(of.message(), answer.message());
        assertEquals(of.headers(), values(answer.headers(), Case.HEADER));
        assertEquals(of.trailers(), values(answer.trailers(), Case.TRAILER));
        List<BytesValue> messages = new ArrayList<>();
        for (byte[] each : answer.messages()) {
            messages.add(BytesValue.parseFrom(each));
        }
        assertEquals(Collections.nCopies(of.answers(), ScriptedService.ANSWER), messages);
        List<String> details = answer.trailers().getOrDefault("grpc-status-details-bin", List.of());
        if (of.code() == Status.Code.OK) {
            assertEquals(List.of(), details);
        } else {
            assertEquals(
                    ScriptedService.status(of),
                    com.google.rpc.Status.parseFrom(Base64.getDecoder().decode(details.getFirst())));
        }
    }

    private static List<String> values(Map<String, List<String>> fields, String name) {
        List<String> found = fields.getOrDefault(name, List.of());
        return found.isEmpty() ? found : ScriptedService.joined(found);
    }

    private static List<BytesValue> requests(Case of) {
        return Collections.nCopies(of.requests(), ScriptedService.REQUEST);
    }

    @TestFactory
    @Parity({"GRPC-S3.1", "GRPC-S7.1", "GRPC-S7.3", "GRPC-G1.1", "GRPC-F1.1", "GRPC-X6.1", "GRPC-X6.2"})
    Stream<DynamicTest> a_case_ends_as_it_says_with_its_messages_and_metadata() {
        return Cases.all().stream()
                .flatMap(each -> onAllWires(each.id(), wire -> {
                    service.play(each);
                    RawAnswer answer = ask(wire, each, requests(each));
                    assertAnswer(each, wire, answer);
                    assertEquals(Case.ASKED_VALUES, seen().asked());
                }));
    }

    private ScriptedService.Seen seen() throws InterruptedException {
        return requireNonNull(service.calls.poll(20, TimeUnit.SECONDS), "the service was not asked");
    }

    @TestFactory
    @Parity("GRPC-S5.3")
    Stream<DynamicTest> the_service_learns_of_the_deadline() {
        return Cases.deadlines()
                .flatMap(each -> onAllWires(each.id(), wire -> {
                    service.play(each);
                    RawAnswer answer = ask(wire, each, requests(each), "grpc-timeout", LONG_MILLIS + "m");
                    assertAnswer(each, wire, answer);
                    Deadline deadline = requireNonNull(seen().deadline());
                    assertTrue(deadline.timeRemaining(TimeUnit.MILLISECONDS) <= LONG_MILLIS);
                    assertFalse(deadline.isExpired());
                }));
    }

    @TestFactory
    @Parity({"GRPC-S5.2", "GRPC-F2.1"})
    Stream<DynamicTest> a_call_whose_time_is_over_ends_without_its_handler() {
        return Cases.timeouts()
                .flatMap(each -> onAllWires(each.id(), wire -> {
                    service.hang(each);
                    RawAnswer answer = ask(wire, each, requests(each), "grpc-timeout", SHORT_MILLIS + "m");
                    assertEquals(200, answer.http());
                    assertEquals(Status.Code.DEADLINE_EXCEEDED, answer.code());
                    assertEquals(List.of(), answer.messages());
                    ScriptedService.Seen seen = seen();
                    assertCancelled(seen);
                }));
    }

    private static void assertCancelled(ScriptedService.Seen seen) throws InterruptedException {
        String event;
        do {
            event = seen.events().poll(20, TimeUnit.SECONDS);
        } while ("message".equals(event) || "end".equals(event));
        assertEquals("cancelled", event);
    }

    private static Stream<Case> empty() {
        String suite = "server_empty";
        return Stream.of(
                        Case.ok(suite, "unary/empty-request", Shape.UNARY, 1, 1),
                        Case.ok(suite, "client-stream/empty-request", Shape.CLIENT, 1, 1),
                        Case.ok(suite, "server-stream/empty-request", Shape.SERVER, 1, 0),
                        Case.ok(suite, "bidi-stream/half-duplex/empty-request", Shape.HALF, 1, 0))
                .map(each -> each.with(List.of(), List.of()));
    }

    @TestFactory
    @Parity("GRPC-S2.2")
    Stream<DynamicTest> a_request_of_no_bytes_is_a_message() {
        return empty().flatMap(each -> onAllWires(each.id(), wire -> {
            service.play(each);
            RawAnswer answer = ask(wire, each, List.of(BytesValue.getDefaultInstance()));
            assertAnswer(each, wire, answer);
            assertEquals("message", seen().events().poll(20, TimeUnit.SECONDS));
        }));
    }

    /** Requests that are as long as the limit, or longer by so much. */
    private record Sizes(Case of, List<Integer> beyond) {}

    private static Sizes sizes(String name, Shape shape, int answers, Integer... beyond) {
        return new Sizes(
                Case.ok("server_message_size", name, shape, beyond.length, answers)
                        .with(List.of(), List.of()),
                List.of(beyond));
    }

    private static Stream<Sizes> sizes() {
        return Stream.of(
                sizes("unary/request-equal-to-server-limit", Shape.UNARY, 1, 0),
                sizes("unary/request-exceeds-server-limit", Shape.UNARY, 0, OVER),
                sizes("client-stream/all-requests-equal-to-server-limit", Shape.CLIENT, 1, 0, 0),
                sizes("client-stream/first-request-exceeds-server-limit", Shape.CLIENT, 0, OVER, 0),
                sizes("client-stream/subsequent-request-exceeds-server-limit", Shape.CLIENT, 0, 0, OVER),
                sizes("server-stream/request-equal-to-server-limit", Shape.SERVER, 2, 0),
                sizes("server-stream/request-exceeds-server-limit", Shape.SERVER, 0, OVER),
                sizes("bidi-stream/half-duplex/all-requests-equal-to-server-limit", Shape.HALF, 2, 0, 0),
                sizes("bidi-stream/half-duplex/first-request-exceeds-server-limit", Shape.HALF, 0, OVER, 0),
                sizes("bidi-stream/half-duplex/subsequent-request-exceeds-server-limit", Shape.HALF, 0, 0, OVER),
                sizes("bidi-stream/full-duplex/all-requests-equal-to-server-limit", Shape.FULL, 2, 0, 0),
                sizes("bidi-stream/full-duplex/first-request-exceeds-server-limit", Shape.FULL, 0, OVER, 0),
                sizes("bidi-stream/full-duplex/subsequent-request-exceeds-server-limit", Shape.FULL, 1, 0, OVER));
    }

    @TestFactory
    @Parity({"GRPC-G7.3", "GRPC-F7.1"})
    Stream<DynamicTest> a_request_may_be_as_long_as_the_limit_and_no_longer() {
        return sizes().flatMap(each -> onAllWires(each.of().id(), wire -> {
            service.play(each.of());
            List<BytesValue> requests =
                    each.beyond().stream().map(more -> sized(LIMIT + more)).toList();
            RawAnswer answer = ask(wire, each.of(), requests);
            if (each.beyond().contains(OVER)) {
                assertEquals(200, answer.http());
                assertEquals(Status.Code.RESOURCE_EXHAUSTED, answer.code());
                assertTrue(answer.message().contains("inboundMessageBytes"), answer.message());
                assertEquals(each.of().answers(), answer.messages().size());
            } else {
                assertAnswer(each.of(), wire, answer);
            }
        }));
    }

    /** A message that takes {@code size} bytes. */
    private static BytesValue sized(int size) {
        BytesValue message = BytesValue.of(ByteString.copyFrom(new byte[size - 3]));
        assertEquals(size, message.getSerializedSize());
        return message;
    }

    /**
     * A request that no client of gRPC makes.
     *
     * @param sub what follows the wire's content type; all of another one if that has a slash
     * @param http status that is due
     */
    private record Unexpected(
            String suite,
            String name,
            String verb,
            String path,
            String sub,
            List<Map.Entry<String, String>> fields,
            List<byte[]> frames,
            int http,
            Status.Code code) {
        String id() {
            return suite + "/" + name;
        }

        Stream<Wire> wires() {
            return Arrays.stream(Wire.values())
                    .filter(wire -> !suite.startsWith("grpc_") || suite.startsWith("grpc_web_") == (wire != Wire.GRPC));
        }
    }

    private static Unexpected post(String suite, String name, Shape shape, String sub, int requests, Status.Code code) {
        byte[] frame = RawAnswer.framed(0, ScriptedService.REQUEST.toByteArray());
        List<byte[]> frames = Collections.nCopies(requests, frame);
        return new Unexpected(suite, name, "POST", path(shape), sub, List.of(), frames, 200, code);
    }

    private static Stream<Unexpected> unexpected() {
        byte[] frame = RawAnswer.framed(0, ScriptedService.REQUEST.toByteArray());
        byte[] flagged = RawAnswer.framed(1, ScriptedService.REQUEST.toByteArray());
        List<Unexpected> all = new ArrayList<>();
        for (String web : List.of("", "web_")) {
            String suite = "grpc_" + web + "server_unexpected";
            all.add(post(suite, "unary/no-request", Shape.UNARY, "+proto", 0, UNIMPLEMENTED));
            all.add(post(suite, "unary/multiple-requests", Shape.UNARY, "+proto", 2, UNIMPLEMENTED));
            all.add(post(suite, "server-stream/no-request", Shape.SERVER, "+proto", 0, UNIMPLEMENTED));
            all.add(post(suite, "server-stream/multiple-requests", Shape.SERVER, "+proto", 2, UNIMPLEMENTED));
            String unary = path(Shape.UNARY);
            all.add(new Unexpected(
                    suite,
                    "unexpected-verb",
                    "DELETE",
                    unary,
                    "",
                    List.of(),
                    List.of(frame),
                    405,
                    Status.Code.UNKNOWN));
            all.add(new Unexpected(
                    suite,
                    "unexpected-uri",
                    "POST",
                    "/connectrpc.conformance.v1.UnknownService/UnknownMethod",
                    "",
                    List.of(),
                    List.of(frame),
                    200,
                    UNIMPLEMENTED));
            all.add(new Unexpected(
                    suite,
                    "unexpected-codec",
                    "POST",
                    unary,
                    "+foo",
                    List.of(),
                    List.of(frame),
                    415,
                    Status.Code.UNKNOWN));
            all.add(new Unexpected(
                    suite,
                    "unexpected-compression",
                    "POST",
                    unary,
                    "",
                    List.of(Map.entry("grpc-encoding", "foo")),
                    List.of(flagged),
                    200,
                    UNIMPLEMENTED));
            all.add(new Unexpected(
                    suite,
                    "unexpected-compressed-message",
                    "POST",
                    unary,
                    "+proto",
                    List.of(Map.entry("grpc-encoding", "identity")),
                    List.of(flagged),
                    200,
                    Status.Code.INTERNAL));
            String sub = "grpc_" + web + "server_proto_subformat";
            all.add(post(sub, "with-proto-sub-format", Shape.UNARY, "+proto", 1, Status.Code.OK));
            all.add(post(sub, "without-proto-sub-format", Shape.UNARY, "", 1, Status.Code.OK));
        }
        all.add(new Unexpected(
                "server_unexpected",
                "unexpected-content-type",
                "POST",
                path(Shape.UNARY),
                "image/jpeg",
                List.of(),
                List.of(new byte[] {1, 2, 3, 4, 5, 6, 7, 8}),
                415,
                Status.Code.UNKNOWN));
        all.add(new Unexpected(
                "basic",
                "unimplemented",
                "POST",
                "/" + ScriptedService.NAME + "/Unimplemented",
                "",
                List.of(),
                List.of(frame),
                200,
                UNIMPLEMENTED));
        return all.stream();
    }

    @TestFactory
    @Parity({"GRPC-P9.5", "GRPC-C1.2", "GRPC-C6.1", "GRPC-G3.3"})
    Stream<DynamicTest> what_no_client_sends_is_answered_as_the_protocol_has_it() {
        return unexpected()
                .flatMap(each -> on(each.wires(), each.id(), wire -> {
                    service.play(Case.ok("", "", Shape.UNARY, 1, 1));
                    ByteArrayOutputStream body = new ByteArrayOutputStream();
                    each.frames().forEach(body::writeBytes);
                    String type = each.sub().contains("/") ? each.sub() : wire.contentType + each.sub();
                    RawAnswer answer = wire.ask(
                            port, new Wire.Request(each.verb(), each.path(), type, each.fields(), body.toByteArray()));
                    assertEquals(each.http(), answer.http());
                    assertEquals(each.code(), answer.code(), answer::message);
                    if (answer.http() == 200) {
                        assertEquals(List.of(type), answer.headers().get("content-type"));
                    }
                    if (each.name().equals("unexpected-compression")) {
                        assertTrue(
                                values(answer.headers(), "grpc-accept-encoding").contains("gzip"));
                    }
                }));
    }

    @TestFactory
    @Parity("GRPC-P9.6")
    Stream<DynamicTest> a_request_that_cannot_be_decompressed_is_an_internal_error() {
        byte[] garbage = new byte[300];
        Arrays.fill(garbage, (byte) 0xe5);
        return Stream.of("gzip", "deflate", "zstd", "snappy", "br")
                .flatMap(name -> onAllWires(name, wire -> {
                    service.play(Case.ok("", "", Shape.UNARY, 1, 1));
                    RawAnswer answer = wire.ask(
                            port,
                            new Wire.Request(
                                    "POST",
                                    path(Shape.UNARY),
                                    wire.contentType,
                                    List.of(Map.entry("grpc-encoding", name)),
                                    RawAnswer.framed(1, garbage)));
                    assertEquals(Status.Code.INTERNAL, answer.code(), answer::message);
                    assertTrue(answer.message().contains(name), answer::message);
                }));
    }
}
