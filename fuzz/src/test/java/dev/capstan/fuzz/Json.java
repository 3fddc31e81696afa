package dev.capstan.fuzz;

import dev.capstan.capnp.MessageBuilder;
import dev.capstan.capnp.dynamic.DynamicStruct;
import dev.capstan.capnp.dynamic.SchemaLoader;
import dev.capstan.capnp.dynamic.StructSchema;
import dev.capstan.capnp.json.JsonCodec;
import dev.capstan.capnp.json.JsonException;
import dev.capstan.capnp.json.fixture.TestJsonAnnotations;
import dev.capstan.capnp.json.schema.Value;
import dev.capstan.capnp.testfixture.TestAllTypes;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Operations of {@link Target#JSON}. */
final class Json {
    /** Each list or struct of two characters is opened as an object, which is garbage at once, but counts. */
    private static final Operation.Cost DECODING = new Operation.Cost(128, 1 << 20, 64, 1 << 13);

    /** All fields are printed by name, those of small structs too. */
    private static final Operation.Cost ENCODING = new Operation.Cost(8192, 4 << 20, 64, 1 << 13);

    static final List<Operation> OPERATIONS = List.of(
            new Operation("decode", Json::decode, DECODING),
            new Operation("decode with annotations", Json::decodeAnnotated, DECODING),
            new Operation("decode to a tree", Json::decodeRaw, DECODING),
            new Operation("encode what was decoded, and decode it again", Json::encode, ENCODING),
            new Operation("encode the tree, and decode it again", Json::encodeRaw, ENCODING));

    private static final SchemaLoader LOADER = new SchemaLoader();
    private static final StructSchema ALL = LOADER.load(TestAllTypes.TYPE);
    private static final StructSchema ANNOTATED = LOADER.load(TestJsonAnnotations.TYPE);
    private static final JsonCodec PLAIN = JsonCodec.builder(LOADER).build();
    private static final JsonCodec STRICT =
            JsonCodec.builder(LOADER).annotations().rejectUnknownFields().build();

    private Json() {}

    private static long decode(byte[] input) {
        return decode(PLAIN, input, struct(ALL));
    }

    private static long decodeAnnotated(byte[] input) {
        return decode(STRICT, input, struct(ANNOTATED));
    }

    private static DynamicStruct.Builder struct(StructSchema schema) {
        return new MessageBuilder().initRoot(schema.structType());
    }

    private static long decode(JsonCodec codec, byte[] input, DynamicStruct.Builder struct) {
        try {
            codec.decode(input, struct);
        } catch (JsonException e) {
            if (e.line() < 1 || e.column() < 1) {
                throw new AssertionError("an error without a place", e);
            }
        }
        return 1;
    }

    private static long encode(byte[] input) {
        DynamicStruct.Builder decoded = struct(ALL);
        decode(PLAIN, input, decoded);
        String text = PLAIN.encode(decoded.asReader());
        DynamicStruct.Builder again = struct(ALL);
        try {
            PLAIN.decode(text, again);
        } catch (JsonException e) {
            throw new AssertionError("what was encoded is refused: " + text, e);
        }
        if (!PLAIN.encode(again.asReader()).equals(text)) {
            throw new AssertionError("it is something else when it is read again: " + text);
        }
        return 1;
    }

    private static boolean decodesRaw(byte[] input, Value.Builder into) {
        try {
            PLAIN.decodeRaw(new String(input, StandardCharsets.UTF_8), into);
            return true;
        } catch (JsonException e) {
            return false;
        }
    }

    private static long decodeRaw(byte[] input) {
        decodesRaw(input, new MessageBuilder().initRoot(Value.TYPE));
        return 1;
    }

    private static long encodeRaw(byte[] input) {
        Value.Builder tree = new MessageBuilder().initRoot(Value.TYPE);
        if (!decodesRaw(input, tree)) {
            return 1;
        }
        String text = PLAIN.encodeRaw(tree.asReader());
        Value.Builder again = new MessageBuilder().initRoot(Value.TYPE);
        if (!decodesRaw(text.getBytes(StandardCharsets.UTF_8), again)
                || !tree.asReader().contentEquals(again.asReader())) {
            throw new AssertionError("it is something else when it is read again: " + text);
        }
        return 1;
    }
}
