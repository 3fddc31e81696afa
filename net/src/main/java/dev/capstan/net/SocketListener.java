package dev.capstan.net;

import dev.capstan.async.Address;
import dev.capstan.async.ByteStream;
import dev.capstan.async.Network;
import dev.capstan.async.Promise;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.UnixDomainSocketAddress;
import java.time.Duration;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A listening socket. */
final class SocketListener implements Network.Listener, Watched.Ready {
    private static final Logger LOG = System.getLogger(SocketListener.class.getName());
    /** After a failure to accept, such as too many open files, which trying again at once would not mend. */
    private static final Duration PAUSE = Duration.ofSeconds(1);

    private final NettyNetwork network;
    private final ServerWire wire;
    private final Address address;
    private final Consumer<ByteStream> onAccept;
    private final @Nullable UnixFile file;
    private Promise.Cancelable pausing = () -> {};
    private boolean closed;

    SocketListener(NettyNetwork network, ServerWire wire, Address at, Consumer<ByteStream> onAccept) {
        this.network = network;
        this.wire = wire;
        this.onAccept = onAccept;
        this.address = at instanceof Address.Tcp(String host, int ignored) ? new Address.Tcp(host, wire.port()) : at;
        this.file = at instanceof Address.Unix(String path) ? UnixFile.made(UnixDomainSocketAddress.of(path)) : null;
    }

    void begin() throws IOException {
        wire.onReady(this);
        wire.interest(true);
    }

    @Override
    public Address address() {
        return address;
    }

    @Override
    public void ready(boolean readable, boolean writable, boolean hungUp) {
        try {
            for (int left = network.limits().acceptsPerWake(); left > 0 && !closed; left--) {
                Wire accepted = wire.accept();
                if (accepted == null) {
                    return;
                }
                hand(network.connected(accepted));
            }
        } catch (IOException | RuntimeException e) {
            rest(e);
        }
    }

    private void hand(SocketStream stream) {
        try {
            onAccept.accept(stream);
        } catch (RuntimeException e) {
            LOG.log(Level.ERROR, "what accepts connections on " + address + " threw; the connection is closed", e);
            stream.abort(e);
        }
    }

    private void rest(Exception cause) {
        LOG.log(Level.WARNING, "accepting on " + address + " failed; trying again in " + PAUSE, cause);
        askToAccept(false);
        pausing = network.loop().timer().after(PAUSE).listen(network.loop(), (v, e) -> askToAccept(true));
    }

    private void askToAccept(boolean wanted) {
        if (closed) {
            return;
        }
        try {
            wire.interest(wanted);
        } catch (IOException e) {
            LOG.log(Level.ERROR, "listening on " + address + " has ended", e);
            close();
        }
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            pausing.cancel();
            wire.dispose();
            if (file != null) {
                file.remove();
            }
            network.forget(this);
        }
    }

    @Override
    public void loopClosed() {
        close();
    }

    @Override
    public String toString() {
        return "listener on " + address;
    }
}
