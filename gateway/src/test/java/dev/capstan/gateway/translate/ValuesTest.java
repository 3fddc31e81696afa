package dev.capstan.gateway.translate;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.capstan.async.Promise;
import dev.capstan.async.SimLoop;
import dev.capstan.cap.Answer;
import dev.capstan.cap.Cap;
import dev.capstan.cap.Failure;
import dev.capstan.cap.Hints;
import dev.capstan.cap.LocalCap;
import dev.capstan.cap.Method;
import dev.capstan.cap.Path;
import dev.capstan.cap.Payload;
import dev.capstan.capnp.CallContext;
import dev.capstan.capnp.CapnpFormat;
import dev.capstan.capnp.CapnpPayload;
import dev.capstan.capnp.MessageBuilder;
import dev.capstan.capnp.dynamic.DynamicServer;
import dev.capstan.capnp.dynamic.DynamicStruct;
import dev.capstan.capnp.dynamic.InterfaceSchema;
import dev.capstan.capnweb.JsValue;
import dev.capstan.capnweb.Options;
import dev.capstan.capnweb.Stub;
import dev.capstan.capnweb.WebPeer;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Values of every type, from Cap'n Proto to Cap'n Web and back, over a session between the two. {@code -Dcapstan.seed=N} gives other random ones. */
class ValuesTest {
    private static final long SEED = Long.getLong("capstan.seed", 20_261_122);
    private static final int VALUES = Boolean.getBoolean("capstan.quick") ? 150 : 1_000;

    private static final Schemas SCHEMAS = Schemas.of("""
            interface Echo {
              all @0 All -> All;
              list @1 (nothing :List(Void)) -> (nothing :List(Void));
              twoTexts @2 (a :Text = "is there", b :Text) -> (a :Text = "is there", b :Text);
            }
            enum Color { red @0; green @1; blue @2; }
            struct Box(T) { value @0 :T; }
            struct All {
              nothing @0 :Void;
              bool @1 :Bool = true;
              int8 @2 :Int8;
              int16 @3 :Int16 = -3;
              int32 @4 :Int32;
              int64 @5 :Int64 = 9007199254740993;
              uInt8 @6 :UInt8;
              uInt16 @7 :UInt16;
              uInt32 @8 :UInt32;
              uInt64 @9 :UInt64;
              float32 @10 :Float32;
              float64 @11 :Float64 = 1.5;
              text @12 :Text;
              data @13 :Data;
              color @14 :Color = green;
              same @15 :All;
              textBox @16 :Box(Text);
              object @17 :Echo;
              any @18 :AnyPointer;
              nothings @19 :List(Void);
              bools @20 :List(Bool);
              int8s @21 :List(Int8);
              int64s @22 :List(Int64);
              uInt32s @23 :List(UInt32);
              uInt64s @24 :List(UInt64);
              float32s @25 :List(Float32);
              float64s @26 :List(Float64);
              texts @27 :List(Text);
              datas @28 :List(Data);
              colors @29 :List(Color);
              sames @30 :List(All);
              listsOfLists @31 :List(List(Text));
              objects @32 :List(Echo);
              place :group {
                x @33 :Int32;
                y @34 :Int32;
                inner :group { name @35 :Text; }
              }
              union {
                none @36 :Void;
                number @37 :UInt64;
                word @38 :Text;
                one @39 :All;
                both :group { first @40 :Text; second @41 :Int64; }
                friend @42 :Echo;
              }
              named :union {
                left @43 :Text;
                right @44 :List(Int16);
                neither @45 :Void;
              }
            }
            """);

    private static final InterfaceSchema ECHO = SCHEMAS.type("Echo");

    private final SimLoop sim = new SimLoop();
    private final Bridge distant = new Bridge(sim.loop(), Limits.DEFAULT);
    private final Bridge near = new Bridge(sim.loop(), Limits.DEFAULT);
    private final List<AutoCloseable> open = new ArrayList<>();

    /** Gives back what it is given. */
    private static final class Echo implements DynamicServer {
        @Override
        public InterfaceSchema schema() {
            return ECHO;
        }

        @Override
        public Promise<Void> call(
                InterfaceSchema.Method method, CallContext<DynamicStruct.Reader, DynamicStruct.Builder> context) {
            DynamicStruct.Reader params = context.params();
            DynamicStruct.Builder results = context.results();
            for (var field : params.schema().fields()) {
                if (params.has(field)) {
                    results.set(field.name(), params.get(field));
                } else if (field.equals(params.which())) {
                    results.clear(field.name());
                }
            }
            return Promise.done();
        }
    }

