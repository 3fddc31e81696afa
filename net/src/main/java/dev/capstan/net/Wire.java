package dev.capstan.net;

import dev.capstan.async.Address;
import java.io.IOException;
import java.net.SocketAddress;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/** One socket of the operating system, connected or about to be; non-blocking. */
interface Wire extends Watched {
    /** What to be told about. */
    void interest(boolean read, boolean write) throws IOException;

    /** Begins to connect; true if that is done already. */
    boolean connect(SocketAddress to) throws IOException;

    /** Goes on connecting; true when it is done. */
    boolean finishConnect() throws IOException;

    /** Reads into the chunk from its beginning: how many bytes, 0 if there are none now, -1 at the end of the stream. */
    int read(Chunk into) throws IOException;

    /** Writes what is in the chunk; how many bytes of it, 0 if the system takes none now. Does not move the chunk's marks. */
    int write(Chunk from) throws IOException;

    /** As {@link #write}, for several chunks in one call. */
    long write(ArrayDeque<Chunk> from) throws IOException;

    void shutdownOutput() throws IOException;

    /** What the system has to complain about, or null. */
    @Nullable
    IOException error();

    /** The other end, for texts. */
    String peer();

    /** The other end; null if the system does not say. A client of a Unix socket has no name: it counts as being where the socket is. */
    @Nullable
    Address address();

    /** Makes {@link #dispose} tell the peer that the connection broke, where the kind of socket can do that. */
    void abortive();
}
