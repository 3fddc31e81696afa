package dev.capstan.grpc.security;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.google.protobuf.ByteString;
import dev.capstan.grpc.Limits;
import dev.capstan.grpc.ServerKind;
import dev.capstan.grpc.client.GrpcCall;
import dev.capstan.grpc.client.GrpcClient;
import dev.capstan.grpc.client.WebChannel;
import dev.capstan.grpc.security.TlsServed.Asked;
import dev.capstan.net.Limits.Http;
import dev.capstan.net.Limits.Tls;
import dev.capstan.net.http.HttpClient;
import dev.capstan.net.tls.TlsNetwork;
import dev.capstan.testkit.Parity;
import dev.capstan.testprotos.InteropService;
import dev.capstan.testprotos.interop.Payload;
import dev.capstan.testprotos.interop.StreamingInputCallRequest;
import dev.capstan.testprotos.interop.StreamingInputCallResponse;
import dev.capstan.testprotos.interop.TestServiceGrpc;
import java.net.URI;
import java.security.SecureRandom;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The case of connectrpc/conformance that is about certificates of clients, on every wire. */
public class ClientCertificateCaseTest {
    private final BlockingQueue<String> callers = new LinkedBlockingQueue<>();

    /** Ids of all cases here, for the list. */
    public static Set<String> ids() {
        return Set.of("tls_client_certs/client-stream");
    }

    /** A client of a server; its certificate is {@code CN=alice}. */
    private interface Client {
        GrpcClient of(TlsServed served, Authority authority, KeyManager alice) throws Exception;
    }

    private void isKnown(ServerKind kind, Client client) throws Exception {
        Authority authority = new Authority("authority");
        KeyManager server = authority.issue("server", "127.0.0.1").shown();
        KeyManager alice = authority.issue("alice").shown();
        try (TlsServed served = new TlsServed(
                        kind,
                        authority,
                        server,
                        Asked.EVERYBODY,
                        new TlsTest.Identities(callers),
                        new InteropService());
                GrpcCall<StreamingInputCallRequest, StreamingInputCallResponse> call =
                        client.of(served, authority, alice).call(TestServiceGrpc.getStreamingInputCallMethod())) {
            for (int size : new int[] {3, 4}) {
                call.write(StreamingInputCallRequest.newBuilder()
                        .setPayload(Payload.newBuilder().setBody(ByteString.copyFrom(new byte[size])))
                        .build());
            }
            call.end();
            assertEquals(7, call.one().getAggregatedPayloadSize());
            assertEquals("CN=alice", callers.poll(20, TimeUnit.SECONDS));
        }
    }

    @ParameterizedTest
    @EnumSource
    @Parity("GRPC-S4.5")
    void a_stream_of_requests_comes_from_whom_the_certificate_names(ServerKind kind) throws Exception {
        isKnown(kind, (served, authority, alice) -> {
            var credentials = authority.client(alice);
            return served.client(builder -> builder.tls(credentials));
        });
    }

    @Test
    @Parity({"GRPC-S4.5", "GRPC-X6.1"})
    void on_the_web_too() throws Exception {
        isKnown(ServerKind.OURS, (served, authority, alice) -> {
            SSLContext context = authority.server(alice);
            var net = served.net();
            HttpClient http = new HttpClient(net.loop(), net.network(), new SecureRandom(), Http.DEFAULT)
                    .secure(new TlsNetwork(net.loop(), net.network(), context, Tls.DEFAULT));
            URI uri = URI.create("https://127.0.0.1:" + served.port());
            return served.keep(
                    GrpcClient.over(net.loop(), new WebChannel(net.loop(), http, uri, false, Limits.DEFAULT)));
        });
    }
}
