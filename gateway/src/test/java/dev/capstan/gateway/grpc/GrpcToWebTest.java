package dev.capstan.gateway.grpc;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.DynamicMessage;
import dev.capstan.async.Promise;
import dev.capstan.cap.Failure;
import dev.capstan.capnweb.JsError;
import dev.capstan.capnweb.Options;
import dev.capstan.capnweb.Readable;
import dev.capstan.capnweb.Stub;
import dev.capstan.capnweb.WebPeer;
import dev.capstan.capnweb.WebTarget;
import dev.capstan.capnweb.Writable;
import dev.capstan.grpc.CallMetadata;
import dev.capstan.grpc.GrpcFailure;
import dev.capstan.grpc.Messages;
import dev.capstan.grpc.client.CallSettings;
import dev.capstan.grpc.client.Caller;
import dev.capstan.grpc.client.GrpcCall;
import dev.capstan.grpc.client.GrpcClient;
import dev.capstan.testprotos.guide.GreeterGrpc;
import dev.capstan.testprotos.guide.Greeting;
import dev.capstan.testprotos.guide.Name;
import dev.capstan.testprotos.types.BackGrpc;
import dev.capstan.testprotos.types.New;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Clients of gRPC call an object of Cap'n Web. */
class GrpcToWebTest extends GrpcScene {
    private final AtomicReference<@Nullable Object> options = new AtomicReference<>();
    private final CountDownLatch cancelled = new CountDownLatch(1);
    private final AtomicInteger written = new AtomicInteger();

    private final WebTarget object = WebTarget.empty()
            .cancelable()
            .method("greet", arguments -> {
                options.set(arguments.size() > 1 ? arguments.get(1) : null);
                return switch (text(arguments.getFirst())) {
                    case "nobody" ->
                        throw new JsError("Error", "nobody is called so", null, Map.of("code", "NOT_FOUND")).failure();
                    case "busy" -> throw Failure.overloaded("too many");
                    case "wrong" -> Map.of("txet", "?");
                    case "never" -> {
                        dev.capstan.async.Completer<Object> never = new dev.capstan.async.Completer<>(net.loop());
                        never.onCancel(cancelled::countDown);
                        yield never.promise();
                    }
                    case String text -> hello(text);
                };
            })
            .method("greetOften", arguments -> greetings(Integer.parseInt(text(arguments.getFirst()))))
            .method("greetTogether", arguments -> together((Readable) arguments.getFirst(), new ArrayList<>()))
            .method("talk", arguments -> talk((Readable) arguments.getFirst()));

    private static String text(@Nullable Object name) {
        return (String) nonNull(((Map<?, ?>) nonNull(name)).get("text"));
    }

    private static Map<String, String> hello(String name) {
        return Map.of("text", "hello " + name);
    }

    private Readable greetings(int count) {
        Writable.Pair pipe = Writable.pipe(net.loop());
        write(pipe.writable(), count);
        return pipe.readable();
    }

    private void write(Writable to, int left) {
        if (left == 0) {
            to.end().listen(net.loop(), (done, failure) -> to.close());
            return;
        }
        to.write(hello("x".repeat(1018))).listen(net.loop(), (done, failure) -> {
            if (failure == null) {
                written.incrementAndGet();
                write(to, left - 1);
            } else {
                cancelled.countDown();
                to.close();
            }
        });
    }

    private Promise<Object> together(Readable names, List<String> heard) {
        return names.read().then(chunk -> {
            try (chunk) {
                if (chunk.isEnd()) {
                    return Promise.of(hello(String.join(" and ", heard)));
                }
                heard.add(text(chunk.value()));
                return together(names, heard);
            }
        });
    }

    private Readable talk(Readable borrowed) {
        Readable names = borrowed.share();
        Writable.Pair pipe = Writable.pipe(net.loop());
        answer(names, pipe.writable());
        return pipe.readable();
    }

