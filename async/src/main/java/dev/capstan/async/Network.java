package dev.capstan.async;

import java.util.function.Consumer;

/** Makes streams: of the operating system, or of a simulation. Belongs to one loop; every stream it makes lives there. */
public interface Network {
    /** A listening socket; closing it stops accepting and leaves accepted streams alone. */
    interface Listener extends AutoCloseable {
        /** Where it listens, with the port that the system chose. */
        Address address();

        @Override
        void close();
    }

    /** Connects. Fails with {@link java.io.IOException}; cancelling gives the attempt up. */
    Promise<ByteStream> connect(Address address);

    /** Listens; {@code onAccept} gets each stream, on the loop's thread, and owns it. Fails with {@link java.io.IOException} if the address cannot be had. */
    Promise<Listener> listen(Address address, Consumer<ByteStream> onAccept);
}
