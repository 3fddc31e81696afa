package dev.capstan.gateway.grpc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.DescriptorProtos.FileDescriptorSet;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.DynamicMessage;
import com.google.protobuf.TextFormat;
import dev.capstan.async.Promise;
import dev.capstan.cap.Cap;
import dev.capstan.cap.Context;
import dev.capstan.cap.Failure;
import dev.capstan.cap.LocalCap;
import dev.capstan.cap.Target;
import dev.capstan.capnp.dynamic.InterfaceSchema;
import dev.capstan.capnweb.Readable;
import dev.capstan.capnweb.Stub;
import dev.capstan.capnweb.Writable;
import dev.capstan.gateway.translate.Bridge;
import dev.capstan.gateway.translate.Limits;
import dev.capstan.gateway.translate.Schemas;
import dev.capstan.grpc.GrpcFailure;
import dev.capstan.grpc.client.CallSettings;
import dev.capstan.grpc.client.GrpcClient;
import dev.capstan.grpc.services.DescriptorPool;
import io.grpc.Status;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Cap'n Proto and gRPC, each called from the other, by the names of both schemas. */
class CapnpTest extends GrpcScene {
    // ---- gRPC calls Cap'n Proto

    /** Fields of all types that match. */
    private static final String THING = """
            enum Colour { none @0; red @1; darkBlue @2; }
            struct Part { name @0 :Text; count @1 :UInt32; }
            struct Entry { key @0 :Int64; value @1 :Part; }
            struct Thing {
              aDouble @0 :Float64; aFloat @1 :Float32; int @2 :Int32; long @3 :Int64; uint @4 :UInt32; ulong @5 :UInt64;
              yes @6 :Bool; text @7 :Text; data @8 :Data; colour @9 :Colour; part @10 :Part; inner @11 :Thing;
              parts @12 :List(Part); numbers @13 :List(UInt64); colours @14 :List(Colour); texts @15 :List(Text); entries @16 :List(Entry);
              union { none @23 :Void; metres @24 :Float64; like @25 :Part; }
              few :union { none @17 :Void; value @18 :UInt32; }
              word :union { nothing @19 :Void; value @20 :Text; }
              tint :union { none @21 :Void; value @22 :Colour; }
            }
            interface Echo { give @0 Thing -> Thing; fail @1 (text :Text) -> (); hang @2 () -> (); }
            """;

    private static final String THING_PROTO = """
            file { name: "thing.proto" package: "p" syntax: "proto3"
              enum_type { name: "Colour" value { name: "COLOUR_NONE" number: 0 } value { name: "RED" number: 1 } value { name: "COLOUR_DARK_BLUE" number: 7 } }
              message_type { name: "Part" field { name: "name" number: 1 type: TYPE_STRING label: LABEL_OPTIONAL } field { name: "count" number: 2 type: TYPE_FIXED32 label: LABEL_OPTIONAL } }
              message_type { name: "Text" field { name: "text" number: 1 type: TYPE_STRING label: LABEL_OPTIONAL } }
              message_type { name: "Nothing" }
              message_type { name: "Thing"
                nested_type { name: "EntriesEntry" options { map_entry: true }
                  field { name: "key" number: 1 type: TYPE_SINT64 label: LABEL_OPTIONAL }
                  field { name: "value" number: 2 type: TYPE_MESSAGE type_name: ".p.Part" label: LABEL_OPTIONAL } }
                oneof_decl { name: "size" } oneof_decl { name: "_few" } oneof_decl { name: "_word" } oneof_decl { name: "_tint" }
                field { name: "a_double" number: 1 type: TYPE_DOUBLE label: LABEL_OPTIONAL }
                field { name: "a_float" number: 2 type: TYPE_FLOAT label: LABEL_OPTIONAL }
                field { name: "int" number: 3 type: TYPE_SFIXED32 label: LABEL_OPTIONAL }
                field { name: "long" number: 4 type: TYPE_INT64 label: LABEL_OPTIONAL }
                field { name: "uint" number: 5 type: TYPE_UINT32 label: LABEL_OPTIONAL }
                field { name: "ulong" number: 6 type: TYPE_FIXED64 label: LABEL_OPTIONAL }
                field { name: "yes" number: 7 type: TYPE_BOOL label: LABEL_OPTIONAL }
                field { name: "text" number: 8 type: TYPE_STRING label: LABEL_OPTIONAL }
                field { name: "data" number: 9 type: TYPE_BYTES label: LABEL_OPTIONAL }
                field { name: "colour" number: 10 type: TYPE_ENUM type_name: ".p.Colour" label: LABEL_OPTIONAL }
                field { name: "part" number: 11 type: TYPE_MESSAGE type_name: ".p.Part" label: LABEL_OPTIONAL }
                field { name: "inner" number: 12 type: TYPE_MESSAGE type_name: ".p.Thing" label: LABEL_OPTIONAL }
                field { name: "parts" number: 13 type: TYPE_MESSAGE type_name: ".p.Part" label: LABEL_REPEATED }
                field { name: "numbers" number: 14 type: TYPE_UINT64 label: LABEL_REPEATED }
                field { name: "colours" number: 15 type: TYPE_ENUM type_name: ".p.Colour" label: LABEL_REPEATED }
                field { name: "texts" number: 16 type: TYPE_STRING label: LABEL_REPEATED }
                field { name: "entries" number: 17 type: TYPE_MESSAGE type_name: ".p.Thing.EntriesEntry" label: LABEL_REPEATED }
                field { name: "metres" number: 18 type: TYPE_DOUBLE label: LABEL_OPTIONAL oneof_index: 0 }
                field { name: "like" number: 19 type: TYPE_MESSAGE type_name: ".p.Part" label: LABEL_OPTIONAL oneof_index: 0 }
                field { name: "few" number: 20 type: TYPE_UINT32 label: LABEL_OPTIONAL proto3_optional: true oneof_index: 1 }
                field { name: "word" number: 21 type: TYPE_STRING label: LABEL_OPTIONAL proto3_optional: true oneof_index: 2 }
                field { name: "tint" number: 22 type: TYPE_ENUM type_name: ".p.Colour" label: LABEL_OPTIONAL proto3_optional: true oneof_index: 3 }
              }
              service { name: "Echo"
                method { name: "Give" input_type: ".p.Thing" output_type: ".p.Thing" }
                method { name: "Fail" input_type: ".p.Text" output_type: ".p.Nothing" }
                method { name: "Hang" input_type: ".p.Nothing" output_type: ".p.Nothing" } } }
            """;

