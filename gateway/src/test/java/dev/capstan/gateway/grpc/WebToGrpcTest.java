package dev.capstan.gateway.grpc;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.DescriptorProtos.DescriptorProto;
import com.google.protobuf.DescriptorProtos.FieldDescriptorProto;
import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.DescriptorProtos.FileDescriptorSet;
import com.google.protobuf.DescriptorProtos.MethodDescriptorProto;
import com.google.protobuf.DescriptorProtos.ServiceDescriptorProto;
import dev.capstan.async.Promise;
import dev.capstan.async.SimLoop;
import dev.capstan.cap.Failure;
import dev.capstan.capnweb.JsError;
import dev.capstan.capnweb.Readable;
import dev.capstan.capnweb.Stub;
import dev.capstan.capnweb.Writable;
import dev.capstan.gateway.translate.Limits;
import dev.capstan.grpc.GrpcFailure;
import dev.capstan.grpc.client.CallSettings;
import dev.capstan.grpc.client.GrpcClient;
import dev.capstan.grpc.services.DescriptorPool;
import dev.capstan.grpc.services.ReflectionClient;
import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.ServerInterceptors;
import io.grpc.Status;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** A page calls a server of gRPC. */
class WebToGrpcTest extends GrpcScene {
    // ---- calls

    @Test
    void a_method_takes_an_object_and_gives_one() {
        assertEquals(Map.of("text", "hello Ada"), value(greeter().call("greet", name("Ada"))));
    }

    @Test
    void services_are_where_their_packages_say() {
        GrpcClient client = serve(greeters.bindService());
        Stub api = page(() -> bridge.toWeb(client));
        assertEquals(
                Map.of("text", "hello Ada"),
                value(api.get("guide").get("Greeter").call("greet", name("Ada"))));
    }

    @Test
    void no_argument_is_an_empty_message() {
        assertEquals(Map.of("text", "hello "), value(greeter().call("greet")));
    }

    @Test
    void what_does_not_fit_is_refused_with_its_place() {
        assertEquals(
                "greet.text: expected a string, not the number 5",
                failure(greeter().call("greet", Map.of("text", 5))).reason());
    }

    @Test
    void a_method_that_there_is_not_is_no_function() {
        assertEquals("'bow' is not a function.", failure(greeter().call("bow")).reason());
    }

    @Test
    void a_method_that_the_server_does_not_have_is_unimplemented() {
        GrpcClient client = serve();
        Stub api = page(() -> bridge.toWeb(client, "guide.Greeter"));
        assertEquals(
                Failure.Kind.UNIMPLEMENTED,
                failure(api.call("greet", name("Ada"))).kind());
    }

    @Test
    void a_status_is_an_error_with_its_code_its_kind_and_its_details() throws Exception {
        Failure failure = failure(greeter().call("greet", name("nobody")));
        assertEquals("nobody is called so", failure.reason());
        JsError error = JsError.of(failure);
        assertEquals("NOT_FOUND", error.props().get("code"));
        com.google.rpc.Status status = com.google.rpc.Status.parseFrom(
                failure.detail(GrpcFailure.DETAIL).orElseThrow());
        assertEquals(5, status.getCode());
        assertEquals(
                "nobody",
                status.getDetails(0)
                        .unpack(dev.capstan.testprotos.guide.Name.class)
                        .getText());
    }

    @Test
    void metadata_and_a_time_limit_are_said_after_the_message() {
        Map<String, Object> options = Map.of(
                "metadata",
                Map.of("x-one", "a", "x-two", List.of("b", "c"), "x-three-bin", new byte[] {1, 2}),
                "timeout",
                60_000);
        assertEquals(Map.of("text", "hello Ada"), value(greeter().call("greet", name("Ada"), options)));
        Metadata metadata = nonNull(greeters.metadata);
        assertEquals("a", metadata.get(Metadata.Key.of("x-one", Metadata.ASCII_STRING_MARSHALLER)));
        List<String> both = new ArrayList<>();
        nonNull(metadata.getAll(Metadata.Key.of("x-two", Metadata.ASCII_STRING_MARSHALLER)))
                .forEach(both::add);
        assertEquals(List.of("b", "c"), both);
        assertArrayEquals(
                new byte[] {1, 2}, metadata.get(Metadata.Key.of("x-three-bin", Metadata.BINARY_BYTE_MARSHALLER)));
        long left = nonNull(greeters.deadline).timeRemaining(TimeUnit.SECONDS);
        assertTrue(left > 0 && left <= 60, left + " s");
    }

