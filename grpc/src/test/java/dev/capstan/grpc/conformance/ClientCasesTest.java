package dev.capstan.grpc.conformance;

import static java.util.Objects.requireNonNull;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.BytesValue;
import dev.capstan.async.Address;
import dev.capstan.grpc.CallMetadata;
import dev.capstan.grpc.GrpcFailure;
import dev.capstan.grpc.Limits;
import dev.capstan.grpc.client.CallSettings;
import dev.capstan.grpc.client.GrpcCall;
import dev.capstan.grpc.client.GrpcClient;
import dev.capstan.grpc.client.WebChannel;
import dev.capstan.grpc.conformance.Case.Shape;
import dev.capstan.grpc.conformance.ScriptedService.Seen;
import dev.capstan.grpc.server.GrpcServer;
import dev.capstan.net.Limits.Http;
import dev.capstan.net.NetLoop;
import dev.capstan.net.Transport;
import dev.capstan.net.http.HttpClient;
import dev.capstan.net.http.HttpServer;
import dev.capstan.testkit.Parity;
import io.grpc.Deadline;
import io.grpc.Server;
import io.grpc.Status;
import io.grpc.netty.NettyServerBuilder;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;

/** Our client before a server of bytes, ours and grpc-java's, and over gRPC-Web before ours and one of bytes: the cases of connectrpc/conformance that are about clients. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ClientCasesTest {
    private static final int LONG_SECONDS = 60;
    private static final int SHORT_MILLIS = 200;

    private enum Kind {
        SCRIPTED,
        OWN,
        GRPC_JAVA,
        /** Ours, over gRPC-Web on HTTP/1.1. */
        WEB,
        WEB_TEXT;

        boolean isWeb() {
            return this == WEB || this == WEB_TEXT;
        }

        /** HTTP/1.1 has no answer before its request has ended. */
        boolean has(Shape shape) {
            return !isWeb() || shape != Shape.FULL;
        }
    }

    private final ScriptedService service = new ScriptedService();
    private final Map<Kind, GrpcClient> clients = new EnumMap<>(Kind.class);
    private NetLoop net;
    private ScriptedServer scripted;
    private ScriptedWebServer scriptedWeb;
    private Server foreign;

    @BeforeAll
    void open() throws Exception {
        net = NetLoop.open("conformance", Transport.AUTO);
        scripted = new ScriptedServer();
        scriptedWeb = new ScriptedWebServer();
        foreign = NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                .addService(service.definition())
                .build()
                .start();
        GrpcServer own = GrpcServer.on(net.loop()).service(service.definition()).build();
        HttpServer server = net.loop()
                .fetch(() -> HttpServer.listen(
                        net.loop(), net.network(), new Address.Tcp("127.0.0.1", 0), own.routes(), Http.DEFAULT))
                .await();
        client(Kind.SCRIPTED, scripted.port());
        client(Kind.OWN, ((Address.Tcp) server.address()).port());
        client(Kind.GRPC_JAVA, foreign.getPort());
        for (Kind each : List.of(Kind.WEB, Kind.WEB_TEXT)) {
            clients.put(each, web(((Address.Tcp) server.address()).port(), each == Kind.WEB_TEXT));
        }
    }

    private GrpcClient web(int port, boolean text) {
        HttpClient http = new HttpClient(net.loop(), net.network(), new SecureRandom(), Http.DEFAULT);
        URI base = URI.create("http://127.0.0.1:" + port);
        return GrpcClient.over(net.loop(), new WebChannel(net.loop(), http, base, text, Limits.DEFAULT));
    }

    private void client(Kind of, int port) {
        clients.put(
                of,
                GrpcClient.on(net)
                        .to(new Address.Tcp("127.0.0.1", port))
                        .plaintext()
                        .build());
    }

    @AfterAll
    void close() throws Exception {
        for (GrpcClient each : clients.values()) {
            each.drain(Duration.ZERO).await();
        }
        foreign.shutdownNow();
        foreign.awaitTermination(10, TimeUnit.SECONDS);
        scripted.close();
        scriptedWeb.close();
        net.close();
    }

    /** Ids of all cases here, for the list. */
    static Set<String> ids() {
        Set<String> ids = new TreeSet<>();
        Cases.all().forEach(each -> ids.add(each.id()));
        Cases.deadlines().forEach(each -> ids.add(each.id()));
        Cases.timeouts().forEach(each -> ids.add(each.id()));
        cancellations().forEach(each -> ids.add(each.of().id()));
        RawCases.all().forEach(each -> ids.add(each.id()));
        RawWebCases.all().forEach(each -> ids.add(each.id()));
        return ids;
    }

    /** How a call looked from here. */
    private record Outcome(
            CallMetadata headers,
            List<BytesValue> answers,
            Status.Code code,
            String message,
            CallMetadata trailers,
            @Nullable GrpcFailure failure) {}

    private Outcome call(Kind server, Case of, CallSettings settings) {
        return finish(of, begin(server, of.shape(), settings));
    }

    private static Outcome finish(Case of, GrpcCall<BytesValue, BytesValue> begun) {
        try (GrpcCall<BytesValue, BytesValue> call = begun) {
            List<BytesValue> answers = new ArrayList<>();
            GrpcFailure failure = null;
            try {
                for (int i = 0; i < of.requests(); i++) {
                    call.write(ScriptedService.REQUEST);
                    if (of.shape() == Shape.FULL && answers.size() < of.answers()) {
                        answers.add(requireNonNull(call.read()));
                    }
                }
                call.end();
                if (of.shape().hasOneAnswer()) {
                    answers.add(call.one());
                } else {
                    call.forEach(answers::add);
                }
            } catch (GrpcFailure e) {
                failure = e;
            }
            return new Outcome(
                    call.headers(),
                    answers,
                    failure == null ? Status.Code.OK : failure.code(),
                    failure == null ? "" : failure.reason(),
                    call.trailers(),
                    failure);
        }
    }

    private GrpcCall<BytesValue, BytesValue> begin(Kind server, Shape shape, CallSettings settings) {
        GrpcClient client = requireNonNull(clients.get(server));
        service.calls.clear();
        scripted.calls.clear();
        return client.call(ScriptedService.method(shape), settings);
    }

    private static CallSettings asking() {
        CallMetadata metadata = CallMetadata.EMPTY;
        for (String each : Case.ASKED_VALUES) {
            metadata = metadata.with(Case.ASKED, each);
        }
        return CallSettings.DEFAULT.with(metadata);
    }

    private void play(Kind server, Case of) {
        if (server == Kind.SCRIPTED) {
            scripted.play(of);
        } else {
            service.play(of);
        }
    }

    private void hang(Kind server, Case of) {
        if (server == Kind.SCRIPTED) {
            scripted.hang(of);
        } else {
            service.hang(of);
        }
    }

    private Seen seen(Kind server) throws InterruptedException {
        BlockingQueue<Seen> calls = server == Kind.SCRIPTED ? scripted.calls : service.calls;
        return requireNonNull(calls.poll(20, TimeUnit.SECONDS), "the server was not asked");
    }

    private interface Check {
        void on(Kind server) throws Exception;
    }

    private static Stream<DynamicTest> onAllServers(Case of, Check check) {
        return Stream.of(Kind.values())
                .filter(kind -> kind.has(of.shape()))
                .map(kind -> DynamicTest.dynamicTest(of.id() + " " + kind, () -> check.on(kind)));
    }

    private static void assertOutcome(Case of, Outcome outcome) {
        assertEquals(of.code(), outcome.code(), outcome::message);
        assertEquals(of.message(), outcome.message());
        assertEquals(Collections.nCopies(of.answers(), ScriptedService.ANSWER), outcome.answers());
        assertEquals(of.headers(), outcome.headers().all(Case.HEADER));
        assertEquals(of.trailers(), outcome.trailers().all(Case.TRAILER));
        GrpcFailure failure = outcome.failure();
        if (failure != null) {
            assertEquals(List.of(ScriptedService.DETAIL), failure.details());
        }
    }

    @TestFactory
    @Parity({"GRPC-S3.1", "GRPC-S3.2", "GRPC-S7.1", "GRPC-S7.3", "GRPC-G1.1", "GRPC-G4.1", "GRPC-F1.1"})
    Stream<DynamicTest> a_case_ends_as_it_says_with_its_messages_and_metadata() {
        return Cases.all().stream()
                .flatMap(each -> onAllServers(each, server -> {
                    play(server, each);
                    assertOutcome(each, call(server, each, asking()));
                    assertEquals(Case.ASKED_VALUES, seen(server).asked());
                }));
    }

    @TestFactory
    @Parity("GRPC-S5.3")
    Stream<DynamicTest> the_server_learns_of_the_deadline() {
        return Cases.deadlines()
                .flatMap(each -> onAllServers(each, server -> {
                    play(server, each);
                    assertOutcome(each, call(server, each, asking().within(Duration.ofSeconds(LONG_SECONDS))));
                    Deadline deadline = requireNonNull(seen(server).deadline());
                    assertTrue(deadline.timeRemaining(TimeUnit.SECONDS) <= LONG_SECONDS);
                    assertFalse(deadline.isExpired());
                }));
    }

    @TestFactory
    @Parity({"GRPC-S5.1", "GRPC-F2.1"})
    Stream<DynamicTest> a_call_whose_time_is_over_fails() {
        return Cases.timeouts()
                .flatMap(each -> onAllServers(each, server -> {
                    hang(server, each);
                    Outcome outcome = call(server, each, asking().within(Duration.ofMillis(SHORT_MILLIS)));
                    assertEquals(Status.Code.DEADLINE_EXCEEDED, outcome.code());
                    assertEquals(List.of(), outcome.answers());
                }));
    }

    private enum When {
        BEFORE_END,
        AFTER_END,
        AFTER_ANSWERS
    }

    /** A call that is given up; the answers of its case are what is read before. */
    private record Cancellation(Case of, When when) {}

    private static Cancellation cancelled(String name, Shape shape, int requests, int answers, When when) {
        return new Cancellation(Case.ok("client_cancellation", name, shape, requests, answers), when);
    }

    private static Stream<Cancellation> cancellations() {
        return Stream.of(
                cancelled("unary/cancel-after-close-send", Shape.UNARY, 1, 0, When.AFTER_END),
                cancelled("client-stream/cancel-before-close-send", Shape.CLIENT, 2, 0, When.BEFORE_END),
                cancelled("client-stream/cancel-after-close-send", Shape.CLIENT, 2, 0, When.AFTER_END),
                cancelled("server-stream/cancel-after-close-send", Shape.SERVER, 1, 0, When.AFTER_END),
                cancelled("server-stream/cancel-after-responses", Shape.SERVER, 1, 1, When.AFTER_ANSWERS),
                cancelled("bidi-stream/full-duplex/cancel-after-responses", Shape.FULL, 1, 1, When.AFTER_ANSWERS),
                cancelled("bidi-stream/full-duplex/cancel-before-close-send", Shape.FULL, 2, 2, When.BEFORE_END),
                cancelled("bidi-stream/full-duplex/cancel-after-close-send", Shape.FULL, 2, 2, When.AFTER_END),
                cancelled("bidi-stream/half-duplex/cancel-after-responses", Shape.HALF, 2, 1, When.AFTER_ANSWERS),
                cancelled("bidi-stream/half-duplex/cancel-before-close-send", Shape.HALF, 2, 0, When.BEFORE_END),
                cancelled("bidi-stream/half-duplex/cancel-after-close-send", Shape.HALF, 2, 0, When.AFTER_END));
    }

    @TestFactory
    @Parity({"GRPC-S5.4", "GRPC-F2.1"})
    Stream<DynamicTest> a_call_that_is_given_up_fails_here_and_is_cancelled_there() {
        return cancellations()
                .flatMap(each -> onAllServers(each.of(), server -> {
                    Case of = each.of();
                    if (server.isWeb() && each.when() == When.BEFORE_END) {
                        return;
                    }
                    hang(server, of);
                    try (GrpcCall<BytesValue, BytesValue> call = begin(server, of.shape(), asking())) {
                        List<BytesValue> answers = new ArrayList<>();
                        for (int i = 0; i < of.requests(); i++) {
                            call.write(ScriptedService.REQUEST);
                            if (of.shape() == Shape.FULL) {
                                answers.add(requireNonNull(call.read()));
                            }
                        }
                        boolean ends = each.when() == When.AFTER_END
                                || (each.when() == When.AFTER_ANSWERS && of.shape() != Shape.FULL);
                        if (ends) {
                            call.end();
                        }
                        Seen seen = seen(server);
                        for (int i = 0; i < of.requests(); i++) {
                            assertEquals("message", seen.events().poll(20, TimeUnit.SECONDS));
                        }
                        if (ends) {
                            assertEquals("end", seen.events().poll(20, TimeUnit.SECONDS));
                        }
                        while (answers.size() < of.answers()) {
                            answers.add(requireNonNull(call.read()));
                        }
                        call.cancel("as told");
                        assertEquals(Collections.nCopies(of.answers(), ScriptedService.ANSWER), answers);
                        GrpcFailure failure =
                                assertThrows(GrpcFailure.class, of.shape().hasOneAnswer() ? call::one : call::read);
                        assertEquals(Status.Code.CANCELLED, failure.code());
                        assertEquals("cancelled", seen.events().poll(20, TimeUnit.SECONDS));
                    }
                }));
    }

    @TestFactory
    @Parity({"GRPC-S2.2", "GRPC-S3.4", "GRPC-P9.5", "GRPC-G3.7", "GRPC-G4.2"})
    Stream<DynamicTest> an_answer_of_bytes_is_understood_as_the_protocol_has_it() {
        return RawCases.all()
                .map(each -> DynamicTest.dynamicTest(each.id(), () -> {
                    scripted.answer(each.raw());
                    assertDue(each, call(Kind.SCRIPTED, each.due(), asking()));
                }));
    }

    private static void assertDue(RawCases.RawCase each, Outcome outcome) {
        Case of = each.due();
        assertEquals(of.code(), outcome.code(), outcome::message);
        if (!of.message().isEmpty()) {
            assertEquals(of.message(), outcome.message());
        }
        assertEquals(Collections.nCopies(of.answers(), each.message()), outcome.answers());
        assertEquals(of.headers(), outcome.headers().all(Case.HEADER));
        assertEquals(of.trailers(), outcome.trailers().all(Case.TRAILER));
    }

    @TestFactory
    @Parity({"GRPC-S2.2", "GRPC-P9.5", "GRPC-G4.2", "GRPC-X6.1"})
    Stream<DynamicTest> an_answer_of_bytes_is_understood_as_the_protocol_of_the_web_has_it() {
        // A status that does not exist is no answer of HTTP/1.1 at all.
        Stream<RawCases.RawCase> http =
                RawCases.http().stream().filter(each -> each.raw().status() < 600);
        return Stream.concat(RawWebCases.all(), http)
                .flatMap(each -> Stream.of(false, true)
                        .map(text -> DynamicTest.dynamicTest(each.id() + (text ? " as text" : ""), () -> {
                            scriptedWeb.answer(each.raw(), text);
                            try (GrpcClient client = web(scriptedWeb.port(), text)) {
                                assertDue(
                                        each,
                                        finish(
                                                each.due(),
                                                client.call(
                                                        ScriptedService.method(
                                                                each.due().shape()),
                                                        asking())));
                            }
                        })));
    }

    @TestFactory
    @Parity("GRPC-P9.6")
    Stream<DynamicTest> an_answer_that_cannot_be_decompressed_is_an_internal_error() {
        byte[] garbage = new byte[300];
        Arrays.fill(garbage, (byte) 0xe5);
        return Stream.of("gzip", "deflate", "zstd", "snappy", "br")
                .map(name -> DynamicTest.dynamicTest(name, () -> {
                    scripted.answer(new ScriptedServer.Raw(
                            200,
                            List.of(Map.entry("content-type", "application/grpc"), Map.entry("grpc-encoding", name)),
                            List.of(RawAnswer.framed(1, garbage)),
                            List.of(Map.entry("grpc-status", "0"))));
                    Outcome outcome = call(Kind.SCRIPTED, Case.ok("", name, Shape.UNARY, 1, 0), asking());
                    assertEquals(Status.Code.INTERNAL, outcome.code(), outcome::message);
                }));
    }
}
