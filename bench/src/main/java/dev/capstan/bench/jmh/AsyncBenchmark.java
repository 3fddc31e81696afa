package dev.capstan.bench.jmh;

import dev.capstan.async.Completer;
import dev.capstan.async.Loop;
import dev.capstan.async.Promise;
import dev.capstan.async.SimLoop;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** Promise chains and the loop's queue. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(2)
@Warmup(iterations = 5, time = 300, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 8, time = 300, timeUnit = TimeUnit.MILLISECONDS)
public class AsyncBenchmark {
    private final SimLoop sim = new SimLoop();
    private final Loop loop = sim.loop();

    /** A source, four functions, a consumer, one drive of the loop. */
    @Benchmark
    public int chainOfFour() {
        Completer<Integer> completer = new Completer<>(loop);
        Promise<Integer> end = completer
                .promise()
                .map(x -> x + 1)
                .map(x -> x + 1)
                .map(x -> x + 1)
                .map(x -> x + 1);
        completer.complete(1);
        return sim.await(end);
    }

    /** The same of the JDK, for comparison. */
    @Benchmark
    public int chainOfFourCompletableFuture() {
        CompletableFuture<Integer> source = new CompletableFuture<>();
        CompletableFuture<Integer> end = source.thenApply(x -> x + 1)
                .thenApply(x -> x + 1)
                .thenApply(x -> x + 1)
                .thenApply(x -> x + 1);
        source.complete(1);
        return end.join();
    }

    /** A chain of four that is cancelled from its end. */
    @Benchmark
    public boolean cancelChainOfFour() {
        Completer<Integer> completer = new Completer<>(loop);
        Promise<Integer> end = completer
                .promise()
                .map(x -> x + 1)
                .map(x -> x + 1)
                .map(x -> x + 1)
                .map(x -> x + 1);
        end.cancel();
        return completer.isPending();
    }

    /** One slot in the loop's queue. */
    @Benchmark
    public void pause() {
        sim.await(loop.pause());
    }
}
