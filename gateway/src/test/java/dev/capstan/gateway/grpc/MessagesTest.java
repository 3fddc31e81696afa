package dev.capstan.gateway.grpc;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Duration;
import com.google.protobuf.DynamicMessage;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.ListValue;
import com.google.protobuf.Message;
import com.google.protobuf.NullValue;
import com.google.protobuf.StringValue;
import com.google.protobuf.Struct;
import com.google.protobuf.Timestamp;
import com.google.protobuf.Value;
import dev.capstan.async.SimLoop;
import dev.capstan.cap.Failure;
import dev.capstan.capnweb.JsValue;
import dev.capstan.capnweb.Options;
import dev.capstan.capnweb.Stub;
import dev.capstan.capnweb.WebPeer;
import dev.capstan.capnweb.WebTarget;
import dev.capstan.gateway.translate.Limits;
import dev.capstan.gateway.translate.Place;
import dev.capstan.grpc.services.DescriptorPool;
import dev.capstan.testprotos.guide.Name;
import dev.capstan.testprotos.types.Closed;
import dev.capstan.testprotos.types.New;
import dev.capstan.testprotos.types.Old;
import dev.capstan.testprotos.types.Open;
import java.math.BigInteger;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Messages as values of Cap'n Web, and back. */
class MessagesTest {
    private static final DescriptorPool TYPES = DescriptorPool.of(
            List.of(New.getDescriptor().getFile(), Name.getDescriptor().getFile()));

    private final Members members = new Members();
    private Limits limits = Limits.DEFAULT;

    private @Nullable Object value(Message message) {
        return new FromMessage(new Place(limits, "give"), Dialect.WEB, TYPES).value(message);
    }

    private Map<?, ?> object(Message message) {
        return assertInstanceOf(Map.class, value(message));
    }

    private DynamicMessage message(Descriptor type, @Nullable Object value) {
        return new ToMessage(new Place(limits, "give"), Dialect.WEB, TYPES, members).message(type, value);
    }

    private New made(Map<String, ? extends @Nullable Object> value) {
        try {
            return New.parseFrom(message(New.getDescriptor(), value).toByteString());
        } catch (InvalidProtocolBufferException e) {
            throw new AssertionError(e);
        }
    }

    private String refusal(Map<String, ? extends @Nullable Object> value) {
        return assertThrows(Failure.class, () -> made(value)).reason();
    }

    private static Object get(Message message, String name) {
        return message.getField(
                Objects.requireNonNull(message.getDescriptorForType().findFieldByName(name)));
    }

    // ---- everything

    @Test
    void random_messages_of_every_type_are_unchanged_after_they_crossed_to_a_page_and_back() {
        SimLoop sim = new SimLoop();
        WebTarget echo = WebTarget.empty().method("echo", arguments -> arguments.getFirst());
        WebPeer.Pair peers = WebPeer.pair(sim.loop(), echo.on(sim.loop()), null, Options.DEFAULT);
        int fields = 0;
        int messages = Boolean.getBoolean("capstan.quick") ? 50 : 300;
        try (Stub api = Stub.of(sim.loop(), peers.right().main())) {
            for (long seed = 0; seed < messages; seed++) {
                Descriptor type = seed % 3 == 0 ? Old.getDescriptor() : New.getDescriptor();
                DynamicMessage message = new RandomMessage(seed).of(type, 3);
                fields += message.getAllFields().size();
                Object value = value(message);
                try (Stub answer = api.call("echo", value)) {
                    assertEquals(message, message(type, sim.await(answer.value())), "seed " + seed);
                }
            }
        }
        assertTrue(fields > 10 * messages, "it was " + fields + " fields");
        peers.left().close();
        peers.right().close();
    }

    // ---- fields

    @Test
    void fields_have_the_names_of_json_and_those_of_the_file_are_taken_too() {
        assertTrue(object(New.getDefaultInstance()).containsKey("anInt32"));
        assertEquals(3, made(Map.of("anInt32", 3L)).getAnInt32());
        assertEquals(3, made(Map.of("an_int32", 3L)).getAnInt32());
    }