    /** The echo over a session of Cap'n Web. The test owns it. */
    private Cap web(Bridge bridge) {
        Cap main = bridge.toWeb(ECHO, new LocalCap(sim.loop(), new Echo()));
        WebPeer.Pair pair = WebPeer.pair(sim.loop(), main, null, Options.DEFAULT.withMessagesShown());
        open.add(pair.right());
        return pair.right().main();
    }

    private Stub stub(Bridge bridge) {
        Stub stub = Stub.of(sim.loop(), web(bridge));
        open.addFirst(stub);
        return stub;
    }

    @AfterEach
    void nothing_is_left() throws Exception {
        for (AutoCloseable each : open) {
            each.close();
        }
        sim.poll();
        sim.poll();
        assertEquals(0, near.size() + distant.size());
    }

    private @Nullable Object value(Stub result) {
        try (result) {
            return sim.await(result.value());
        }
    }

    private Map<?, ?> all(Map<String, ? extends @Nullable Object> arguments) {
        return (Map<?, ?>) Objects.requireNonNull(value(stub(distant).call("all", arguments)));
    }

    private String refused(Map<String, ? extends @Nullable Object> arguments) {
        return refused(stub -> stub.call("all", arguments));
    }

    private String refused(Function<Stub, Stub> call) {
        try (Stub result = call.apply(stub(distant))) {
            return assertThrows(Failure.class, () -> sim.await(result.value())).reason();
        }
    }

    // ---- there and back

    @Test
    void random_values_of_every_type_are_unchanged_after_they_went_there_and_back() {
        Cap echo = near.toCapnp(ECHO, web(distant));
        open.addFirst(echo);
        for (int i = 0; i < VALUES; i++) {
            long seed = SEED + i;
            MessageBuilder message = new MessageBuilder();
            DynamicStruct.Builder sent = message.initRoot(SCHEMAS.struct("All").structType());
            new RandomStruct(seed, echo).fill(sent, 2);
            var request = echo.request(new Method.Ordinal(ECHO.id(), 0), CapnpFormat.INSTANCE, 0, Hints.NONE);
            CapnpPayload.of(request.params()).builder().set(message.root().asReader());
            try (Answer answer = request.send();
                    Payload results = sim.await(answer.results())) {
                DynamicStruct.Reader back = CapnpPayload.of(results)
                        .reader()
                        .as(SCHEMAS.struct("All").structType());
                assertEquals(sent.asReader().toCompactString(), back.toCompactString(), () -> "seed " + seed);
            }
            message.capTable().close();
        }
    }

    @Test
    void what_is_left_out_has_its_default() {
        Map<?, ?> all = all(Map.of());
        assertEquals(true, all.get("bool"));
        assertEquals(-3L, all.get("int16"));
        assertEquals(1.5, all.get("float64"));
        assertEquals("green", all.get("color"));
        assertEquals("", all.get("text"));
        assertEquals(List.of(), all.get("texts"));
        assertEquals(null, all.get("same"));
        assertEquals(null, all.get("object"));
        assertTrue(all.containsKey("none"));
        Map<?, ?> texts = (Map<?, ?>) value(stub(distant).call("twoTexts", Map.of()));
        assertEquals(Map.of("a", "is there", "b", ""), texts);
    }

    @Test
    void undefined_is_as_good_as_left_out() {
        assertEquals("green", all(Map.of("color", JsValue.UNDEFINED)).get("color"));
    }

    // ---- numbers

    @Test
    void integers_are_numbers_while_that_is_exact_and_bigints_beyond() {
        long most = (1L << 53) - 1;
        assertEquals(most, all(Map.of("int64", most)).get("int64"));
        assertEquals(
                BigInteger.valueOf(most + 1),
                all(Map.of("int64", BigInteger.valueOf(most + 1))).get("int64"));
        assertEquals(-most, all(Map.of("int64", -most)).get("int64"));
        assertEquals(
                BigInteger.valueOf(Long.MIN_VALUE),
                all(Map.of("int64", BigInteger.valueOf(Long.MIN_VALUE))).get("int64"));
        BigInteger largest = BigInteger.TWO.pow(64).subtract(BigInteger.ONE);
        assertEquals(largest, all(Map.of("uInt64", largest)).get("uInt64"));
    }

    @Test
    void integers_may_come_as_numbers_and_as_bigints() {
        assertEquals(7L, all(Map.of("int64", BigInteger.valueOf(7))).get("int64"));
        assertEquals(7L, all(Map.of("int8", BigInteger.valueOf(7))).get("int8"));
        assertEquals(7L, all(Map.of("int64", 7.0)).get("int64"));
    }