    private static final Metadata.Key<String> FROM = Metadata.Key.of("x-from", Metadata.ASCII_STRING_MARSHALLER);
    private static final Metadata.Key<byte[]> COST = Metadata.Key.of("x-cost-bin", Metadata.BINARY_BYTE_MARSHALLER);

    /** The greeter, which says something before and after each answer. */
    private Stub talkative() {
        ServerInterceptor saying = new ServerInterceptor() {
            @Override
            public <Q, S> ServerCall.Listener<Q> interceptCall(
                    ServerCall<Q, S> call, Metadata headers, ServerCallHandler<Q, S> next) {
                return next.startCall(
                        new SimpleForwardingServerCall<>(call) {
                            @Override
                            public void sendHeaders(Metadata sent) {
                                sent.put(FROM, "a");
                                sent.put(FROM, "b");
                                super.sendHeaders(sent);
                            }

                            @Override
                            public void close(Status status, Metadata trailers) {
                                trailers.put(COST, new byte[] {7});
                                super.close(status, trailers);
                            }
                        },
                        headers);
            }
        };
        GrpcClient client = serve(ServerInterceptors.intercept(greeters.bindService(), saying));
        return page(() -> bridge.toWeb(client, "guide.Greeter"));
    }

    private static void assertWhole(Map<?, ?> answer, String text) {
        assertEquals(List.of("result", "headers", "trailers"), List.copyOf(answer.keySet()));
        assertEquals(Map.of("text", text), answer.get("result"));
        assertEquals(List.of("a", "b"), ((Map<?, ?>) nonNull(answer.get("headers"))).get("x-from"));
        assertArrayEquals(new byte[] {7}, (byte[]) ((Map<?, ?>) nonNull(answer.get("trailers"))).get("x-cost-bin"));
    }

    @Test
    void an_answer_comes_with_its_metadata_if_that_is_wanted() {
        Stub greeter = talkative();
        assertWhole((Map<?, ?>) nonNull(value(greeter.call("greet", name("Ada"), Map.of("whole", true)))), "hello Ada");
        assertWhole(
                (Map<?, ?>) nonNull(
                        value(greeter.call("greetTogether", List.of(name("Ada"), name("Bob")), Map.of("whole", true)))),
                "hello Ada and Bob");
        assertEquals(Map.of("text", "hello Ada"), value(greeter.call("greet", name("Ada"), Map.of("whole", false))));
    }

    @Test
    void a_stream_of_answers_has_no_whole() {
        Failure failure = failure(greeter().call("greetOften", name("1"), Map.of("whole", true)));
        assertTrue(failure.reason().contains("'whole' is for methods with one answer"), failure::reason);
    }

    @Test
    void a_call_whose_time_is_over_is_overloaded_by_its_code() {
        Failure failure = failure(greeter().call("greet", name("never"), Map.of("timeout", 50)));
        assertEquals(Failure.Kind.OVERLOADED, failure.kind());
        assertEquals("DEADLINE_EXCEEDED", JsError.of(failure).props().get("code"));
    }

    @Test
    void options_that_there_are_not_and_metadata_that_cannot_travel_are_refused() {
        Stub api = greeter();
        assertEquals(
                "greet.options.deadline: there is no such member; there are [metadata, timeout, whole]",
                failure(api.call("greet", name("x"), Map.of("deadline", 5))).reason());
        Failure reserved = failure(api.call("greet", name("x"), Map.of("metadata", Map.of("grpc-timeout", "1S"))));
        assertTrue(reserved.reason().contains("reserved for HTTP or gRPC"), reserved.reason());
        assertEquals(
                "greet.options.timeout: expected milliseconds, more than 0 and at most 2147483647, not the number 0",
                failure(api.call("greet", name("x"), Map.of("timeout", 0))).reason());
    }