    private static DescriptorPool pool(String text) {
        try {
            return DescriptorPool.of(TextFormat.parse(text, FileDescriptorSet.class));
        } catch (TextFormat.ParseException e) {
            throw new AssertionError(e);
        }
    }

    private final DescriptorPool things = pool(THING_PROTO);
    private final InterfaceSchema echo = Schemas.of(THING).type("Echo");
    private final CountDownLatch stopped = new CountDownLatch(1);
    private final CountDownLatch hangs = new CountDownLatch(1);
    private int released;

    /** Gives parameters back, fails or hangs, by the number of the method. */
    private final class Echo implements Target {
        @Override
        public Promise<Void> handle(Context context) {
            switch (context.method()
                    .toString()
                    .charAt(context.method().toString().length() - 1)) {
                case '0' -> context.params().copyTo(context.results(0), Cap::share);
                case '1' -> throw Failure.overloaded("not now");
                default -> {
                    context.allowCancellation();
                    dev.capstan.async.Completer<Void> never = new dev.capstan.async.Completer<>(net.loop());
                    never.onCancel(stopped::countDown);
                    hangs.countDown();
                    return never.promise();
                }
            }
            return Promise.done();
        }

        @Override
        public void released() {
            released++;
        }
    }

    private final List<Rpc> rpcs = Rpc.all(things.service("p.Echo").orElseThrow());

    private GrpcClient echoFront() {
        Bridge bridge = new Bridge(net.loop(), Limits.DEFAULT);
        return serve(inLoop(() -> new GrpcBridge(net.loop(), things, Limits.DEFAULT)
                .ofCapnp("p.Echo", bridge, echo, () -> Promise.of(new LocalCap(net.loop(), new Echo())))));
    }

    private Promise<DynamicMessage> ask(GrpcClient client, int method, DynamicMessage request) {
        return client.ask(rpcs.get(method).descriptor(), request, CallSettings.DEFAULT);
    }

    private DynamicMessage nothing() {
        return DynamicMessage.getDefaultInstance(things.message("p.Nothing").orElseThrow());
    }

    @Test
    void random_messages_are_unchanged_after_they_were_structs() {
        GrpcClient client = echoFront();
        Descriptor thing = things.message("p.Thing").orElseThrow();
        for (long seed = 0; seed < 100; seed++) {
            DynamicMessage message = new RandomMessage(seed).withKnownEnums().of(thing, 3);
            assertEquals(message, ask(client, 0, message).await(), "seed " + seed);
        }
        assertEquals(100, inLoop(() -> released));
    }

