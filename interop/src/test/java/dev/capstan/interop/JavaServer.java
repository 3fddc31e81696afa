package dev.capstan.interop;

import dev.capstan.async.Address;
import dev.capstan.async.ByteStream;
import dev.capstan.async.Network;
import dev.capstan.async.Promise;
import dev.capstan.cap.Target;
import dev.capstan.capnp.rpc.Peer;
import dev.capstan.capnp.rpc.Vat;
import dev.capstan.net.NetLoop;
import dev.capstan.net.Transport;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Assertions;

/** A vat in this process that serves a {@link ProbeServer} on a TCP port and a Unix socket, and knows every connection that it has had. */
final class JavaServer implements AutoCloseable {
    final NetLoop net;
    final Vat vat;
    private final ProbeServer probe;
    private final List<Peer> everybody = new ArrayList<>();
    private final Network.Listener tcp;
    private final Network.Listener unix;

    JavaServer(Transport transport, Target.Style style, Path unixSocket) {
        probe = new ProbeServer(style, () -> Assertions.fail("this server lives in the process of the test"));
        net = NetLoop.open("interop-server", transport);
        vat = Vat.on(net.loop()).serving(probe).build();
        tcp = net.network()
                .listen(new Address.Tcp("127.0.0.1", 0), this::accept)
                .await();
        unix = net.network()
                .listen(new Address.Unix(unixSocket.toString()), this::accept)
                .await();
    }

    private void accept(ByteStream stream) {
        everybody.add(vat.connect(stream));
    }

    Address tcp() {
        return tcp.address();
    }

    Address unix() {
        return unix.address();
    }

    /** Waits until nobody is connected, and what clients had is gone: no entry in any table, no object, no pending call, no alarm. */
    void assertNothingLeft() {
        Eventually.nothingLeft(net.loop(), () -> {
            List<String> left = probe.leftovers();
            ProbeServer.addIfAny(left, vat.peers().size(), "connections");
            ProbeServer.addIfAny(left, net.loop().timer().pending(), "alarms");
            everybody.stream()
                    .map(Peer::tables)
                    .filter(tables -> !tables.isEmpty())
                    .forEach(tables -> left.add(tables.toString()));
            return left;
        });
    }

    /** Waits until every connection is quiet but open. */
    void assertTablesEmpty() {
        Eventually.nothingLeft(
                net.loop(),
                () -> everybody.stream()
                        .map(Peer::tables)
                        .filter(tables -> !tables.isEmpty())
                        .map(Peer.Tables::toString)
                        .toList());
    }

    /** Calls that do not allow cancelling go on when their caller is gone; here they end. */
    void letGoOfUncancellable(int count) {
        Assertions.assertEquals(
                count, net.loop().fetch(() -> Promise.of(probe.letGoOfAll())).await());
    }

    @Override
    public void close() {
        net.loop().post(() -> {
            tcp.close();
            unix.close();
        });
        vat.close();
        net.close();
    }
}
