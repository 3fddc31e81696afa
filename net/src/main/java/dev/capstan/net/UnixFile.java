package dev.capstan.net;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.ConnectException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The file that a listening Unix socket makes, which the system does not remove with it. */
final class UnixFile {
    private static final Logger LOG = System.getLogger(UnixFile.class.getName());

    private final Path path;
    private final @Nullable Object key;

    private UnixFile(Path path, @Nullable Object key) {
        this.path = path;
        this.key = key;
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

    /** Removes a socket file on which nobody listens. True if that was done, so that binding may be tried again. */
    static boolean removeStale(UnixDomainSocketAddress address) {
        Path path = address.getPath();
        try {
            boolean special = Files.exists(path, LinkOption.NOFOLLOW_LINKS)
                    && Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
                            .isOther();
            if (!special || isServed(address)) {
                return false;
            }
            return Files.deleteIfExists(path);
        } catch (IOException e) {
            LOG.log(Level.DEBUG, "whether a socket file is in use cannot be told", e);
            return false;
        }
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
