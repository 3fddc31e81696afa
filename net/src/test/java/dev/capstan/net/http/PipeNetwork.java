package dev.capstan.net.http;

import dev.capstan.async.Address;
import dev.capstan.async.BytePipe;
import dev.capstan.async.ByteStream;
import dev.capstan.async.Loop;
import dev.capstan.async.Network;
import dev.capstan.async.Promise;
import java.io.IOException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A network of one server, in memory. */
final class PipeNetwork implements Network {
    private final Loop loop;
    private @Nullable Consumer<ByteStream> server;

    @Nullable
    Address connectedTo;

    PipeNetwork(Loop loop) {
        this.loop = loop;
    }

    /** Who gets the other end of each connection. */
    void serve(Consumer<ByteStream> by) {
        server = by;
    }

    @Override
    public Promise<ByteStream> connect(Address address) {
        connectedTo = address;
        Consumer<ByteStream> to = server;
        if (to == null) {
            return Promise.failed(new IOException("nobody listens"));
        }
        BytePipe pipe = new BytePipe(loop);
        to.accept(pipe.right());
        return Promise.of(pipe.left());
    }

    @Override
    public Promise<Listener> listen(Address address, Consumer<ByteStream> onAccept) {
        server = onAccept;
        return Promise.of(new Listener() {
            @Override
            public Address address() {
                return address;
            }

            @Override
            public void close() {
                server = null;
            }
        });
    }
}
