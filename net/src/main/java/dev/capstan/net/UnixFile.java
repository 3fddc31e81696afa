package dev.capstan.net;

import dev.capstan.async.Address;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.BindException;
import java.net.ConnectException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The file that a listening Unix socket makes, which the system does not remove with it. */
final class UnixFile {
    private static final Logger LOG = System.getLogger(UnixFile.class.getName());

    /** Of {@code sun_path}, less its zero. */
    private static final int LONGEST_PATH_BYTES = 107;

    private final Path path;
    private final @Nullable Object key;

    private UnixFile(Path path, @Nullable Object key) {
        this.path = path;
        this.key = key;
    }

    /** The address as the JDK has it; refuses what the system would cut off. */
    static UnixDomainSocketAddress address(Address.Unix address) throws IOException {
        int length = address.path().getBytes(StandardCharsets.UTF_8).length;
        if (length > LONGEST_PATH_BYTES) {
            throw new IOException("the path of " + address + " has " + length + " bytes, a Unix socket at most "
                    + LONGEST_PATH_BYTES + " bytes: choose a shorter one");
        }
        try {
            return UnixDomainSocketAddress.of(address.path());
        } catch (InvalidPathException e) {
            throw new IOException(address + " is no path of this system", e);
        }
    }

    /** The file of a socket that was bound a moment ago. */
    static UnixFile made(UnixDomainSocketAddress address) {
        Path path = address.getPath();
        try {
            return new UnixFile(path, keyOf(path));
        } catch (IOException e) {
            LOG.log(Level.DEBUG, "the socket file cannot be read, so it will be left behind", e);
            return new UnixFile(path, null);
        }
    }

    private static @Nullable Object keyOf(Path path) throws IOException {
        return Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
                .fileKey();
    }

    /** Removes the file, unless it is another one by now: a successor may have bound the same path. */
    void remove() {
        try {
            if (key != null && Files.exists(path, LinkOption.NOFOLLOW_LINKS) && Objects.equals(key, keyOf(path))) {
                Files.deleteIfExists(path);
            }
        } catch (IOException e) {
            LOG.log(Level.DEBUG, "the socket file stays behind", e);
        }
    }

    /**
     * Removes a socket file that a killed server has left behind; refuses a file that is something else or is being served. Asked before
     * binding, because Netty removes whatever file it finds.
     */
    static void makeRoom(UnixDomainSocketAddress address) throws IOException {
        Path path = address.getPath();
        if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        boolean special = Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
                .isOther();
        if (!special || isServed(address)) {
            throw new BindException("Address already in use");
        }
        Files.deleteIfExists(path);
    }

    private static boolean isServed(UnixDomainSocketAddress address) throws IOException {
        try (SocketChannel probe = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            probe.configureBlocking(false);
            probe.connect(address);
            return true;
        } catch (IOException e) {
            boolean refused = e instanceof ConnectException
                    || SocketTexts.reason(e).toLowerCase(Locale.ROOT).contains("refused");
            return !refused;
        }
    }
}