    @Test
    void a_member_of_a_oneof_that_is_an_empty_message_stays_chosen() {
        Descriptor thing = things.message("p.Thing").orElseThrow();
        DynamicMessage like = DynamicMessage.newBuilder(thing)
                .setField(
                        thing.findFieldByName("like"),
                        DynamicMessage.getDefaultInstance(
                                things.message("p.Part").orElseThrow()))
                .build();
        assertEquals(like, ask(echoFront(), 0, like).await());
    }

    @Test
    void a_number_of_an_enum_that_only_one_side_knows_fails_the_call() {
        Descriptor thing = things.message("p.Thing").orElseThrow();
        DynamicMessage unknown = DynamicMessage.newBuilder(thing)
                .setField(
                        thing.findFieldByName("colour"),
                        thing.findFieldByName("colour").getEnumType().findValueByNumberCreatingIfUnknown(2))
                .build();
        GrpcClient client = echoFront();
        GrpcFailure failure =
                assertThrows(GrpcFailure.class, () -> ask(client, 0, unknown).await());
        assertEquals("give.colour: 2 is no p.Colour that both sides know: load the newer schemas", failure.reason());
    }

    @Test
    void a_failure_of_cap_n_proto_is_its_status() {
        GrpcClient client = echoFront();
        DynamicMessage text =
                DynamicMessage.getDefaultInstance(things.message("p.Text").orElseThrow());
        GrpcFailure failure =
                assertThrows(GrpcFailure.class, () -> ask(client, 1, text).await());
        assertEquals(Status.Code.RESOURCE_EXHAUSTED, failure.code());
        assertEquals("not now", failure.reason());
    }

    @Test
    void giving_up_a_call_of_grpc_cancels_that_of_cap_n_proto() throws Exception {
        Promise<DynamicMessage> answer = ask(echoFront(), 2, nothing());
        assertTrue(hangs.await(10, TimeUnit.SECONDS));
        inLoop(() -> {
            answer.cancel();
            return true;
        });
        assertTrue(stopped.await(10, TimeUnit.SECONDS));
    }

    // ---- Cap'n Proto calls gRPC

    private static final String GREETER = """
            struct Name { text @0 :Text; }
            struct Greeting { text @0 :Text; }
            interface Greetings { write @0 (greeting :Greeting) -> stream; end @1 (); }
            interface Names { write @0 (name :Name) -> stream; end @1 (); }
            interface Source { pumpTo @0 (to :Names); }
            interface Greeter {
              greet @0 Name -> Greeting;
              greetOften @1 (text :Text, to :Greetings);
              greetTogether @2 (from :Source) -> (text :Text);
              talk @3 (from :Source, to :Greetings);
            }
            """;

    /** The greeter as a Cap'n Proto object, called through another gateway. */
    private Stub capnpGreeter() {
        GrpcClient client = serve(greeters.bindService());
        InterfaceSchema schema = Schemas.of(GREETER).type("Greeter");
        Bridge near = new Bridge(net.loop(), Limits.DEFAULT);
        Bridge far = new Bridge(net.loop(), Limits.DEFAULT);
        return page(() -> near.toWeb(schema, bridge.toCapnp(client, "guide.Greeter", far, schema)));
    }

    private static List<Object> all(Readable stream) {
        List<Object> all = new ArrayList<>();
        stream.iterator().forEachRemaining(all::add);
        return all;
    }

    @Test
    void a_method_of_a_service_is_a_method_of_the_interface() {
        assertEquals(Map.of("text", "hello Ada"), value(capnpGreeter().call("greet", name("Ada"))));
    }

    @Test
    void a_status_is_a_failure_of_its_kind_with_its_details() {
        Failure failure = failure(capnpGreeter().call("greet", name("nobody")));
        assertEquals("nobody is called so", failure.reason());
        assertTrue(failure.detail(GrpcFailure.DETAIL).isPresent());
    }

    @Test
    void a_stream_of_the_server_is_written_to_a_capability_of_the_caller() {
        Stub api = capnpGreeter();
        Writable.Pair pipe = Writable.pipe(net.loop());
        try (Readable greetings = pipe.readable();
                Writable to = pipe.writable();
                Stub call = api.call("greetOften", Map.of("text", "5", "to", to))) {
            Promise<Object> done = call.value();
            assertEquals(5, all(greetings).size());
            assertEquals(Map.of(), done.await());
        }
    }

