package dev.capstan.grpc.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.capstan.async.Address;
import dev.capstan.async.SimLoop;
import dev.capstan.testkit.Parity;
import io.grpc.ConnectivityState;
import io.grpc.Status;
import io.grpc.TlsChannelCredentials;
import io.grpc.inprocess.InProcessChannelBuilder;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

class GrpcClientBuilderTest {
    private static final Address HERE = new Address.Tcp("127.0.0.1", 1);

    private static GrpcClient.Builder builder() {
        return GrpcClient.on(new SimLoop().loop());
    }

    private static void refuses(String words, Executable what) {
        RuntimeException refusal = assertThrows(RuntimeException.class, what);
        assertTrue(String.valueOf(refusal.getMessage()).contains(words), refusal.getMessage());
    }

    @Test
    void settings_that_contradict_one_another_are_refused_in_words() {
        refuses("say where the servers are", () -> builder().plaintext().build());
        refuses(
                "named twice",
                () -> builder().to(HERE).dns("localhost", 1).plaintext().build());
        refuses("say tls(...) or plaintext()", () -> builder().to(HERE).build());
        refuses(
                "contradict",
                () -> builder()
                        .to(HERE)
                        .plaintext()
                        .tls(TlsChannelCredentials.create())
                        .build());
        refuses("at least one address", () -> builder().to().plaintext().build());
        refuses(
                "only server",
                () -> builder().to(new Address.Unix("/a"), HERE).plaintext().build());
        refuses(
                "no proxies",
                () -> builder()
                        .to(new Address.Unix("/a"))
                        .proxies(to -> null)
                        .plaintext()
                        .build());
        refuses(
                "no compressor 'zip'",
                () -> builder().to(HERE).plaintext().compress("zip").build());
        refuses(
                "two policies for 'a.B'",
                () -> builder()
                        .to(HERE)
                        .plaintext()
                        .policy(MethodPolicy.of("a.B"))
                        .policy(MethodPolicy.of("a.B"))
                        .build());
        refuses(
                "bounds nothing",
                () -> builder().to(HERE).plaintext().retryBudget(10, 0.1).build());
        refuses(
                "every 10 seconds at most",
                () -> builder().keepAlive(Duration.ofSeconds(1), Duration.ofSeconds(1), false));
        refuses("at least a second", () -> builder().idleTimeout(Duration.ofMillis(1)));
        refuses(
                "healthOf(...) needs",
                () -> builder().to(HERE).plaintext().healthOf("a.B").build());
        refuses("1..1000", () -> builder().connections(0));
        refuses("least must be 1..2", () -> builder().connections(3, 2, 1));
        refuses("calls must be at least 1", () -> builder().connections(1, 2, 0));
        refuses(
                "leave tls(...) and plaintext() out",
                () -> builder()
                        .over(() -> InProcessChannelBuilder.forName("x"))
                        .plaintext()
                        .build());
        refuses(
                "named twice",
                () -> builder()
                        .to(HERE)
                        .over(() -> InProcessChannelBuilder.forName("x"))
                        .build());
    }

    @Test
    @Parity("GRPC-S8.4")
    void policies_check_their_ranges() {
        Duration second = Duration.ofSeconds(1);
        Set<Status.Code> again = Set.of(Status.Code.UNAVAILABLE);
        refuses("2..5", () -> new Attempts.Retry(6, second, second, 1, again));
        refuses("at least one code", () -> new Attempts.Retry(2, second, second, 1, Set.of()));
        refuses("less than initialBackoff", () -> new Attempts.Retry(2, second, Duration.ofMillis(1), 1, again));
        refuses("more than 0", () -> new Attempts.Retry(2, second, second, 0, again));
        refuses("OK is no failure", () -> new Attempts.Hedging(2, second, Set.of(Status.Code.OK)));
        refuses("no path of a method", () -> MethodPolicy.of("/a"));
        refuses("no path of a method", () -> MethodPolicy.of("a/"));
        refuses("within outlier detection", () -> {
            Balancing inner = new Balancing.OutlierDetection(new Balancing.RoundRobin(), second, second, 10, 10, 1, 1);
            new Balancing.OutlierDetection(inner, second, second, 10, 10, 1, 1);
        });
    }

    @Test
    @Parity("GRPC-S8.4")
    void the_most_that_can_be_said_is_accepted_by_grpc_java() {
        GrpcClient client = builder()
                .dns("localhost", 1)
                .tls(TlsChannelCredentials.create())
                .authority("example.org")
                .balancing(new Balancing.OutlierDetection(
                        new Balancing.PickFirst(true), Duration.ofSeconds(10), Duration.ofSeconds(30), 10, 85, 5, 50))
                .policy(MethodPolicy.of("").within(Duration.ofMillis(1500)))
                .policy(MethodPolicy.of("a.B")
                        .waiting()
                        .with(new Attempts.Hedging(3, Duration.ZERO, Set.of(Status.Code.ABORTED))))
                .policy(MethodPolicy.of("a.B/C")
                        .with(new Attempts.Retry(
                                4, Duration.ofMillis(10), Duration.ofSeconds(1), 1.5, Set.of(Status.Code.UNAVAILABLE))))
                .retryBudget(100, 0.5)
                .keepAlive(Duration.ofSeconds(30), Duration.ofSeconds(5), true)
                .idleTimeout(Duration.ofMinutes(5))
                .connections(2, 4, 100)
                .proxies(to -> null)
                .build();
        assertEquals(ConnectivityState.IDLE, client.state());
        assertEquals("example.org", client.channel().authority());
        client.close();
        assertEquals(ConnectivityState.SHUTDOWN, client.state());
    }

    @Test
    @Parity("GRPC-S8.4")
    void a_policy_is_the_json_of_a_service_config() {
        Map<String, Object> config = ServiceConfig.of(
                new Balancing.RoundRobin(),
                "a.Service",
                List.of(MethodPolicy.of("a.B/C").within(Duration.ofMillis(1500)).waiting()),
                10,
                0.5);
        assertEquals(
                Map.of(
                        "loadBalancingConfig", List.of(Map.of("round_robin", Map.of())),
                        "methodConfig",
                                List.of(Map.of(
                                        "name",
                                        List.of(Map.of("service", "a.B", "method", "C")),
                                        "timeout",
                                        "1.500000000s",
                                        "waitForReady",
                                        true)),
                        "healthCheckConfig", Map.of("serviceName", "a.Service"),
                        "retryThrottling", Map.of("maxTokens", 10.0, "tokenRatio", 0.5)),
                config);
    }
}
