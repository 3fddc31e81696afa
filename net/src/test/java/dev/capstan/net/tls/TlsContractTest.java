package dev.capstan.net.tls;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.capstan.async.Address;
import dev.capstan.async.ByteStream;
import dev.capstan.async.Loop;
import dev.capstan.async.Network;
import dev.capstan.net.Limits;
import dev.capstan.net.NetLoop;
import dev.capstan.net.Transport;
import dev.capstan.testkit.StreamContract;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;

/** The stream contract over TLS. */
@TestInstance(Lifecycle.PER_CLASS)
final class TlsContractTest extends StreamContract {
    private NetLoop net = NetLoop.onThisThread(Transport.AUTO);
    private KeyStore key;

    @BeforeAll
    void make(@TempDir Path folder) throws Exception {
        key = new Certificates(folder).make("server", "dns:localhost,ip:127.0.0.1");
    }

    @Override
    protected Loop loop() {
        return net.loop();
    }

    @Override
    protected Pair connect() {
        try {
            Network server = new TlsNetwork(loop(), net.network(), Certificates.showing(key), Limits.Tls.DEFAULT);
            Network client = new TlsNetwork(loop(), net.network(), Certificates.trusting(key), Limits.Tls.DEFAULT);
            List<ByteStream> accepted = new ArrayList<>();
            Network.Listener listener = loop().await(server.listen(new Address.Tcp("127.0.0.1", 0), accepted::add));
            ByteStream left = loop().await(client.connect(listener.address()));
            while (accepted.isEmpty()) {
                loop().poll();
            }
            // Tickets that the server sends after its handshake.
            for (int i = 0; i < 20; i++) {
                loop().poll();
            }
            listener.close();
            return new Pair(left, accepted.getFirst());
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    @AfterEach
    void leavesNoAlarm() {
        net.close();
        net = NetLoop.onThisThread(Transport.AUTO);
        assertEquals(0, net.loop().timer().pending());
    }
}
