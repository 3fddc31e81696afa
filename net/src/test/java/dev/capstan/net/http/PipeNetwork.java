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

    private boolean pauses = true;

    PipeNetwork(Loop loop) {
        this.loop = loop;
    }

    /** Its clients' streams deliver whatever has come, as a stream may that has read it already. */
    void neverPauses() {
        pauses = false;
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
        return Promise.of(pauses ? pipe.left() : new Eager(pipe.left()));
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

    /** A stream that has read everything already. */
    private record Eager(ByteStream to) implements ByteStream {
        @Override
        public void start(Receiver receiver) {
            to.start(receiver);
        }

        @Override
        public void pause() {
            // It may deliver what it has read.
        }

        @Override
        public void resume() {
            // It was not paused.
        }

        @Override
        public void write(byte[] array, int offset, int length) {
            to.write(array, offset, length);
        }

        @Override
        public long queuedBytes() {
            return to.queuedBytes();
        }

        @Override
        public Promise<Void> drained() {
            return to.drained();
        }

        @Override
        public void end() {
            to.end();
        }

        @Override
        public void abort(Throwable cause) {
            to.abort(cause);
        }
    }
}
