package dev.capstan.grpc.peers;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.capstan.grpc.EchoService;
import dev.capstan.grpc.Served;
import dev.capstan.grpc.services.Health;
import dev.capstan.testkit.ForeignPeer;
import dev.capstan.testkit.Parity;
import dev.capstan.testprotos.interop.TestServiceGrpc;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What Python's gRPC is told of our server's health: statuses by their numbers, 1 for SERVING and 2 for NOT_SERVING. */
@ForeignPeer
class PythonHealthTest {
    @Test
    @Timeout(value = 10, unit = TimeUnit.MINUTES)
    @Parity({"GRPC-P7.1", "GRPC-P7.2", "GRPC-P7.3", "GRPC-P7.5", "GRPC-P7.7"})
    void it_learns_who_serves_and_when_that_changes() throws Exception {
        String missing = Peer.PYTHON_HEALTH.missing();
        Assumptions.assumeTrue(missing.isEmpty(), missing);
        Health health = new Health();
        String service = TestServiceGrpc.SERVICE_NAME;
        try (Served served =
                        new Served(server -> server.service(new EchoService()).health(health));
                Peer.Program python = Peer.PYTHON_HEALTH.ask(served.port(), "", "nobody.Knows", service)) {
            assertEquals("{\"service\":\"\",\"code\":0,\"status\":1}", python.line());
            assertEquals("{\"service\":\"nobody.Knows\",\"code\":5}", python.line());
            assertEquals("{\"service\":\"" + service + "\",\"code\":0,\"status\":1}", python.line());
            assertEquals("{\"watched\":1}", python.line());
            health.set(service, ServingStatus.NOT_SERVING);
            assertEquals("{\"watched\":2}", python.line());
            health.set(service, ServingStatus.SERVING);
            assertEquals("{\"watched\":1}", python.line());
            served.grpc.drain(Duration.ofSeconds(20)).await();
            assertEquals("{\"watched\":2}", python.line());
            assertEquals("{\"ended\":14}", python.line());
        }
    }
}