    @Test
    void a_caller_that_does_not_take_what_is_written_cancels_the_call() throws Exception {
        Stub api = capnpGreeter();
        Writable.Pair pipe = Writable.pipe(net.loop());
        try (Readable greetings = pipe.readable();
                Writable to = pipe.writable();
                Stub call = api.call("greetOften", Map.of("text", "50000", "to", to))) {
            Promise<Object> done = call.value();
            greetings.read().await().close();
            greetings.cancel(Failure.failed("enough"));
            Failure failure = assertThrows(Failure.class, done::await);
            assertTrue(failure.reason().endsWith("enough"), failure.reason());
        }
        assertTrue(greeters.cancelled.await(10, TimeUnit.SECONDS));
        assertTrue(greeters.sent.get() < 50_000);
    }

    @Test
    void a_stream_of_requests_is_read_from_a_capability_of_the_caller() {
        Stub api = capnpGreeter();
        try (Readable names = Readable.of(net.loop(), List.of(name("Ada"), name("Bob")))) {
            assertEquals(Map.of("text", "hello Ada and Bob"), value(api.call("greetTogether", Map.of("from", names))));
        }
    }

    @Test
    void streams_both_ways_are_a_pair_of_capabilities() {
        Stub api = capnpGreeter();
        Writable.Pair there = Writable.pipe(net.loop());
        Writable.Pair back = Writable.pipe(net.loop());
        try (Readable names = there.readable();
                Writable writer = there.writable();
                Readable greetings = back.readable();
                Writable to = back.writable();
                Stub call = api.call("talk", Map.of("from", names, "to", to))) {
            Promise<Object> done = call.value();
            for (String each : List.of("Ada", "Bob")) {
                writer.write(name(each)).await();
                try (Readable.Chunk chunk = greetings.read().await()) {
                    assertEquals(Map.of("text", "hello " + each), chunk.value());
                }
            }
            writer.end().await();
            assertEquals(List.of(), all(greetings));
            assertEquals(Map.of(), done.await());
        }
    }

    @Test
    void a_stream_that_is_left_out_is_told() {
        assertEquals(
                "greetOften.to: a stream is due, not null",
                failure(capnpGreeter().call("greetOften", name("5"))).reason());
    }

    // ---- what does not match is refused at start

    private static String refusal(String from, String to) {
        return refusalOfFront(THING.replace(from, to), THING_PROTO);
    }

    private static String refusalOfFront(String schema, String proto) {
        InterfaceSchema type = Schemas.of(schema).type("Echo");
        DescriptorPool pool = pool(proto);
        return String.valueOf(assertThrows(
                        IllegalArgumentException.class,
                        () -> MatchedMethod.checkFront(pool.service("p.Echo").orElseThrow(), type, new Matching()))
                .getMessage());
    }

    private static String refusalOfProto(String from, String to) {
        assertTrue(THING_PROTO.contains(from));
        return refusalOfFront(THING, THING_PROTO.replace(from, to));
    }

    @Test
    void a_method_without_a_counterpart_is_refused() {
        assertEquals(
                "Method p.Echo.Hang has no counterpart: test.capnp:Echo has no method 'hang', and there are [give, fail].",
                refusal("hang @2 () -> (); ", ""));
    }

    @Test
    void a_field_without_a_counterpart_is_refused_on_either_side() {
        assertEquals(
                "p.Part.count has no counterpart: test.capnp:Part has no field 'count'. Add one, or take the other away.",
                refusal("name @0 :Text; count @1 :UInt32;", "name @0 :Text;"));
        assertEquals(
                "Field 'more' of test.capnp:Part has no counterpart: p.Part has no field of that name in JSON. Add one, or take the other away.",
                refusal("count @1 :UInt32;", "count @1 :UInt32; more @2 :Bool;"));
    }

    @Test
    void fields_of_other_types_are_refused() {
        assertEquals(
                "Field 'count' of test.capnp:Part does not match p.Part.count (fixed32): it is Int32 and not UInt32.",
                refusal("count @1 :UInt32", "count @1 :Int32"));
        assertEquals(
                "Field 'part' of test.capnp:Thing does not match p.Thing.part (message): it is Text and no struct.",
                refusal("part @10 :Part", "part @10 :Text"));
        assertTrue(refusal("texts @15 :List(Text)", "texts @15 :Text")
                .contains("p.Thing.texts (string): it is a Text and no list"));
    }