    @Test
    void fields_without_presence_are_always_there_and_others_if_they_are_set() {
        Map<?, ?> nothing = object(New.getDefaultInstance());
        assertEquals("", nothing.get("aString"));
        assertEquals(List.of(), nothing.get("strings"));
        assertEquals(Map.of(), nothing.get("byString"));
        assertFalse(nothing.containsKey("maybeString"));
        assertFalse(nothing.containsKey("within"));
        assertEquals("", object(New.newBuilder().setMaybeString("").build()).get("maybeString"));
    }

    @Test
    void null_and_undefined_leave_a_field_out() {
        Map<String, @Nullable Object> given = new java.util.HashMap<>();
        given.put("maybeString", null);
        given.put("within", JsValue.UNDEFINED);
        given.put("strings", null);
        assertEquals(New.getDefaultInstance(), made(given));
    }

    @Test
    void a_member_that_there_is_not_is_refused_and_named() {
        String reason = refusal(Map.of("within", Map.of("wrong", 1L)));
        assertTrue(reason.startsWith("give.within.wrong: there is no such member; there are [aDouble,"), reason);
    }

    @Test
    void only_the_member_of_a_oneof_that_is_set_is_there() {
        Map<?, ?> object = object(New.newBuilder().setOneBool(false).build());
        assertEquals(false, object.get("oneBool"));
        assertFalse(object.containsKey("oneText"));
    }

    @Test
    void two_members_of_one_oneof_are_refused() {
        Map<String, Object> both = new java.util.LinkedHashMap<>();
        both.put("oneText", "x");
        both.put("oneBool", true);
        assertEquals("give.oneBool: 'oneText' and 'oneBool' are members of one union: give one of them", refusal(both));
    }

    @Test
    void required_fields_that_are_missing_are_named() {
        Failure failure = assertThrows(Failure.class, () -> message(Old.getDescriptor(), Map.of()));
        assertEquals("give: required fields are missing: [needed]", failure.reason());
    }

    // ---- numbers

    @Test
    void integers_are_numbers_while_that_is_exact_and_bigints_beyond() {
        long most = (1L << 53) - 1;
        assertEquals(most, object(New.newBuilder().setAnInt64(most).build()).get("anInt64"));
        assertEquals(
                BigInteger.valueOf(most + 1),
                object(New.newBuilder().setAnInt64(most + 1).build()).get("anInt64"));
        assertEquals(
                BigInteger.TWO.pow(64).subtract(BigInteger.ONE),
                object(New.newBuilder().setAUint64(-1).build()).get("aUint64"));
        assertEquals(
                0xffff_ffffL, object(New.newBuilder().setAUint32(-1).build()).get("aUint32"));
    }

    @Test
    void integers_may_come_as_numbers_and_as_bigints() {
        for (Object five : new Object[] {5L, 5.0, BigInteger.valueOf(5)}) {
            assertEquals(5, made(Map.of("anInt32", five)).getAnInt32());
            assertEquals(5, made(Map.of("aFixed64", five)).getAFixed64());
        }
    }

    @Test
    void what_does_not_fit_a_number_is_refused_with_its_place() {
        assertEquals(
                "give.anInt32: 2147483648 is not between -2147483648 and 2147483647",
                refusal(Map.of("anInt32", 1L << 31)));
        assertEquals("give.aUint32: -1 is not between 0 and 4294967295", refusal(Map.of("aUint32", -1L)));
        assertEquals(
                "give.anInt64: expected a number without fraction, or a bigint, not the number 1.5",
                refusal(Map.of("anInt64", 1.5)));
        assertEquals("give.doubles[1]: expected a number, not a string", refusal(Map.of("doubles", List.of(1L, "x"))));
        assertEquals("give.aFloat: 1.0E300 is beyond what a float holds", refusal(Map.of("aFloat", 1e300)));
    }

    // ---- texts, bytes, enums, maps

    @Test
    void bytes_are_bytes() {
        Object bytes = object(New.newBuilder()
                        .setSomeBytes(ByteString.copyFrom(new byte[] {1, 2}))
                        .build())
                .get("someBytes");
        assertArrayEquals(new byte[] {1, 2}, assertInstanceOf(byte[].class, bytes));
    }

    @Test
    void half_of_a_character_is_refused_instead_of_replaced() {
        assertEquals(
                "give.aString: half of a character stands at 1 of the text: it cannot be sent as UTF-8",
                refusal(Map.of("aString", "x\uD83D")));
    }