    @Test
    void giving_up_a_call_cancels_it_in_the_server() throws Exception {
        GrpcClient client = serve(greeters.bindService());
        Stub api = page(() -> bridge.toWeb(client));
        Stub call = api.get("guide").get("Greeter").call("greet", name("never"));
        Promise<Object> result = call.value();
        until(() -> greeters.sent.get() == 1);
        inLoop(() -> {
            result.cancel();
            return true;
        });
        call.close();
        assertTrue(greeters.cancelled.await(10, TimeUnit.SECONDS));
    }

    // ---- streams of the server

    private static List<Object> all(Readable stream) {
        List<Object> all = new ArrayList<>();
        stream.iterator().forEachRemaining(all::add);
        return all;
    }

    private static Readable stream(Stub result) {
        return assertInstanceOf(Readable.class, value(result));
    }

    @Test
    void a_stream_of_the_server_is_a_readable_stream_of_objects() {
        try (Readable stream = stream(greeter().call("greetOften", name("5")))) {
            List<Object> all = all(stream);
            assertEquals(5, all.size());
            assertEquals(Map.of("text", "hello " + "x".repeat(1018)), all.getLast());
        }
    }

    @Test
    void a_page_that_does_not_read_holds_the_server_back_and_one_that_leaves_cancels_the_call() throws Exception {
        int many = 50_000;
        Stub api = greeter();
        try (Readable stream = stream(api.call("greetOften", name("" + many)))) {
            stream.read().await().close();
            assertTrue(settled(api, greeters.sent) < many, () -> greeters.sent + " of " + many + " were sent");
        }
        assertTrue(greeters.cancelled.await(10, TimeUnit.SECONDS));
    }

    /** What a counter has come to rest at, while other calls pass by. */
    private static int settled(Stub api, AtomicInteger counter) {
        int before = -1;
        for (int still = 0, i = 0; still < 20 && i < 10_000; i++) {
            int now = counter.get();
            still = now == before ? still + 1 : 0;
            before = now;
            value(api.call("greet", name("Ada")));
        }
        return before;
    }

    @Test
    void a_stream_that_fails_says_why() {
        GrpcClient client = serve();
        Stub api = page(() -> bridge.toWeb(client, "guide.Greeter"));
        try (Readable stream = stream(api.call("greetOften", name("5")))) {
            Promise<Readable.Chunk> read = stream.read();
            Failure failure = assertThrows(Failure.class, read::await);
            assertEquals(Failure.Kind.UNIMPLEMENTED, failure.kind());
        }
    }

    // ---- streams of the page

    @Test
    void a_stream_of_the_page_is_taken_and_one_answer_given() {
        Stub api = greeter();
        Writable.Pair pipe = Writable.pipe(net.loop());
        try (Readable names = pipe.readable();
                Writable writer = pipe.writable();
                Stub call = api.call("greetTogether", names)) {
            Promise<Object> answer = call.value();
            writer.write(name("Ada")).await();
            writer.write(name("Bob")).await();
            writer.end().await();
            assertEquals(Map.of("text", "hello Ada and Bob"), answer.await());
        }
    }

    @Test
    void an_array_stands_for_a_stream() {
        assertEquals(
                Map.of("text", "hello Ada and Bob"),
                value(greeter().call("greetTogether", List.of(name("Ada"), name("Bob")))));
    }

    @Test
    void what_is_neither_a_stream_nor_an_array_is_refused() {
        assertEquals(
                "greetTogether: expected a ReadableStream of messages, or an array of them, not an object",
                failure(greeter().call("greetTogether", name("Ada"))).reason());
    }

