package dev.capstan.net;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The descriptors of this process that a network could have left open: sockets, epoll, events, timers, pipes. */
public final class Descriptors {
    static {
        // The JDK opens one socket with its first channel and keeps it for good.
        try {
            SocketChannel.open().close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Descriptors() {}

    /** Number and kind of each. */
    public static Set<String> open() {
        try (Stream<Path> all = Files.list(Path.of("/proc/self/fd"))) {
            return all.map(Descriptors::describe)
                    .filter(text -> !text.isEmpty())
                    .collect(Collectors.toCollection(TreeSet::new));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String describe(Path fd) {
        try {
            String target = Files.readSymbolicLink(fd).toString();
            boolean ofInterest =
                    target.startsWith("socket:") || target.startsWith("anon_inode:") || target.startsWith("pipe:");
            return ofInterest ? fd.getFileName() + " " + target : "";
        } catch (IOException e) {
            return ""; // The descriptor with which the folder itself is read.
        }
    }
}
