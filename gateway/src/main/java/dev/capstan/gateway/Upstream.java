package dev.capstan.gateway;

import dev.capstan.async.Address;
import dev.capstan.async.Completer;
import dev.capstan.async.Loop;
import dev.capstan.async.Network;
import dev.capstan.async.Promise;
import dev.capstan.cap.Cap;
import dev.capstan.cap.Failure;
import dev.capstan.capnp.rpc.Peer;
import dev.capstan.capnp.rpc.Vat;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The Cap'n Proto server behind a gateway: one connection for all visitors, so that what one of them is given can be passed to another. When it is lost, the next visitor makes a new one.
 *
 * <p>Used on the thread of its loop; owns its connection.
 */
final class Upstream implements AutoCloseable {
    private final Loop loop;
    private final Vat vat;
    private final Network network;
    private final Address to;
    private @Nullable Peer peer;
    private final List<Completer<Cap>> waiting = new ArrayList<>();

    Upstream(Loop loop, Network network, Address to) {
        this.loop = loop;
        this.vat = Vat.on(loop).build();
        this.network = network;
        this.to = to;
    }

    /** The server's bootstrap object; the receiver owns it. Fails as DISCONNECTED if the server cannot be reached. */
    Promise<Cap> bootstrap() {
        Peer known = peer;
        if (known != null) {
            return Promise.of(known.bootstrap());
        }
        Completer<Cap> completer = new Completer<>(loop);
        waiting.add(completer);
        if (waiting.size() == 1) {
            vat.connect(network, to).listen(loop, this::connected);
        }
        return completer.promise();
    }

    private void connected(@Nullable Peer made, @Nullable Throwable cause) {
        List<Completer<Cap>> all = List.copyOf(waiting);
        waiting.clear();
        if (made == null) {
            Failure failure = Failure.disconnected("no Cap'n Proto server at " + to
                    + (cause == null ? "" : ": " + Failure.of(cause).reason()));
            all.forEach(each -> each.fail(failure));
            return;
        }
        peer = made;
        made.onDisconnect().listen(loop, (done, why) -> {
            if (made.equals(peer)) {
                peer = null;
            }
        });
        all.forEach(each -> each.complete(made.bootstrap()));
    }

    @Override
    public void close() {
        vat.close();
    }
}
