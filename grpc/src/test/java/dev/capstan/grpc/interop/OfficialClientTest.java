package dev.capstan.grpc.interop;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.capstan.testkit.ForeignPeer;
import dev.capstan.testkit.Missing;
import dev.capstan.testkit.Parity;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;

/**
 * grpc-java's own interoperability client before the official service, on our server and on grpc-java's. What is left out cannot run anywhere: {@code cacheable_unary} needs a proxy,
 * the cases with accounts need a cloud, those of ORCA a balancer's configuration.
 */
@ForeignPeer
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class OfficialClientTest {
    private static final List<String> CASES = List.of(
            "empty_unary",
            "large_unary",
            "client_compressed_unary",
            "client_compressed_unary_noprobe",
            "server_compressed_unary",
            "client_streaming",
            "client_compressed_streaming",
            "client_compressed_streaming_noprobe",
            "server_streaming",
            "server_compressed_streaming",
            "ping_pong",
            "empty_stream",
            "custom_metadata",
            "status_code_and_message",
            "special_status_message",
            "unimplemented_method",
            "unimplemented_service",
            "cancel_after_begin",
            "cancel_after_first_response",
            "timeout_on_sleeping_server",
            "very_large_request",
            "pick_first_unary",
            "rpc_soak",
            "channel_soak");

    /** A client is a process of its own: two at a time, so that they leave the server something to run on. */
    private final ExecutorService two = Executors.newFixedThreadPool(2);

    private Missing missing = Missing.nothing();
    private final List<Serving> servers = new ArrayList<>();

    @BeforeAll
    void install() throws Exception {
        missing = Missing.of(OfficialPeer::install);
    }

    /** Each test and not the class, which would be left out of the reports. */
    @BeforeEach
    void needs_the_programs() {
        missing.skips();
    }

    @AfterAll
    void close() throws Exception {
        two.shutdownNow();
        for (Serving each : servers) {
            each.close();
        }
    }

    @TestFactory
    @Parity("GRPC-S1.6")
    Stream<DynamicTest> the_official_client_passes_each_case_before_our_server() throws Exception {
        return cases(Serving.own(null), false);
    }

    @TestFactory
    @Parity("GRPC-S4.1")
    Stream<DynamicTest> the_official_client_passes_each_case_before_our_server_over_tls() throws Exception {
        return cases(Serving.own(TestCertificates.load()), true);
    }

    @TestFactory
    Stream<DynamicTest> the_official_client_passes_each_case_before_the_server_of_grpc_java() throws Exception {
        return cases(Serving.grpcJava(null), false);
    }

    @TestFactory
    Stream<DynamicTest> the_official_client_passes_each_case_before_the_server_of_grpc_java_over_tls()
            throws Exception {
        return cases(Serving.grpcJava(TestCertificates.load()), true);
    }

    private Stream<DynamicTest> cases(Serving server, boolean tls) {
        servers.add(server);
        List<DynamicTest> tests = new ArrayList<>();
        for (String name : CASES) {
            Future<OfficialPeer.Ended> running = two.submit(() -> run(name, server.port(), tls));
            tests.add(DynamicTest.dynamicTest(name, () -> {
                OfficialPeer.Ended ended = ended(running);
                assertEquals(0, ended.code(), ended.output());
            }));
        }
        return tests.stream();
    }

    private static OfficialPeer.Ended ended(Future<OfficialPeer.Ended> running) throws Exception {
        try {
            return running.get();
        } catch (ExecutionException e) {
            throw new AssertionError("the client could not be run", e);
        }
    }

    private static OfficialPeer.Ended run(String name, int port, boolean tls) throws Exception {
        return OfficialPeer.run(
                "TestServiceClient",
                List.of(
                        "--server_host=127.0.0.1",
                        "--server_port=" + port,
                        "--test_case=" + name,
                        "--use_tls=" + tls,
                        "--use_test_ca=" + tls,
                        "--server_host_override=" + (tls ? TestCertificates.HOST : "127.0.0.1"),
                        "--soak_iterations=30",
                        "--soak_max_failures=0",
                        "--soak_per_iteration_max_acceptable_latency_ms=5000",
                        "--soak_overall_timeout_seconds=90"));
    }
}