    @Test
    void what_does_not_fit_a_number_is_refused_with_its_place() {
        assertEquals("all.int8: 300 does not fit Int8, which is -128 to 127.", refused(Map.of("int8", 300)));
        assertEquals(
                "all.uInt64: -1 does not fit UInt64, which is 0 to 18446744073709551615.",
                refused(Map.of("uInt64", -1)));
        assertEquals("all.int32: 0.5 is not an integer, as Int32 needs.", refused(Map.of("int32", 0.5)));
        assertEquals(
                "all.uInt32s[1]: -1 does not fit UInt32, which is 0 to 4294967295.",
                refused(Map.of("uInt32s", List.of(1, -1))));
        assertEquals("all.bool: expected true or false, not the number 1", refused(Map.of("bool", 1)));
        assertEquals(
                "all.int64: expected a number without fraction, or a bigint (Int64), not a string",
                refused(Map.of("int64", "5")));
    }

    // ---- enums, data, unions, groups

    @Test
    void an_enum_is_its_name_and_a_number_that_has_none_stays_that_number() {
        assertEquals("blue", all(Map.of("color", "blue")).get("color"));
        assertEquals("blue", all(Map.of("color", 2)).get("color"));
        assertEquals(99L, all(Map.of("color", 99)).get("color"));
        assertEquals("all.color: 'pink' is no Color; there are [red, green, blue]", refused(Map.of("color", "pink")));
    }

    @Test
    void data_is_bytes() {
        assertArrayEquals(new byte[] {1, 2}, (byte[])
                all(Map.of("data", new byte[] {1, 2})).get("data"));
        assertEquals("all.data: expected bytes (a Uint8Array), not a string", refused(Map.of("data", "text")));
    }

    @Test
    void only_the_member_of_a_union_that_is_set_is_there() {
        Map<?, ?> word = all(Map.of("word", "x"));
        assertEquals("x", word.get("word"));
        for (String other : List.of("none", "number", "one", "both", "friend")) {
            assertTrue(!word.containsKey(other), other);
        }
        assertEquals(
                Map.of("right", List.of(1L)),
                all(Map.of("named", Map.of("right", List.of(1)))).get("named"));
    }

    @Test
    void null_chooses_a_member_of_a_union_that_holds_nothing() {
        Map<String, @Nullable Object> neither = new java.util.HashMap<>();
        neither.put("neither", null);
        assertEquals(neither, all(Map.of("named", neither)).get("named"));
    }

    @Test
    void two_members_of_one_union_are_refused() {
        assertTrue(refused(Map.of("word", "x", "number", 1)).startsWith("all: "));
        assertEquals(
                "all.named: left and neither are members of one union: give one of them",
                refused(Map.of("named", new java.util.TreeMap<>(Map.of("left", "x", "neither", 1)))));
    }

    @Test
    void a_group_is_an_object_of_its_own() {
        assertEquals(
                Map.of("x", 1L, "y", 2L, "inner", Map.of("name", "n")),
                all(Map.of("place", Map.of("x", 1, "y", 2, "inner", Map.of("name", "n"))))
                        .get("place"));
    }

    @Test
    void a_type_parameter_is_what_it_was_bound_to() {
        assertEquals(
                Map.of("value", "t"),
                all(Map.of("textBox", Map.of("value", "t"))).get("textBox"));
        assertEquals(
                "all.textBox.value: expected a string, not the number 1",
                refused(Map.of("textBox", Map.of("value", 1))));
    }

    // ---- arguments

    @Test
    void arguments_may_be_given_by_their_place() {
        assertEquals(Map.of("a", "x", "b", "y"), value(stub(distant).call("twoTexts", "x", "y")));
        assertEquals(Map.of("a", "x", "b", ""), value(stub(distant).call("twoTexts", "x")));
        assertEquals(Map.of("a", "is there", "b", "y"), value(stub(distant).call("twoTexts", JsValue.UNDEFINED, "y")));
        assertEquals(
                "twoTexts: called with 3 arguments, and it takes 2: [a, b]. One object names them instead.",
                refused(stub -> stub.call("twoTexts", 1, 2, 3)));
    }

    @Test
    void a_member_that_there_is_not_is_refused_and_named() {
        assertEquals(
                "twoTexts.c: there is no such member; there are [a, b]",
                refused(stub -> stub.call("twoTexts", Map.of("c", 1))));
        assertEquals(
                "all.sames[1].place.z: there is no such member; there are [x, y, inner]",
                refused(Map.of("sames", List.of(Map.of(), Map.of("place", Map.of("z", 1))))));
    }

    @Test
    void what_cannot_be_called_is_no_object() {
        assertEquals(
                "all.object: expected something that can be called (Echo), not the number 5",
                refused(Map.of("object", 5)));
        assertEquals("all.any: expected a stub or null (AnyPointer), not a string", refused(Map.of("any", "x")));
    }

