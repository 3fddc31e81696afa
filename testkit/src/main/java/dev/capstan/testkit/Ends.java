package dev.capstan.testkit;

import dev.capstan.async.ByteStream;
import dev.capstan.async.Loop;
import dev.capstan.async.Promise;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Random;
import java.util.function.BooleanSupplier;

/** What the cases of {@link StreamContract} do with two ends of a stream and the loop that they live on. */
final class Ends {
    static final int MEGABYTE = 1 << 20;

    private final StreamContract contract;

    Ends(StreamContract contract) {
        this.contract = contract;
    }

    Loop loop() {
        return contract.loop();
    }

    StreamContract.Pair connect() {
        return contract.connect();
    }

    boolean abortIsToldApart() {
        return contract.abortIsToldApart();
    }

    /** Runs {@code step} inside a turn. */
    void turn(Runnable step) {
        loop().await(loop().pause().map(x -> {
            step.run();
            return true;
        }));
    }

    /** Runs some turns, as many as it takes for what was written to arrive if it is going to. */
    void turns() {
        for (int i = 0; i < 20; i++) {
            loop().poll();
        }
    }

    void until(BooleanSupplier condition) {
        long start = loop().timer().nanoTime();
        while (!condition.getAsBoolean()) {
            loop().await(loop().timer().after(Duration.ofMillis(1)));
            if (loop().timer().nanoTime() - start > 60_000_000_000L) {
                throw new AssertionError("waited a minute in vain");
            }
        }
    }

    void settled(Promise<?> promise) {
        loop().await(loop().timer().timeout(Duration.ofMinutes(1), promise));
    }

    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    static void write(ByteStream stream, String text) {
        write(stream, bytes(text));
    }

    static void write(ByteStream stream, byte[] bytes) {
        stream.write(bytes, 0, bytes.length);
    }

    /** The same numbers for each run. */
    static Random random(long seed) {
        return new Random(seed);
    }

    static byte[] noise(long seed, int length) {
        byte[] noise = new byte[length];
        random(seed).nextBytes(noise);
        return noise;
    }

    static IOException enough() {
        return new IOException("enough");
    }

    static ByteReceiver start(ByteStream stream) {
        ByteReceiver receiver = new ByteReceiver();
        stream.start(receiver);
        return receiver;
    }
}