    @Test
    void enums_that_do_not_know_the_same_names_are_refused() {
        assertTrue(refusal("darkBlue @2; ", "")
                .startsWith("p.Colour.COLOUR_DARK_BLUE has no counterpart in test.capnp:Colour"));
        assertEquals(
                "'green' of test.capnp:Colour has no counterpart in p.Colour.",
                refusal("darkBlue @2; ", "darkBlue @2; green @3; "));
    }

    @Test
    void a_union_needs_a_member_for_nothing() {
        assertTrue(
                refusal("none @23 :Void; metres @24 :Float64; like @25 :Part;", "metres @23 :Float64; like @24 :Part;")
                        .startsWith("The first member of the union of test.capnp:Thing must be one of type Void"));
    }

    @Test
    void an_optional_field_that_is_set_to_its_default_is_not_left_out() {
        Descriptor thing = things.message("p.Thing").orElseThrow();
        DynamicMessage message = DynamicMessage.newBuilder(thing)
                .setField(thing.findFieldByName("few"), 0)
                .setField(thing.findFieldByName("word"), "")
                .build();
        DynamicMessage answer = ask(echoFront(), 0, message).await();
        assertEquals(message, answer);
        assertTrue(answer.hasField(thing.findFieldByName("few")));
        assertFalse(answer.hasField(thing.findFieldByName("tint")));
    }

    @Test
    void a_union_that_is_not_of_nothing_and_a_value_stands_for_no_optional_field() {
        for (String other : List.of(
                "few :union { none @17 :Void; number @18 :UInt32; }",
                "few :union { value @17 :UInt32; none @18 :Void; }",
                "few :union { none @17 :Void; value @18 :UInt32; more @26 :Text; }",
                "few :group { none @17 :Void; value @18 :UInt32; }")) {
            assertTrue(
                    refusal("few :union { none @17 :Void; value @18 :UInt32; }", other)
                            .contains("it is no union of nothing and a value"),
                    other);
        }
        assertTrue(refusal("value @18 :UInt32", "value @18 :Int32").contains("Field 'value'"));
    }

    @Test
    void optional_numbers_need_a_union() {
        String optional = "field { name: \"count\" number: 2 type: TYPE_FIXED32 label: LABEL_OPTIONAL";
        assertTrue(refusalOfProto(
                        optional + " }",
                        optional + " proto3_optional: true oneof_index: 0 } oneof_decl { name: \"_count\" }")
                .contains("it is always there, and the other is optional"));
    }

    @Test
    void capabilities_and_streams_are_refused_behind_grpc() {
        assertTrue(refusal("hang @2 () -> ();", "hang @2 () -> (echo :Echo);")
                .startsWith("Method 'hang' of test.capnp:Echo takes or gives capabilities, which gRPC does not have"));
        String hang = "method { name: \"Hang\" input_type: \".p.Nothing\" output_type: \".p.Nothing\"";
        assertTrue(
                refusalOfProto(hang, hang + " server_streaming: true").startsWith("Method p.Echo.Hang has a stream."));
    }

    private static String refusalOfGreeter(String from, String to) {
        InterfaceSchema type = Schemas.of(GREETER.replace(from, to)).type("Greeter");
        return String.valueOf(assertThrows(
                        IllegalArgumentException.class,
                        () -> MatchedMethod.all(
                                type, SCHEMAS.service("guide.Greeter").orElseThrow(), new Matching()))
                .getMessage());
    }

    @Test
    void an_interface_that_does_not_match_a_service_is_refused() {
        assertTrue(refusalOfGreeter("talk @3 (", "talkk @3 (")
                .startsWith("Method 'talkk' of test.capnp:Greeter has no counterpart: guide.Greeter has ["));
        assertEquals(
                "Method 'talk' of test.capnp:Greeter has no parameter for the stream of guide.Greeting: it takes a capability that structs are written to, as in (to :Sink).",
                refusalOfGreeter("talk @3 (from :Source, to :Greetings)", "talk @3 (from :Source)"));
        assertTrue(refusalOfGreeter(
                        "talk @3 (from :Source, to :Greetings)", "talk @3 (from :Source, to :Greetings, x :Bool)")
                .endsWith("it takes [x] besides its streams, for which there is no place."));
        assertTrue(refusalOfGreeter("(text :Text, to :Greetings)", "(text :Text, to :Greetings) -> (n :Bool)")
                .endsWith("it gives results, and the answers are written to 'to'."));
    }
}
