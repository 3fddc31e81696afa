package dev.capstan.capnp.json;

import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import dev.capstan.capnp.MessageBuilder;
import dev.capstan.capnp.dynamic.DynamicStruct;
import dev.capstan.capnp.dynamic.SchemaLoader;
import dev.capstan.capnp.dynamic.StructSchema;
import dev.capstan.capnp.json.fixture.TestAllTypes;
import dev.capstan.capnp.json.fixture.TestJsonAnnotations;
import dev.capstan.capnp.json.fixture.TestMore;
import dev.capstan.capnp.json.schema.Value;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Valid texts that were changed at random are read or refused with a {@link JsonException}, and what that allocates is bounded by their size. Every
 * failure names its seed.
 */
class JsonMutationTest {
    private static final int MUTATIONS =
            Integer.getInteger("capstan.json.mutations", Boolean.getBoolean("capstan.quick") ? 3_000 : 20_000);
    private static final long SEED = Long.getLong("capstan.json.seed", 20261121);
    private static final int TEXTS_PER_TYPE = 20;
    private static final int BYTES_PER_BYTE = 16;
    /** Code that is not compiled yet, exceptions, and what an empty message takes. */
    private static final long SLACK_BYTES = 1 << 20;

    private static final String SYNTAX = "{}[]\",:-+.0123456789eEntrufals\\u/ \n";
    private static final String[] PIECES = {
        "{}",
        "[]",
        "[[",
        "]]",
        "\"\"",
        "null",
        "true",
        "false",
        "-1",
        "1e999",
        "-0",
        "1e400",
        "123456789012345678901234567890",
        "0.5",
        "\"\\ud800\"",
        "\"\\udc00\\ud800\"",
        "\ud83d",
        "\\u0000",
        "\"a\":1,",
        "{\"type\":\"x\"}",
        "\u0000",
        "\ufeff",
        "[[[[[[[[[[[[[[[[",
        "{\"a\":{\"a\":{\"a\":",
        "\"bar\"",
        "\"union-type\":\"foo\",",
        "/**/",
        "NaN"
    };

    private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private final SchemaLoader loader = new SchemaLoader();
    private final List<StructSchema> types = Stream.of(TestAllTypes.TYPE, TestMore.TYPE, TestJsonAnnotations.TYPE)
            .map(loader::load)
            .toList();
    private final List<JsonCodec> codecs = List.of(
            JsonCodec.builder(loader).build(),
            JsonCodec.builder(loader).annotations().rejectUnknownFields().build());
    private int perByte = BYTES_PER_BYTE;
    private int read;
    private int refused;

    private record Sample(StructSchema type, String text) {}

    @Test
    void mutated_texts_are_read_or_refused_within_bounds() {
        List<Sample> samples = new ArrayList<>();
        Random content = new Random(SEED);
        for (int i = 0; i < TEXTS_PER_TYPE; i++) {
            for (StructSchema type : types) {
                for (JsonCodec codec : codecs) {
                    DynamicStruct.Builder root = new MessageBuilder().initRoot(type.structType());
                    new RandomContent(content, true).fill(root);
                    samples.add(new Sample(type, codec.encode(root.asReader())));
                }
            }
        }
        for (int i = 0; i < MUTATIONS; i++) {
            long seed = SEED + i;
            Random random = new Random(seed);
            Sample sample = samples.get(random.nextInt(samples.size()));
            String text = mutate(sample.text, random);
            try {
                use(text, sample.type, codecs.get(random.nextInt(codecs.size())));
            } catch (RuntimeException | Error e) {
                throw new AssertionError("-Dcapstan.json.seed=" + seed + ": " + text, e);
            }
        }
        String counts = read + " read, " + refused + " refused";
        assertTrue(read > MUTATIONS / 20 && refused > MUTATIONS / 4, counts);
    }

