package dev.capstan.bench.jmh;

import dev.capstan.async.SimLoop;
import dev.capstan.capnweb.Options;
import dev.capstan.capnweb.Stub;
import dev.capstan.capnweb.WebPeer;
import dev.capstan.capnweb.WebTarget;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.jspecify.annotations.NullMarked;
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
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** The codec of Cap'n Web at work: a value goes to the other session of a process as an argument, or comes as a result. Written once, read once, and the call around it. */
@NullMarked
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(3)
@Warmup(iterations = 4, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 5, time = 300, timeUnit = TimeUnit.MILLISECONDS)
public class WebValuesBenchmark {
    /** 100 records with 7 members each; 64 KiB of bytes; 64 strings of 1 KiB, some beyond ASCII. */
    @Param({"tree", "bytes", "strings"})
    private String content = "";

    private Object value = "";
    private final SimLoop sim = new SimLoop();
    private final WebTarget service =
            WebTarget.empty().method("take", arguments -> 1L).method("give", arguments -> value);
    private final WebPeer.Pair peers = WebPeer.pair(sim.loop(), null, service.on(sim.loop()), Options.DEFAULT);
    private final Stub api = Stub.of(sim.loop(), peers.left().main());

    /** As the parameter says. */
    @Setup
    public void prepare() {
        value = switch (content) {
            case "tree" -> records();
            case "bytes" -> new byte[1 << 16];
            default -> strings();
        };
    }

    /** Closes both sessions. */
    @TearDown
    public void close() {
        api.close();
        peers.left().close();
        peers.right().close();
        sim.poll();
    }

    private static Object records() {
        List<Object> records = new ArrayList<>();
        for (long i = 0; i < 100; i++) {
            Map<String, Object> members = new LinkedHashMap<>();
            members.put("id", 1_000_000 + i);
            members.put("name", "somebody with number " + i);
            members.put("price", i + 0.25);
            members.put("active", i % 2 == 0);
            members.put("tags", List.of("red", "green", "blue"));
            members.put("position", Map.of("x", i, "y", -i));
            members.put("note", "a \"quoted\" text\nof two lines");
            records.add(members);
        }
        return records;
    }

    private static Object strings() {
        return IntStream.range(0, 64)
                .<Object>mapToObj(i -> (i % 8 == 0 ? "gr\u00fc\u00dfe " : "abcdefg ").repeat(128))
                .toList();
    }

    /** As an argument. */
    @Benchmark
    public Object argument() {
        try (Stub result = api.call("take", value)) {
            return sim.await(result.value());
        }
    }

    /** As a result. */
    @Benchmark
    public Object result() {
        try (Stub result = api.call("give")) {
            return sim.await(result.value());
        }
    }
}
