package dev.capstan.capnweb;

import dev.capstan.cap.BrokenCap;
import dev.capstan.cap.Cap;
import dev.capstan.cap.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** Messages of Cap'n Web from bytes to values and back, without a session. Stands in this package because the codec is nobody else's business. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(3)
@Warmup(iterations = 4, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 5, time = 300, timeUnit = TimeUnit.MILLISECONDS)
public class CodecBenchmark {
    private static final String CALL = "[\"push\",[\"pipeline\",0,[\"square\"],[7]]]";

    /** A small call; 100 records with 8 members each; 64 KiB of bytes; 64 strings of 1 KiB, some beyond ASCII. */
    @Param({"call", "tree", "bytes", "strings"})
    private String content = "";

    private final Json json = new Json(Limits.DEFAULT);
    private final Decoder decoder = new Decoder(Limits.DEFAULT, new Names());
    private final JsonWriter out = new JsonWriter(1 << 10);
    private final Encoder encoder = new Encoder(out, Limits.DEFAULT, new Unsendable(), Compat.V0_12);
    private @Nullable Object value;
    private byte[] message = {};

    /** As the parameter says. */
    @Setup
    public void prepare() {
        value = switch (content) {
            case "call" -> List.of(7L);
            case "tree" -> records();
            case "bytes" -> new byte[1 << 16];
            default -> strings();
        };
        message = content.equals("call") ? CALL.getBytes(java.nio.charset.StandardCharsets.UTF_8) : encoded();
    }

    private static Object records() {
        List<Object> records = new ArrayList<>();
        for (long i = 0; i < 100; i++) {
            Map<String, @Nullable Object> members = new LinkedHashMap<>();
            members.put("id", 1_000_000 + i);
            members.put("name", "somebody with number " + i);
            members.put("price", i + 0.25);
            members.put("active", i % 2 == 0);
            members.put("parent", null);
            members.put("tags", List.of("red", "green", "blue"));
            members.put("position", Map.of("x", i, "y", -i));
            members.put("note", "a \"quoted\" text\nof two lines");
            records.add(members);
        }
        return records;
    }

    private static Object strings() {
        List<Object> strings = new ArrayList<>();
        for (int i = 0; i < 64; i++) {
            strings.add((i % 8 == 0 ? "gr\u00fc\u00dfe " : "abcdefg ").repeat(128));
        }
        return strings;
    }

    private byte[] encoded() {
        encode();
        return out.toByteArray();
    }

    /** From bytes to a value; of the call, to its target, path and arguments. */
    @Benchmark
    public @Nullable Object decode() {
        Object tree = json.parse(message, 0, message.length);
        return decoder.value(content.equals("call") ? ((List<?>) tree).get(1) : tree);
    }

    /** From a value, for the call its arguments, to bytes. */
    @Benchmark
    public int encode() {
        out.clear();
        encoder.value(value);
        return out.size();
    }

    /** Stands for the session: what is called is not there. */
    private static final class Names implements Incoming {
        private final Cap nothing = BrokenCap.because("this is a benchmark");

        @Override
        public Cap export(long id) {
            return nothing;
        }

        @Override
        public Object promise(long id) {
            return nothing;
        }

        @Override
        public Object writable(long id) {
            return nothing;
        }

        @Override
        public Object readable(long id) {
            return nothing;
        }

        @Override
        public Object imported(long id, Path.Names path, @Nullable List<@Nullable Object> args) {
            return nothing;
        }

        @Override
        public Object pipelined(long id, Path.Names path, @Nullable List<@Nullable Object> args) {
            return nothing;
        }

        @Override
        public Object remap(
                long id, Path.Names path, List<@Nullable Object> captures, List<@Nullable Object> instructions) {
            return nothing;
        }

        @Override
        public Object blob(String type, Object stream) {
            return nothing;
        }

        @Override
        public void dropped(@Nullable Object dropped) {
            // Nothing here has to be released.
        }
    }
}