    private void answer(Readable names, Writable to) {
        names.read().listen(net.loop(), (chunk, failure) -> {
            if (chunk == null || chunk.isEnd()) {
                names.close();
                (chunk == null ? to.abort(Failure.of(nonNull(failure))) : to.end())
                        .listen(net.loop(), (done, again) -> to.close());
                if (failure != null) {
                    cancelled.countDown();
                }
                return;
            }
            String name = text(chunk.value());
            chunk.close();
            to.write(hello(name)).listen(net.loop(), (done, gone) -> answer(names, to));
        });
    }

    private GrpcClient front() {
        WebPeer.Pair pair = pair(() -> object.on(net.loop()), Options.DEFAULT.withMessagesShown());
        return serve(inLoop(() ->
                bridge.ofWeb("guide.Greeter", () -> Promise.of(pair.right().main()))));
    }

    private static Name named(String text) {
        return Name.newBuilder().setText(text).build();
    }

    private static Greeting greeting(String text) {
        return Greeting.newBuilder().setText(text).build();
    }

    private static GrpcFailure failure(Promise<?> promise) {
        return assertThrows(GrpcFailure.class, promise::await);
    }

    private static <Q, S> GrpcFailure failure(GrpcClient client, MethodDescriptor<Q, S> method, Q request) {
        return failure(client.ask(method, request, CallSettings.DEFAULT));
    }

    @Test
    void a_method_of_an_object_is_called_with_an_object() {
        assertEquals(
                greeting("hello Ada"),
                front().ask(GreeterGrpc.getGreetMethod(), named("Ada"), CallSettings.DEFAULT)
                        .await());
    }

    @Test
    void metadata_and_the_time_that_is_left_come_after_the_message() {
        CallMetadata metadata = CallMetadata.EMPTY
                .with("x-one", "a")
                .with("x-two", "b")
                .with("x-two", "c")
                .with("x-bin", new byte[] {1});
        front().ask(
                        GreeterGrpc.getGreetMethod(),
                        named("Ada"),
                        CallSettings.DEFAULT.with(metadata).within(Duration.ofMinutes(1)))
                .await();
        Map<?, ?> told = (Map<?, ?>) nonNull(options.get());
        Map<?, ?> names = (Map<?, ?>) nonNull(told.get("metadata"));
        assertEquals("a", names.get("x-one"));
        assertEquals(List.of("b", "c"), names.get("x-two"));
        assertArrayEquals(new byte[] {1}, (byte[]) names.get("x-bin"));
        long left = (Long) nonNull(told.get("timeout"));
        assertTrue(left > 0 && left <= 60_000, left + " ms");
    }

    @Test
    void an_error_with_a_code_of_grpc_is_that_status_and_others_are_by_their_kind() {
        GrpcClient client = front();
        GrpcFailure coded = failure(client, GreeterGrpc.getGreetMethod(), named("nobody"));
        assertEquals(Status.Code.NOT_FOUND, coded.code());
        assertEquals("nobody is called so", coded.reason());
        assertEquals(
                Status.Code.RESOURCE_EXHAUSTED,
                failure(client, GreeterGrpc.getGreetMethod(), named("busy")).code());
    }

    @Test
    void an_answer_that_does_not_fit_fails_the_call_with_its_place() {
        GrpcFailure failure = failure(front(), GreeterGrpc.getGreetMethod(), named("wrong"));
        assertEquals(Status.Code.INTERNAL, failure.code());
        assertEquals("greet.txet: there is no such member; there are [text]", failure.reason());
    }

    @Test
    void giving_up_a_call_gives_it_up_in_the_object() throws Exception {
        GrpcClient client = front();
        GrpcCall<Name, Greeting> call = client.call(GreeterGrpc.getGreetMethod());
        call.write(named("never"));
        call.end();
        // The object has the call when a later one was answered.
        client.ask(GreeterGrpc.getGreetMethod(), named("Ada"), CallSettings.DEFAULT)
                .await();
        call.cancel("enough");
        assertTrue(cancelled.await(10, TimeUnit.SECONDS));
    }

