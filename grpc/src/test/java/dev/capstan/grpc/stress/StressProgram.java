package dev.capstan.grpc.stress;

import dev.capstan.grpc.ServerKind;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** Everything under load, twice or more, and what the process has more of afterwards than after the first time. */
final class StressProgram {
    private StressProgram() {}

    public static void main(String[] arguments) throws Exception {
        ServerKind kind = ServerKind.valueOf(arguments[0]);
        int rounds = Integer.parseInt(arguments[1]);
        if (arguments.length > 2) {
            leak();
        }
        round(kind, 0);
        awaitSockets(0);
        long heap = usedHeap();
        long rss = residentKiB();
        for (int i = 1; i <= rounds; i++) {
            round(kind, i);
        }
        awaitSockets(0);
        System.out.println("HEAP_GROWTH_KIB " + (usedHeap() - heap) / 1024);
        System.out.println("RSS_GROWTH_KIB " + (residentKiB() - rss));
        System.out.println("DONE 1");
        System.exit(0);
    }

    private static void round(ServerKind kind, int seed) throws Exception {
        try (Load load = new Load(kind)) {
            load.mixed();
        }
        try (Load load = new Load(kind)) {
            load.storm(seed);
        }
        try (Load load = new Load(kind)) {
            load.slowServer(1_024);
            load.slowClient(1_024);
        }
        try (Load load = new Load(kind)) {
            var failures = load.drain(500);
            Load.check(failures.isEmpty(), failures.toString());
        }
        usedHeap(); // Collected, so that the detector of leaks sees what nobody has any more,
        ByteBuf buffer = PooledByteBufAllocator.DEFAULT.directBuffer(); // and reports it with the next one.
        buffer.release();
    }

    /** Buffers that nobody releases. */
    private static void leak() {
        for (int i = 0; i < 100; i++) {
            PooledByteBufAllocator.DEFAULT.directBuffer(64).writeByte(i);
        }
    }

    static long usedHeap() {
        for (int i = 0; i < 3; i++) {
            System.gc();
        }
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }

    static long residentKiB() {
        try (Stream<String> lines = Files.lines(Path.of("/proc/self/status"))) {
            return lines.filter(line -> line.startsWith("VmRSS:"))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                    .findFirst()
                    .orElseThrow();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Returns when there are no more than {@code most}; the system closes them when it does, and tells nobody. */
    static void awaitSockets(long most) throws InterruptedException {
        for (int i = 0; i < 6_000 && sockets() > most; i++) {
            Thread.sleep(10);
        }
        Load.check(sockets() <= most, "there are more sockets than " + most);
    }

    static long sockets() {
        try (Stream<Path> all = Files.list(Path.of("/proc/self/fd"))) {
            return all.filter(StressProgram::isSocket).count();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static boolean isSocket(Path descriptor) {
        try {
            return Files.readSymbolicLink(descriptor).toString().startsWith("socket:");
        } catch (IOException e) {
            return false; // The descriptor with which the folder itself is read.
        }
    }
}