    @Test
    void content_of_unknown_type_is_refused_and_named() {
        Cap plain = near.toCapnp(ECHO, web(distant));
        open.addFirst(plain);
        var request = plain.request(new Method.Ordinal(ECHO.id(), 0), CapnpFormat.INSTANCE, 0, Hints.NONE);
        DynamicStruct.Builder params = CapnpPayload.of(request.params())
                .builder()
                .init(SCHEMAS.struct("All").structType());
        params.set("any", "text");
        try (Answer answer = request.send()) {
            String reason = assertThrows(Failure.class, () -> sim.await(answer.results()))
                    .reason();
            assertEquals(
                    "all.any: what lies there is of type AnyPointer, and only its schema could tell what it is: declare the type, or leave the field empty",
                    reason);
        }
    }

    // ---- limits

    private String tooMuch(Limits limits, String method, Object argument) {
        Bridge bridge = new Bridge(sim.loop(), limits);
        try (Stub stub = stub(bridge);
                Stub result = stub.call(method, argument)) {
            open.remove(stub);
            Failure failure = assertThrows(Failure.class, () -> sim.await(result.value()));
            assertEquals(Failure.Kind.OVERLOADED, failure.kind());
            return failure.reason();
        }
    }

    private void passes(Limits limits, String method, Object argument) {
        Bridge bridge = new Bridge(sim.loop(), limits);
        try (Stub stub = stub(bridge);
                Stub result = stub.call(method, argument)) {
            open.remove(stub);
            assertTrue(sim.await(result.value()) instanceof Map);
        }
    }

    @Test
    void values_nest_as_deep_as_the_limit_and_no_deeper() {
        Map<String, Object> two = Map.of("same", Map.of("same", Map.of()));
        passes(Limits.DEFAULT.withDepth(5), "all", two);
        assertTrue(tooMuch(Limits.DEFAULT.withDepth(4), "all", two)
                .startsWith("all.same.same.place.inner: the value nests deeper than 4 levels"));
        assertTrue(tooMuch(Limits.DEFAULT.withDepth(2), "all", two)
                .startsWith("all.same.same: the value nests deeper than 2 levels"));
    }

    @Test
    void values_are_made_of_as_many_as_the_limit_and_no_more() {
        @Nullable Object[] nothing = new Object[98];
        passes(Limits.DEFAULT.withValues(99), "list", Map.of("nothing", Arrays.asList(nothing)));
        assertTrue(tooMuch(Limits.DEFAULT.withValues(98), "list", Map.of("nothing", Arrays.asList(nothing)))
                .startsWith("list.nothing: the value is made of more than 98 values"));
    }

    @Test
    void texts_and_data_have_as_many_bytes_as_the_limit_and_no_more() {
        // Of them, 16 are the struct's two pointers.
        passes(Limits.DEFAULT.withBytes(21), "twoTexts", Map.of("a", "abc", "b", "de"));
        assertTrue(tooMuch(
                        Limits.DEFAULT.withBytes(20),
                        "twoTexts",
                        new java.util.TreeMap<>(Map.of("a", "abc", "b", "de")))
                .startsWith("twoTexts.b: the value takes more than 20 bytes"));
    }

    // ---- at start

    private static String unfit(String schema, String name) {
        InterfaceSchema type = Schemas.of(schema).type(name);
        return String.valueOf(assertThrows(IllegalArgumentException.class, () -> Translatable.check(type))
                .getMessage());
    }

    @Test
    void names_that_would_collide_are_refused_at_start() {
        assertEquals(
                "'get' is a method of test.capnp:A and of test.capnp:B, and a C has both: Cap'n Web could not tell them apart. Rename one; its number stays.",
                unfit("""
                        interface A { get @0 (); }
                        interface B { get @0 (); }
                        interface C extends(A, B) {}
                        """, "C"));
    }

    @Test
    void names_that_no_client_can_send_are_refused_at_start() {
        assertTrue(unfit("interface A { then @0 (); }", "A")
                .startsWith("Method 'then' of test.capnp:A cannot be called over Cap'n Web"));
        assertTrue(unfit("""
                interface A { ok @0 (list :List(Inner)); }
                struct Inner { union { toJSON @0 :Text; other @1 :Void; } }
                """, "A").startsWith("Field 'toJSON' of test.capnp:Inner cannot cross to Cap'n Web"));
    }

    @Test
    void the_path_of_a_place_is_as_javascript_writes_it() {
        Place place = new Place(Limits.DEFAULT, "m");
        place.enter("a");
        place.enter(1);
        assertEquals("m.a[1]", place.toString());
        assertEquals(new Path.Names(List.of("a", 1)), place.names());
    }
}
