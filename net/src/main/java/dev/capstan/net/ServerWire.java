package dev.capstan.net;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** A listening socket of the operating system; non-blocking. */
interface ServerWire extends Watched {
    void interest(boolean accept) throws IOException;

    /** The next connection, or null if there is none now. */
    @Nullable
    Wire accept() throws IOException;

    /** The port it listens on; -1 if it has none. */
    int port();
}
