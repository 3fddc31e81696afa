package dev.capstan.net.tls;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.capstan.async.Address;
import dev.capstan.net.Limits;
import dev.capstan.net.NetLoop;
import dev.capstan.net.Transport;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ClientCertificateTest {
    @Test
    void a_client_of_the_jdk_without_a_certificate_hears_why_it_is_refused(@TempDir Path folder) throws Exception {
        KeyStore key = new Certificates(folder).make("server", "dns:localhost,ip:127.0.0.1");
        AtomicInteger accepted = new AtomicInteger();
        try (NetLoop net = NetLoop.open("client-certificates", Transport.AUTO)) {
            TlsNetwork tls = new TlsNetwork(net.loop(), net.network(), Certificates.showing(key), Limits.Tls.DEFAULT)
                    .clientCertificates(true);
            Address.Tcp at = (Address.Tcp) net.loop()
                    .fetch(() -> tls.listen(new Address.Tcp("127.0.0.1", 0), stream -> accepted.incrementAndGet()))
                    .await()
                    .address();
            try (SSLSocket socket =
                    (SSLSocket) Certificates.trusting(key).getSocketFactory().createSocket("localhost", at.port())) {
                socket.setSoTimeout(30_000);
                SSLException refusal = assertThrows(
                        SSLException.class, () -> socket.getInputStream().read());
                assertEquals("(certificate_required) Received fatal alert: certificate_required", refusal.getMessage());
            }
        }
        assertEquals(0, accepted.get());
    }
}
