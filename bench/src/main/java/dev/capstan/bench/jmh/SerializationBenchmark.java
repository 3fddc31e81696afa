package dev.capstan.bench.jmh;

import dev.capstan.bench.serialization.Exchange;
import java.io.IOException;
import java.lang.management.CompilationMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Requests and responses that are built, passed on and read, see {@link Exchange}. bench/peers/serialization.py runs this beside the C++ implementation. One fork is
 * no evidence: the same program can be several times slower in the next.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(5)
@Warmup(iterations = 4, time = 1)
@Measurement(iterations = 5, time = 500, timeUnit = TimeUnit.MILLISECONDS)
public class SerializationBenchmark {
    private static final int IDLE_ROUNDS = 4;
    private static final int MOST_ROUNDS = 50;
    private static final long IDLE_MILLIS = 10;
    private static final long ROUND_NANOS = 300_000_000;

    @Param({"carsales", "catrank", "eval"})
    private String workload = "";

    @Param({"object", "bytes", "packed"})
    private String mode = "";

    @Param({"false", "true"})
    private boolean reuse;

    private Exchange exchange = new Exchange("eval", "object", false);

    /** As the parameters say, and run in: until the compiler has had nothing to do for a while, since seconds of a machine that is shared mean little. */
    @Setup
    public void prepare() throws IOException {
        exchange = new Exchange(workload, mode, reuse);
        CompilationMXBean compiler = ManagementFactory.getCompilationMXBean();
        long compiled = -1;
        for (int round = 0, idleRounds = 0; round < MOST_ROUNDS && idleRounds < IDLE_ROUNDS; round++) {
            runIn();
            long compiledNow = compiler.getTotalCompilationTime();
            idleRounds = compiledNow - compiled <= IDLE_MILLIS ? idleRounds + 1 : 0;
            compiled = compiledNow;
        }
    }

    private void runIn() throws IOException {
        long end = Cpu.THREADS.getCurrentThreadCpuTime() + ROUND_NANOS;
        while (Cpu.THREADS.getCurrentThreadCpuTime() < end) {
            for (int i = 0; i < 16; i++) {
                exchange.once();
            }
        }
    }

    /** One request and its response. */
    @Benchmark
    public long exchange(Cpu cpu) throws IOException {
        cpu.exchanges++;
        return exchange.once();
    }

    /** What the thread used of its core, which says more than the clock where others want the core too. */
    @State(Scope.Thread)
    @AuxCounters(AuxCounters.Type.EVENTS)
    public static class Cpu {
        static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

        private long start;
        private long exchanges;

        /** Forgets what was before. */
        @Setup(Level.Iteration)
        public void start() {
            start = THREADS.getCurrentThreadCpuTime();
            exchanges = 0;
        }

        /** Nanoseconds an exchange. */
        public double cpu() {
            return (double) (THREADS.getCurrentThreadCpuTime() - start) / exchanges;
        }
    }
}