    @Test
    void an_enum_is_its_name_and_a_number_that_has_none_stays_that_number() {
        assertEquals("ONE", object(New.newBuilder().setOpen(Open.ONE).build()).get("open"));
        assertEquals(77L, object(New.newBuilder().setOpenValue(77).build()).get("open"));
        assertEquals(Open.ONE, made(Map.of("open", "ONE")).getOpen());
        assertEquals(Open.ONE, made(Map.of("open", 1L)).getOpen());
        assertEquals(77, made(Map.of("open", 77L)).getOpenValue());
        assertEquals("give.open: 'TWO' is no Open; there are [ZERO, ONE, LAST]", refusal(Map.of("open", "TWO")));
    }

    @Test
    void a_closed_enum_takes_no_number_without_a_name() {
        Descriptor old = Old.getDescriptor();
        assertEquals(
                Closed.NEGATIVE.getNumber(),
                ((com.google.protobuf.Descriptors.EnumValueDescriptor)
                                get(message(old, Map.of("needed", "", "closed", -7L)), "closed"))
                        .getNumber());
        assertThrows(Failure.class, () -> message(old, Map.of("needed", "", "closed", 99L)));
    }

    @Test
    void maps_are_objects_whatever_their_keys_are() {
        New message = New.newBuilder()
                .putByFixed(-1, 0.5)
                .putByBool(true, Open.ONE)
                .putByString("a b", "c")
                .build();
        Map<?, ?> object = object(message);
        assertEquals(Map.of("18446744073709551615", 0.5), object.get("byFixed"));
        assertEquals(Map.of("true", "ONE"), object.get("byBool"));
        assertEquals(
                message,
                made(Map.of(
                        "byFixed", Map.of("18446744073709551615", 0.5),
                        "byBool", Map.of("true", "ONE"),
                        "byString", Map.of("a b", "c"))));
        String reason = refusal(Map.of("byNumber", Map.of("01", Map.of())));
        assertTrue(reason.endsWith(": the keys of this map are numbers without fraction"), reason);
    }

    @Test
    void a_key_that_receivers_drop_is_refused() {
        Failure failure = assertThrows(
                Failure.class,
                () -> value(New.newBuilder().putByString("toString", "x").build()));
        assertTrue(failure.reason().contains("receivers drop members of that name"), failure.reason());
    }

    // ---- well-known types

    @Test
    void a_timestamp_is_a_date_where_that_is_exact_and_its_parts_else() {
        Timestamp time =
                Timestamp.newBuilder().setSeconds(-5).setNanos(7_000_000).build();
        assertEquals(Instant.ofEpochSecond(-5, 7_000_000), value(time));
        assertEquals(
                Map.of("seconds", 5L, "nanos", 7L),
                value(Timestamp.newBuilder().setSeconds(5).setNanos(7).build()));
        assertEquals(
                Timestamp.newBuilder().setSeconds(5).setNanos(7).build(),
                made(Map.of("at", Map.of("seconds", 5L, "nanos", 7L))).getAt());
        assertEquals("give.at: expected a Date, or {seconds, nanos}, not a string", refusal(Map.of("at", "yesterday")));
    }

    @Test
    void a_duration_is_text_in_seconds() {
        assertEquals(
                "1.500s",
                value(Duration.newBuilder().setSeconds(1).setNanos(500_000_000).build()));
        assertEquals(
                Duration.newBuilder().setNanos(250_000_000).build(),
                made(Map.of("lasts", "0.25s")).getLasts());
        assertEquals("give.lasts: '5' is no span of time: write seconds, as in '1.5s'", refusal(Map.of("lasts", "5")));
        for (String wrong : List.of("s", "1.s", ".5s", "1e3s", "0x1s", "1.0000000001s", "", "999999999999s")) {
            assertTrue(refusal(Map.of("lasts", wrong)).startsWith("give.lasts: '" + wrong + "' is "), wrong);
        }
        assertEquals(
                Duration.newBuilder().setSeconds(-1).setNanos(-500_000_000).build(),
                made(Map.of("lasts", "-1.5s")).getLasts());
    }

