package dev.capstan.net;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.capstan.async.Address;
import dev.capstan.testkit.ByteReceiver;
import java.io.IOException;
import java.net.SocketAddress;
import java.net.SocketException;
import java.util.ArrayDeque;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** A stream over an operating system that says what a real one says too rarely to wait for. */
final class SocketStreamTest {
    @Test
    void bytes_that_were_handed_over_are_drained_even_if_the_peer_is_gone_before_the_end_can_be_told()
            throws Exception {
        try (NetLoop net = NetLoop.open("net-test", Transport.NIO)) {
            WireWithoutPeer wire = new WireWithoutPeer();
            CompletableFuture<Boolean> drained = new CompletableFuture<>();
            net.loop().post(() -> {
                SocketStream stream = new SocketStream((NettyNetwork) net.network(), wire);
                stream.start(new ByteReceiver());
                stream.write(new byte[] {1, 2, 3}, 0, 3);
                stream.end();
                stream.drained().listen(net.loop(), (done, failure) -> drained.complete(failure == null));
            });

            assertTrue(drained.get(30, TimeUnit.SECONDS));
            assertEquals(3, wire.taken);
        }
    }

    /** Takes what is written; then finds that the peer had left before. */
    private static final class WireWithoutPeer implements Wire {
        private int taken;

        @Override
        public int write(Chunk from) {
            taken += from.length();
            return from.length();
        }

        @Override
        public long write(ArrayDeque<Chunk> from) {
            int count = 0;
            for (Chunk each : from) {
                count += write(each);
            }
            return count;
        }

        @Override
        public void shutdownOutput() throws IOException {
            throw new SocketException("Transport endpoint is not connected");
        }

        @Override
        public @Nullable Address address() {
            return null;
        }

        @Override
        public int read(Chunk into) {
            return -1;
        }

        @Override
        public void interest(boolean read, boolean write) {}

        @Override
        public boolean connect(SocketAddress to) {
            return true;
        }

        @Override
        public boolean finishConnect() {
            return true;
        }

        @Override
        public @Nullable IOException error() {
            return null;
        }

        @Override
        public String peer() {
            return "nobody";
        }

        @Override
        public void abortive() {}

        @Override
        public void onReady(Ready ready) {}

        @Override
        public void deregister() {}

        @Override
        public void dispose() {}
    }
}