    @Test
    void a_chunk_that_does_not_fit_is_why_the_call_fails() throws Exception {
        Stub api = greeter();
        Failure failure = failure(api.call("greetTogether", Arrays.asList(name("Ada"), Map.of("text", 5))));
        assertEquals("greetTogether.text: expected a string, not the number 5", failure.reason());
        assertTrue(greeters.cancelled.await(10, TimeUnit.SECONDS));
    }

    @Test
    void a_server_that_does_not_read_holds_the_page_back() throws Exception {
        int many = 50_000;
        greeters.holds = true;
        Stub api = greeter();
        AtomicInteger taken = new AtomicInteger();
        Writable.Pair pipe = Writable.pipe(net.loop());
        Map<String, String> chunk = name("x".repeat(1024));
        try (Readable names = pipe.readable();
                Writable writer = pipe.writable();
                Stub call = api.call("greetTogether", names)) {
            Promise<Object> answer = call.value();
            write(writer, chunk, many, taken);
            assertTrue(settled(api, taken) < many, () -> taken + " of " + many + " were taken");
            inLoop(() -> {
                answer.cancel();
                return true;
            });
        }
        assertTrue(greeters.cancelled.await(10, TimeUnit.SECONDS));
    }

    private void write(Writable writer, Object chunk, int left, AtomicInteger taken) {
        if (left > 0) {
            writer.write(chunk).listen(net.loop(), (done, failure) -> {
                if (failure == null) {
                    taken.incrementAndGet();
                    write(writer, chunk, left - 1, taken);
                }
            });
        }
    }

    // ---- streams both ways

    @Test
    void a_talk_takes_a_stream_and_gives_one() {
        Stub api = greeter();
        Writable.Pair pipe = Writable.pipe(net.loop());
        try (Readable names = pipe.readable();
                Writable writer = pipe.writable();
                Readable greetings = stream(api.call("talk", names))) {
            for (String each : List.of("Ada", "Bob")) {
                writer.write(name(each)).await();
                try (Readable.Chunk chunk = greetings.read().await()) {
                    assertEquals(Map.of("text", "hello " + each), chunk.value());
                }
            }
            writer.end().await();
            assertEquals(List.of(), all(greetings));
        }
    }

    @Test
    void a_talk_that_nobody_listens_to_any_more_is_cancelled_though_the_server_is_silent() throws Exception {
        Stub api = greeter();
        Writable.Pair pipe = Writable.pipe(net.loop());
        try (Readable names = pipe.readable();
                Writable writer = pipe.writable()) {
            Readable greetings = stream(api.call("talk", names));
            writer.write(name("Ada")).await();
            until(() -> greeters.received.get() == 1);
            greetings.close();
            assertTrue(greeters.cancelled.await(10, TimeUnit.SECONDS));
        }
    }

    @Test
    void a_talk_that_the_server_ends_with_a_status_says_so() {
        try (Readable greetings = stream(greeter().call("talk", List.of(name("Ada"), name("fail"))))) {
            Failure failure = assertThrows(Failure.class, () -> {
                while (true) {
                    greetings.read().await().close();
                }
            });
            assertEquals("FAILED_PRECONDITION", JsError.of(failure).props().get("code"));
        }
    }

    @Test
    void a_page_whose_stream_fails_ends_the_talk_with_its_reason() throws Exception {
        Stub api = greeter();
        Writable.Pair pipe = Writable.pipe(net.loop());
        try (Readable names = pipe.readable();
                Writable writer = pipe.writable();
                Readable greetings = stream(api.call("talk", names))) {
            writer.write(name("Ada")).await();
            writer.abort(Failure.failed("had enough")).await();
            Failure failure = assertThrows(Failure.class, () -> {
                while (true) {
                    greetings.read().await().close();
                }
            });
            assertTrue(failure.reason().endsWith("had enough"), failure.reason());
        }
        assertTrue(greeters.cancelled.await(10, TimeUnit.SECONDS));
    }

    // ---- where the descriptors come from

