package dev.capstan.net;

import dev.capstan.async.Address;
import dev.capstan.async.ByteStream;
import dev.capstan.async.Completer;
import dev.capstan.async.Promise;
import java.io.IOException;
import java.net.SocketAddress;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** An attempt to connect: tries the addresses of a name one after the other, each for a limited time. */
final class Connecting implements Watched.Ready {
    private final NettyNetwork network;
    private final Address to;
    private final Iterator<SocketAddress> addresses;
    private final Completer<ByteStream> completer;
    private @Nullable SocketAddress trying;
    private @Nullable Wire wire;
    private Promise.Cancelable alarm = () -> {};
    private @Nullable IOException firstFailure;
    private boolean over;

    Connecting(NettyNetwork network, Address to, List<SocketAddress> addresses, Completer<ByteStream> completer) {
        this.network = network;
        this.to = to;
        this.addresses = addresses.iterator();
        this.completer = completer;
        completer.onCancel(this::giveUp);
    }

    void next() {
        if (!addresses.hasNext()) {
            over = true;
            completer.fail(
                    firstFailure != null
                            ? firstFailure
                            : SocketTexts.connect(to, null, new IOException("the name has no address")));
            return;
        }
        SocketAddress address = addresses.next();
        trying = address;
        try {
            Wire made = network.wire(address);
            wire = made;
            made.onReady(this);
            if (made.connect(address)) {
                connected(made);
                return;
            }
            made.interest(false, true);
            alarm = network.loop()
                    .timer()
                    .after(network.limits().connectTimeout())
                    .listen(network.loop(), (v, e) -> {
                        if (!over) {
                            failed(new IOException(
                                    "no answer within " + network.limits().connectTimeout()));
                        }
                    });
        } catch (IOException | RuntimeException e) {
            failed(e);
        }
    }

    @Override
    public void ready(boolean readable, boolean writable, boolean hungUp) {
        Wire made = wire;
        if (made == null || over) {
            return;
        }
        try {
            if (made.finishConnect()) {
                connected(made);
            }
        } catch (IOException | RuntimeException e) {
            failed(e);
        }
    }

    private void connected(Wire made) throws IOException {
        // Nothing is wanted until somebody starts the stream; a connected socket would always be writable.
        made.interest(false, false);
        alarm.cancel();
        over = true;
        wire = null;
        completer.complete(network.connected(made));
    }

    private void failed(Exception cause) {
        drop();
        IOException failure = SocketTexts.connect(to, trying, cause);
        if (firstFailure == null) {
            firstFailure = failure;
        } else {
            firstFailure.addSuppressed(failure);
        }
        next();
    }

    private void drop() {
        alarm.cancel();
        Wire made = wire;
        wire = null;
        if (made != null) {
            made.dispose();
        }
    }

    private void giveUp() {
        if (!over) {
            over = true;
            drop();
        }
    }

    @Override
    public void loopClosed() {
        if (!over) {
            over = true;
            drop();
            completer.fail(SocketTexts.connect(to, trying, new IOException("the loop is closing")));
        }
    }
}
