package dev.capstan.capnp.json;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.capstan.capnp.AnyPointer;
import dev.capstan.capnp.MessageBuilder;
import dev.capstan.capnp.dynamic.DynamicStruct;
import dev.capstan.capnp.dynamic.SchemaLoader;
import dev.capstan.capnp.dynamic.StructSchema;
import dev.capstan.capnp.json.fixture.TestAllTypes;
import dev.capstan.capnp.json.fixture.TestJsonAnnotations;
import dev.capstan.capnp.json.fixture.TestMore;
import dev.capstan.capnp.json.fixture.TestUnnamedUnion;
import dev.capstan.capnp.json.schema.Value;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Random messages come back as they were, whatever the options and the way. */
class RoundTripTest {
    private static final int MESSAGES =
            Integer.getInteger("capstan.json.messages", Boolean.getBoolean("capstan.quick") ? 300 : 2_000);
    private static final long SEED = Long.getLong("capstan.json.seed", 20261121);

    private final SchemaLoader loader = new SchemaLoader();
    private final List<StructSchema> types = Stream.of(
                    TestAllTypes.TYPE, TestMore.TYPE, TestUnnamedUnion.TYPE, TestJsonAnnotations.TYPE)
            .map(loader::load)
            .toList();
    private final List<JsonCodec> codecs = List.of(
            JsonCodec.builder(loader).build(),
            JsonCodec.builder(loader).annotations().rejectUnknownFields().build(),
            JsonCodec.builder(loader).annotations().pretty().longsAsNumbers().build(),
            JsonCodec.builder(loader)
                    .omitDefaults()
                    .pretty()
                    .rejectUnknownFields()
                    .build(),
            JsonCodec.builder(loader).annotations().omitDefaults().build());

    @Test
    void random_messages_come_back_from_text_and_from_the_struct_form() {
        for (int i = 0; i < MESSAGES; i++) {
            long seed = SEED + i;
            try {
                round(new Random(seed), types.get(i % types.size()), codecs.get(i / types.size() % codecs.size()));
            } catch (RuntimeException | Error e) {
                throw new AssertionError("-Dcapstan.json.seed=" + seed, e);
            }
        }
    }

    private void round(Random random, StructSchema type, JsonCodec codec) {
        MessageBuilder message = new MessageBuilder();
        DynamicStruct.Builder root = message.initRoot(type.structType());
        new RandomContent(random, true).fill(root);
        AnyPointer.Reader expected = message.asReader();

        String text = codec.encode(root.asReader());
        MessageBuilder decoded = new MessageBuilder();
        DynamicStruct.Builder again = decoded.initRoot(type.structType());
        codec.decode(text.getBytes(StandardCharsets.UTF_8), again);
        assertEquals(text, codec.encode(again.asReader()));
        assertTrue(expected.contentEquals(decoded.asReader()), text);

        // 64 bits as numbers do not fit the struct form, whose numbers are floats.
        JsonCodec exact = codec == codecs.get(2) ? codecs.get(1) : codec;
        Value.Builder value = new MessageBuilder().initRoot(Value.TYPE);
        exact.encode(root.asReader(), type, value);
        MessageBuilder fromValue = new MessageBuilder();
        exact.decode(Value.TYPE.asReader(value), fromValue.initRoot(type.structType()));
        assertTrue(expected.contentEquals(fromValue.asReader()), text);
    }
}
