package dev.capstan.bench.jmh;

import dev.capstan.bench.schema.Bench;
import dev.capstan.capnp.Limits;
import dev.capstan.capnp.MessageBuilder;
import dev.capstan.capnp.MessageReader;
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

/** Building and reading small messages. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(2)
@Warmup(iterations = 5, time = 300, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 8, time = 300, timeUnit = TimeUnit.MILLISECONDS)
public class StructBenchmark {
    private final byte[] frame = message().toByteArray();
    private final MessageBuilder reused = new MessageBuilder(8);
    private final Bench.AddParams.Reader reader =
            MessageReader.of(frame, 0, frame.length, Limits.DEFAULT).root(Bench.AddParams.TYPE);

    private static MessageBuilder message() {
        MessageBuilder message = new MessageBuilder(8);
        Bench.AddParams.Builder params = message.initRoot(Bench.AddParams.TYPE);
        params.setA(20);
        params.setB(22);
        return message;
    }

    /** Two fields of a struct that is at hand. */
    @Benchmark
    public long readFields() {
        return reader.getA() + reader.getB();
    }

    /** From the frame to two fields. */
    @Benchmark
    public long parseAndRead() {
        Bench.AddParams.Reader params =
                MessageReader.of(frame, 0, frame.length, Limits.DEFAULT).root(Bench.AddParams.TYPE);
        return params.getA() + params.getB();
    }

    /** A new message of two fields. */
    @Benchmark
    public MessageBuilder build() {
        return message();
    }

    /** The same in a builder that is used again: no garbage but the builder object, if that. */
    @Benchmark
    public long buildReused() {
        reused.reset();
        Bench.AddParams.Builder params = reused.initRoot(Bench.AddParams.TYPE);
        params.setA(20);
        params.setB(22);
        return reused.sizeWords();
    }
}