    @Test
    void a_readable_stream_is_a_stream_of_the_server() {
        List<Greeting> all = new ArrayList<>();
        try (Messages<Greeting> answers = new Caller(front(), CallSettings.DEFAULT)
                .blockingServerStreaming(GreeterGrpc.getGreetOftenMethod(), named("3"))) {
            answers.forEach(all::add);
        }
        assertEquals(
                List.of(3, "hello " + "x".repeat(1018)),
                List.of(all.size(), all.getLast().getText()));
    }

    @Test
    void a_client_that_does_not_read_holds_the_object_back_and_one_that_leaves_ends_its_stream() throws Exception {
        int many = 50_000;
        GrpcClient client = front();
        try (GrpcCall<Name, Greeting> call = client.call(GreeterGrpc.getGreetOftenMethod())) {
            call.write(named("" + many));
            call.end();
            call.read();
            int before = -1;
            for (int still = 0, i = 0; still < 20 && i < 10_000; i++) {
                int now = written.get();
                still = now == before ? still + 1 : 0;
                before = now;
                client.ask(GreeterGrpc.getGreetMethod(), named("Ada"), CallSettings.DEFAULT)
                        .await();
            }
            assertTrue(before < many, before + " of " + many + " were written");
        }
        assertTrue(cancelled.await(10, TimeUnit.SECONDS));
    }

    @Test
    void a_stream_of_the_client_is_a_readable_stream() {
        Messages<Name> names = Messages.of(List.of(named("Ada"), named("Bob")));
        assertEquals(
                greeting("hello Ada and Bob"),
                new Caller(front(), CallSettings.DEFAULT)
                        .blockingClientStreaming(GreeterGrpc.getGreetTogetherMethod(), names));
    }

    @Test
    void streams_go_both_ways_at_once() {
        try (GrpcCall<Name, Greeting> call = front().call(GreeterGrpc.getTalkMethod())) {
            for (String each : List.of("Ada", "Bob")) {
                call.write(named(each));
                assertEquals(greeting("hello " + each), call.read());
            }
            call.end();
            assertEquals(null, call.read());
        }
    }

    @Test
    void a_talk_that_the_client_gives_up_fails_the_stream_that_the_object_reads() throws Exception {
        try (GrpcCall<Name, Greeting> call = front().call(GreeterGrpc.getTalkMethod())) {
            call.write(named("Ada"));
            call.read();
        }
        assertTrue(cancelled.await(10, TimeUnit.SECONDS));
    }

    @Test
    void random_messages_come_back_as_they_were() throws Exception {
        WebTarget echo = WebTarget.empty().method("give", arguments -> arguments.getFirst());
        WebTarget whole = echo.method("giveAll", arguments -> 0)
                .method("giveOld", arguments -> 0)
                .method("giveAllOld", arguments -> 0);
        WebPeer.Pair pair = pair(() -> whole.on(net.loop()), Options.DEFAULT);
        GrpcClient client = serve(inLoop(
                () -> bridge.ofWeb("types.Back", () -> Promise.of(pair.right().main()))));
        // And once more through the other direction.
        Stub api = page(() -> bridge.toWeb(client, "types.Back"));
        for (long seed = 0; seed < (Boolean.getBoolean("capstan.quick") ? 10 : 50); seed++) {
            DynamicMessage message = new RandomMessage(seed).of(New.getDescriptor(), 2);
            New sent = New.parseFrom(message.toByteString());
            assertEquals(
                    sent,
                    client.ask(BackGrpc.getGiveMethod(), sent, CallSettings.DEFAULT)
                            .await(),
                    "seed " + seed);
            Codec codec = new Codec(Dialect.WEB, SCHEMAS, dev.capstan.gateway.translate.Limits.DEFAULT);
            Object back = value(api.call("give", codec.value("give", message)));
            assertEquals(message, codec.message("give", New.getDescriptor(), back));
        }
    }
}
