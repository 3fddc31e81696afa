package dev.capstan.grpc.interop;

import dev.capstan.net.NetLoop;
import dev.capstan.net.Transport;
import dev.capstan.testkit.ForeignPeer;
import dev.capstan.testkit.Missing;
import dev.capstan.testkit.Parity;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Our client before grpc-java's own interoperability server. That server believes what a message says of its compression and never compresses the answers of a stream, so the cases that
 * look for it are left out.
 */
@ForeignPeer
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class OfficialServerTest {
    private static final Set<String> PROBING =
            Set.of("client_compressed_unary", "client_compressed_streaming", "server_compressed_streaming");

    private final NetLoop net = NetLoop.open("interop", Transport.AUTO);
    private Missing missing = Missing.nothing();

    @SuppressWarnings("NullAway.Init")
    private TestCertificates certificates;

    @SuppressWarnings("NullAway.Init")
    private OfficialPeer plain;

    @SuppressWarnings("NullAway.Init")
    private OfficialPeer tls;

    @BeforeAll
    void start() throws Exception {
        missing = Missing.of(OfficialPeer::install);
        if (missing.why() != null) {
            return;
        }
        certificates = TestCertificates.load();
        plain = OfficialPeer.server(false);
        tls = OfficialPeer.server(true);
    }

    /** Each test and not the class, which would be left out of the reports. */
    @BeforeEach
    void needs_the_programs() {
        missing.skips();
    }

    @AfterAll
    void close() {
        for (OfficialPeer each : new OfficialPeer[] {plain, tls}) {
            if (each != null) {
                each.close();
            }
        }
        net.close();
    }

    static Stream<String> cases() {
        return InteropCasesTest.cases().filter(name -> !PROBING.contains(name));
    }

    @ParameterizedTest
    @MethodSource("cases")
    @Parity({"GRPC-S1.6", "GRPC-S2.1"})
    void our_client_passes_each_case_before_the_official_server(String name) throws Exception {
        GrpcCaller.cases(net, plain.port(), null, 30).run(name);
    }

    @ParameterizedTest
    @MethodSource("cases")
    @Parity("GRPC-S4.1")
    void our_client_passes_each_case_before_the_official_server_over_tls(String name) throws Exception {
        GrpcCaller.cases(net, tls.port(), certificates, 30).run(name);
    }
}