    @Test
    void structs_and_values_are_plain() {
        Value list = Value.newBuilder()
                .setListValue(ListValue.newBuilder()
                        .addValues(Value.newBuilder().setNullValue(NullValue.NULL_VALUE))
                        .addValues(Value.newBuilder().setNumberValue(1.5)))
                .build();
        Struct struct = Struct.newBuilder().putFields("a", list).build();
        assertEquals(Map.of("a", Arrays.asList(null, 1.5)), value(struct));
        assertEquals(
                struct,
                made(Map.of("struct", Map.of("a", Arrays.asList(null, 1.5)))).getStruct());
        assertThrows(Failure.class, () -> value(Value.getDefaultInstance()));
    }

    @Test
    void a_wrapper_is_its_value_and_left_out_without_one() {
        New message = New.newBuilder().setWrapped(StringValue.of("")).build();
        assertEquals("", object(message).get("wrapped"));
        assertEquals(message, made(Map.of("wrapped", "")));
        assertFalse(object(New.getDefaultInstance()).containsKey("wrapped"));
    }

    @Test
    void an_any_of_a_known_type_is_an_object_and_others_keep_their_bytes() {
        Any known = Any.pack(Name.newBuilder().setText("x").build());
        assertEquals(Map.of("@type", "type.googleapis.com/guide.Name", "text", "x"), value(known));
        assertEquals(
                known,
                made(Map.of("any", Map.of("@type", "type.googleapis.com/guide.Name", "text", "x")))
                        .getAny());
        Any date = Any.pack(Timestamp.newBuilder().setSeconds(1).build());
        assertEquals(
                Map.of("@type", "type.googleapis.com/google.protobuf.Timestamp", "value", Instant.ofEpochSecond(1)),
                value(date));
        Any unknown = Any.newBuilder()
                .setTypeUrl("x/y.Z")
                .setValue(ByteString.copyFromUtf8("?"))
                .build();
        Map<?, ?> object = object(unknown);
        assertArrayEquals(new byte[] {'?'}, assertInstanceOf(byte[].class, object.get("value")));
        assertEquals(unknown, made(Map.of("any", object)).getAny());
    }

    // ---- limits

    private static New nested(int levels) {
        New message = New.getDefaultInstance();
        for (int i = 1; i < levels; i++) {
            message = New.newBuilder().setWithin(message).build();
        }
        return message;
    }

    @Test
    void messages_nest_as_deep_as_the_limit_and_no_deeper() {
        limits = Limits.DEFAULT.withDepth(5);
        // The lists of the innermost are a level, too.
        Object fits = value(nested(4));
        assertEquals(nested(4), New.newBuilder().mergeFrom(made(cast(fits))).build());
        Failure failure = assertThrows(Failure.class, () -> value(nested(5)));
        assertEquals(Failure.Kind.OVERLOADED, failure.kind());
        limits = Limits.DEFAULT;
        Object deep = value(nested(5));
        limits = Limits.DEFAULT.withDepth(5);
        assertEquals(
                Failure.Kind.OVERLOADED,
                assertThrows(Failure.class, () -> made(cast(deep))).kind());
    }

    @SuppressWarnings("unchecked") // objects have names
    private static Map<String, Object> cast(@Nullable Object value) {
        return (Map<String, Object>) Objects.requireNonNull(value);
    }

    @Test
    void messages_are_made_of_as_many_values_as_the_limit_and_no_more() {
        Map<String, Object> five = Map.of("bools", List.of(true, true, true, true));
        limits = Limits.DEFAULT.withValues(5);
        assertEquals(4, made(five).getBoolsCount());
        limits = Limits.DEFAULT.withValues(4);
        Failure failure = assertThrows(Failure.class, () -> made(five));
        assertEquals(Failure.Kind.OVERLOADED, failure.kind());
    }

    @Test
    void texts_and_bytes_have_as_many_bytes_as_the_limit_and_no_more() {
        Map<String, Object> six = Map.of("aString", "abc", "someBytes", new byte[3]);
        limits = Limits.DEFAULT.withBytes(6);
        assertEquals("abc", made(six).getAString());
        limits = Limits.DEFAULT.withBytes(5);
        assertEquals(
                Failure.Kind.OVERLOADED,
                assertThrows(Failure.class, () -> made(six)).kind());
    }
}
