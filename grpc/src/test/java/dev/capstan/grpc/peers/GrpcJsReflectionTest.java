package dev.capstan.grpc.peers;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.capstan.grpc.EchoService;
import dev.capstan.grpc.Served;
import dev.capstan.testkit.ForeignPeer;
import dev.capstan.testkit.Parity;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A client of JavaScript that knows nothing of our server's services but what reflection tells. */
@ForeignPeer
class GrpcJsReflectionTest {
    @ParameterizedTest
    @ValueSource(strings = {"v1", "v1alpha"})
    @Parity("GRPC-P8.8")
    @Timeout(value = 10, unit = TimeUnit.MINUTES)
    void a_client_of_javascript_finds_services_and_calls_them(String version) throws IOException, InterruptedException {
        String missing = Peer.GRPC_JS_REFLECTION.missing();
        Assumptions.assumeTrue(missing.isEmpty(), missing);
        try (Served served =
                        new Served(server -> server.service(new EchoService()).reflection());
                Peer.Program client = Peer.GRPC_JS_REFLECTION.ask(
                        served.port(),
                        "services " + version,
                        "methods " + version,
                        "call " + version,
                        "unknown " + version)) {
            assertEquals(
                    said("services", version)
                            + "\"services\":[\"grpc.reflection.v1.ServerReflection\",\"grpc.reflection.v1alpha.ServerReflection\",\"grpc.testing.TestService\"]}",
                    client.line());
            assertEquals(
                    said("methods", version)
                            + "\"methods\":[\"one CacheableUnaryCall one\",\"one EmptyCall one\",\"one StreamingOutputCall stream\",\"one UnaryCall one\","
                            + "\"one UnimplementedCall one\",\"stream FullDuplexCall stream\",\"stream HalfDuplexCall stream\",\"stream StreamingInputCall one\"]}",
                    client.line());
            assertEquals(said("call", version) + "\"body\":\"told\"}", client.line());
            assertEquals(
                    said("unknown", version)
                            + "\"failed\":true,\"message\":\"there is no symbol no.such.Service here\"}",
                    client.line());
        }
    }

    private static String said(String what, String version) {
        return "{\"case\":\"" + what + " " + version + "\",";
    }
}
