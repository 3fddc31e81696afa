package dev.capstan.bench.jmh;

import dev.capstan.async.Promise;
import dev.capstan.async.SimLoop;
import dev.capstan.capnweb.Options;
import dev.capstan.capnweb.Stub;
import dev.capstan.capnweb.WebPeer;
import dev.capstan.capnweb.WebTarget;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** Calls of Cap'n Web between two sessions in one process, written and read as over any connection: both sides together, without a socket. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(3)
@Warmup(iterations = 4, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 5, time = 300, timeUnit = TimeUnit.MILLISECONDS)
public class WebBenchmark {
    private static final int CHAIN = 10;
    private static final long ELEMENTS = 100;

    private final SimLoop sim = new SimLoop();
    private final WebPeer.Pair peers = WebPeer.pair(sim.loop(), null, service().on(sim.loop()), Options.DEFAULT);
    private final Stub api = Stub.of(sim.loop(), peers.left().main());

    private static WebTarget service() {
        List<Object> list =
                List.copyOf(LongStream.rangeClosed(1, ELEMENTS).boxed().toList());
        return WebTarget.empty()
                .method("square", arguments -> (Long) arguments.getFirst() * (Long) arguments.getFirst())
                .method("add", arguments -> (Long) arguments.getFirst() + (Long) arguments.getLast())
                .method("list", arguments -> list);
    }

    /** Closes both sessions. */
    @TearDown
    public void close() {
        api.close();
        peers.left().close();
        peers.right().close();
        sim.poll();
    }

    /** One call and its result: push, pull, resolve, release. */
    @Benchmark
    public Object call() {
        try (Stub result = api.call("square", 7L)) {
            return await(result.value());
        }
    }

    /** Ten calls, each with the result of the one before. */
    @Benchmark
    public Object chain() {
        Stub last = api.call("add", 0L, 1L);
        for (int i = 1; i < CHAIN; i++) {
            try (Stub before = last) {
                last = api.call("add", before, 1L);
            }
        }
        try (Stub end = last) {
            return await(end.value());
        }
    }

    /** A call for each of 100 elements, in one message. */
    @Benchmark
    public Object map() {
        try (Stub list = api.call("list");
                Stub squares = list.map(element -> api.call("square", element))) {
            return await(squares.value());
        }
    }

    private Object await(Promise<Object> promise) {
        return sim.await(promise);
    }
}
