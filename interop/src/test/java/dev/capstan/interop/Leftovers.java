package dev.capstan.interop;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What connections could leave behind in this process: descriptors (sockets, epoll, events, timers) and the threads of loops. Two values are equal if
 * the numbers of each kind are.
 *
 * @param descriptors number of each kind
 * @param loops names of the threads that the tests' loops run on
 */
record Leftovers(Map<String, Long> descriptors, List<String> loops) {
    static {
        // The JDK opens one socket with its first channel and keeps it for good.
        try {
            SocketChannel.open().close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What is there now. */
    static Leftovers now() {
        try (Stream<Path> all = Files.list(Path.of("/proc/self/fd"))) {
            return new Leftovers(
                    all.map(Leftovers::kind)
                            .filter(kind -> !kind.isEmpty())
                            .collect(Collectors.groupingBy(Function.identity(), Collectors.counting())),
                    Thread.getAllStackTraces().keySet().stream()
                            .map(Thread::getName)
                            .filter(name -> name.startsWith("interop-"))
                            .sorted()
                            .toList());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String kind(Path descriptor) {
        try {
            String target = Files.readSymbolicLink(descriptor).toString();
            if (target.startsWith("socket:")) {
                return "socket";
            }
            return target.startsWith("anon_inode:") ? target : "";
        } catch (IOException e) {
            return ""; // The descriptor with which the folder itself is read.
        }
    }

    /** How many times the calling thread has asked the kernel to write, by its own account. */
    static long writesOfThisThread() {
        try {
            return Files.readAllLines(Path.of("/proc/thread-self/io")).stream()
                    .filter(line -> line.startsWith("syscw: "))
                    .mapToLong(line -> Long.parseLong(line.substring("syscw: ".length())))
                    .sum();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