    private static String mutate(String original, Random random) {
        StringBuilder text = new StringBuilder(original);
        for (int i = 1 + random.nextInt(3); i > 0 && !text.isEmpty(); i--) {
            int at = random.nextInt(text.length());
            int end = Math.min(text.length(), at + 1 + random.nextInt(8));
            switch (random.nextInt(6)) {
                case 0 -> text.setCharAt(at, SYNTAX.charAt(random.nextInt(SYNTAX.length())));
                case 1 -> text.insert(at, PIECES[random.nextInt(PIECES.length)]);
                case 2 -> text.replace(at, end, PIECES[random.nextInt(PIECES.length)]);
                case 3 -> text.delete(at, end);
                case 4 -> text.insert(at, original, at % original.length(), original.length());
                default -> text.setLength(random.nextInt(4) == 0 ? at : text.length());
            }
        }
        return text.toString();
    }

    private void use(String text, StructSchema type, JsonCodec codec) {
        bounded(text, t -> codec.decode(t, new MessageBuilder().initRoot(type.structType())));
        bounded(text, t -> {
            Value.Builder value = new MessageBuilder().initRoot(Value.TYPE);
            codec.decodeRaw(t, value);
            codec.decodeRaw(codec.encodeRaw(Value.TYPE.asReader(value)), new MessageBuilder().initRoot(Value.TYPE));
        });
    }

    private void bounded(String text, Consumer<String> use) {
        long before = threads.getCurrentThreadAllocatedBytes();
        try {
            use.accept(text);
            read++;
        } catch (JsonException e) {
            refused++;
            assertTrue(e.line() > 0 && e.column() > 0, e.getMessage());
        }
        long spent = threads.getCurrentThreadAllocatedBytes() - before;
        long allowed = (long) perByte * text.length() + SLACK_BYTES;
        assertTrue(
                spent <= allowed,
                () -> spent + " bytes for a text of " + text.length() + ": "
                        + text.substring(0, Math.min(40, text.length())));
    }

    @Test
    void large_texts_of_small_things_are_bounded_too() {
        int size = 1 << 18;
        StructSchema all = loader.load(TestAllTypes.TYPE);
        decode(all, "{\"boolList\":[" + "true,".repeat(size) + "true]}");
        decode(all, "{\"int8List\":[" + "0,".repeat(size) + "0]}");
        decode(all, "{\"dataField\":[" + "0,".repeat(size) + "0]}");
        decode(all, "{\"float32List\":[" + "1,".repeat(size) + "1]}");
        decode(all, "{\"float64List\":[" + "1,".repeat(size) + "1]}");
        decode(all, "{\"uInt64List\":[" + "0,".repeat(size) + "0]}");
        decode(all, "{\"enumList\":[" + "0,".repeat(size) + "0]}");
        decode(all, "{\"float64List\":[" + "1.5,".repeat(size) + "1]}");
        decode(all, "{\"unknown\":[" + "0,".repeat(size) + "0]}");
        decode(all, "{\"unknown\":[" + "[],".repeat(size) + "{}]}");
        decode(all, "{\"unknown\":[" + "\"\",".repeat(size) + "{}]}");
        StringBuilder names = new StringBuilder("{");
        for (int i = 0; i < size; i++) {
            names.append('"').append(Integer.toString(i, 36)).append("\":0,");
        }
        decode(all, names + "\"last\":0}");
        decode(all, " ".repeat(size) + "{\"textField\":\"" + "\\u0041".repeat(size) + "\"}");
    }

    /** Each list or struct of its own is opened as an object, which is garbage at once, but counts. */
    @Test
    void large_texts_of_empty_lists_and_structs_are_bounded_by_more() {
        int size = 1 << 16;
        StructSchema more = loader.load(TestMore.TYPE);
        perByte = 64;
        decode(more, "{\"numbers\":[" + "[],".repeat(size) + "[]]}");
        perByte = 96;
        decode(more, "{\"unions\":[" + "{},".repeat(size) + "{}]}");
    }

    private void decode(StructSchema type, String text) {
        Consumer<String> use = t -> codecs.get(0).decode(t, new MessageBuilder().initRoot(type.structType()));
        // Code that is not compiled yet allocates what later is only named: iterators, boxes.
        for (int i = 0; i < 5; i++) {
            use.accept(text);
        }
        bounded(text, use);
        assertTrue(refused == 0, text.substring(0, 30));
    }
}
