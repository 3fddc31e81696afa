package dev.capstan.grpc.security;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.capstan.async.Address;
import dev.capstan.grpc.EchoService;
import dev.capstan.grpc.client.CallSettings;
import dev.capstan.grpc.client.GrpcClient;
import dev.capstan.grpc.server.GrpcServer;
import dev.capstan.net.Limits.Http;
import dev.capstan.net.Limits.Tls;
import dev.capstan.net.NetLoop;
import dev.capstan.net.Transport;
import dev.capstan.net.http.HttpServer;
import dev.capstan.net.tls.TlsNetwork;
import dev.capstan.testprotos.interop.Empty;
import dev.capstan.testprotos.interop.TestServiceGrpc;
import io.grpc.TlsChannelCredentials;
import io.grpc.util.AdvancedTlsX509KeyManager;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Key pairs and authorities from files, as most programs have them. */
class PemTest {
    private static void write(Path file, String kind, byte[] content) throws IOException {
        String text = Base64.getMimeEncoder(64, "\n".getBytes(StandardCharsets.US_ASCII))
                .encodeToString(content);
        Files.writeString(file, "-----BEGIN " + kind + "-----\n" + text + "\n-----END " + kind + "-----\n");
    }

    @Test
    void a_server_and_a_client_are_set_up_by_files_alone(@TempDir Path folder) throws Exception {
        Authority authority = new Authority("authority");
        Authority.Identity server = authority.issue("server", "127.0.0.1");
        write(folder.resolve("ca.pem"), "CERTIFICATE", authority.certificate.getEncoded());
        write(folder.resolve("server.pem"), "CERTIFICATE", server.certificate().getEncoded());
        write(folder.resolve("server.key"), "PRIVATE KEY", server.key().getEncoded());
        try (NetLoop net = NetLoop.open("pem", Transport.AUTO)) {
            GrpcServer grpc =
                    GrpcServer.on(net.loop()).service(new EchoService()).build();
            Address address = new Address.Tcp("127.0.0.1", 0);
            // snippet server
            AdvancedTlsX509KeyManager own = new AdvancedTlsX509KeyManager();
            own.updateIdentityCredentials(
                    folder.resolve("server.pem").toFile(),
                    folder.resolve("server.key").toFile());
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(new KeyManager[] {own}, null, null);
            TlsNetwork network =
                    new TlsNetwork(net.loop(), net.network(), context, Tls.DEFAULT).offering("h2", "http/1.1");
            HttpServer http = net.loop()
                    .fetch(() -> HttpServer.listen(net.loop(), network, address, grpc.routes(), Http.DEFAULT))
                    .await();
            // end snippet
            // snippet client
            GrpcClient client = GrpcClient.on(net)
                    .to(http.address())
                    .tls(TlsChannelCredentials.newBuilder()
                            .trustManager(folder.resolve("ca.pem").toFile())
                            .build())
                    .build();
            // end snippet
            try (client) {
                Empty answer = client.one(
                        TestServiceGrpc.getEmptyCallMethod(), Empty.getDefaultInstance(), CallSettings.DEFAULT);
                assertEquals(Empty.getDefaultInstance(), answer);
            }
        }
    }
}
