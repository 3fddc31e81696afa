package dev.capstan.interop.offenders.capnp;

import dev.capstan.interop.offenders.net.HidesNetty;
import java.io.IOException;
import java.net.Socket;
import java.nio.channels.SocketChannel;

/** A session that knows where its bytes come from. */
final class OpensSockets {
    Socket connect(String host) throws IOException {
        return new Socket(host, 1);
    }

    SocketChannel open() throws IOException {
        return SocketChannel.open();
    }

    boolean isOpen(HidesNetty connection) {
        return connection.isOpen();
    }
}