    @Test
    void the_server_itself_tells_its_services_by_reflection() {
        dev.capstan.grpc.server.GrpcServer server = dev.capstan.grpc.server.GrpcServer.on(net.loop())
                .service(greeters.bindService())
                .reflection()
                .build();
        GrpcClient client = connect(server);
        DescriptorPool told = new ReflectionClient(
                        net.loop(), client, CallSettings.DEFAULT, dev.capstan.grpc.Limits.Reflection.DEFAULT)
                .schemas()
                .await();
        GrpcBridge other = new GrpcBridge(net.loop(), told, Limits.DEFAULT);
        Stub api = page(() -> other.toWeb(client));
        assertEquals(
                Map.of("text", "hello Ada"),
                value(api.get("guide").get("Greeter").call("greet", name("Ada"))));
    }

    // ---- what is refused at start

    private static GrpcBridge of(FileDescriptorProto.Builder... files) {
        FileDescriptorSet.Builder all = FileDescriptorSet.newBuilder();
        for (FileDescriptorProto.Builder each : files) {
            all.addFile(each);
        }
        return new GrpcBridge(new SimLoop().loop(), DescriptorPool.of(all.build()), Limits.DEFAULT);
    }

    private static FileDescriptorProto.Builder file(String pack, String service, String... methods) {
        ServiceDescriptorProto.Builder built =
                ServiceDescriptorProto.newBuilder().setName(service);
        for (String each : methods) {
            built.addMethod(MethodDescriptorProto.newBuilder()
                    .setName(each)
                    .setInputType("M")
                    .setOutputType("M"));
        }
        return FileDescriptorProto.newBuilder()
                .setName(pack + "." + service + ".proto")
                .setPackage(pack)
                .setSyntax("proto3")
                .addMessageType(DescriptorProto.newBuilder().setName("M"))
                .addService(built);
    }

    private static String refusal(GrpcBridge bridge) {
        return String.valueOf(
                assertThrows(IllegalArgumentException.class, bridge::check).getMessage());
    }

    @Test
    void names_that_would_collide_are_refused_at_start() {
        assertEquals(
                "p.S.go and p.S.Go would both be called 'go'. Leave the service out, or rename one.",
                refusal(of(file("p", "S", "Go", "go"))));
        assertEquals(
                "Service p.S.T is where a package or another service is: offer one of them.",
                refusal(of(file("p", "S"), file("p.S", "T"))));
    }

    @Test
    void names_that_no_client_can_send_are_refused_at_start() {
        assertEquals(
                "Method p.S.Then cannot be called over Cap'n Web: JavaScript clients keep the name 'then' for themselves. Leave the service out, or rename the method.",
                refusal(of(file("p", "S", "Then"))));
        assertEquals(
                "Service p.map.S cannot be reached over Cap'n Web: JavaScript clients keep the name 'map' for themselves. Offer it alone, by its full name.",
                refusal(of(file("p.map", "S"))));
    }

    @Test
    void fields_that_receivers_drop_are_refused_at_start() {
        FileDescriptorProto.Builder file = file("p", "S", "Go");
        file.getMessageTypeBuilder(0)
                .addField(FieldDescriptorProto.newBuilder()
                        .setName("to_string")
                        .setNumber(1)
                        .setLabel(FieldDescriptorProto.Label.LABEL_OPTIONAL)
                        .setType(FieldDescriptorProto.Type.TYPE_BOOL));
        assertEquals(
                "Field p.M.to_string cannot cross to Cap'n Web: receivers drop or reserve the name 'toString'. Give it another one with the option json_name; its number stays.",
                refusal(of(file)));
    }

    @Test
    void a_service_that_is_not_there_is_refused_with_those_that_are() {
        GrpcClient client = serve();
        IllegalArgumentException e =
                assertThrows(IllegalArgumentException.class, () -> bridge.toWeb(client, "guide.Gretter"));
        assertEquals(
                "there is no service 'guide.Gretter' among the loaded files; there are [guide.Greeter, types.Back]",
                e.getMessage());
    }
}
