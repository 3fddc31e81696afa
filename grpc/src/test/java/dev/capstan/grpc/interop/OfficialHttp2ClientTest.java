package dev.capstan.grpc.interop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.capstan.grpc.interop.BadHttp2Server.Case;
import dev.capstan.testkit.ForeignPeer;
import dev.capstan.testkit.Missing;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** grpc-java's own HTTP/2 client before the servers that misbehave: they are what it expects. It does not know the cases with padding. */
@ForeignPeer
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class OfficialHttp2ClientTest {
    private Missing missing = Missing.nothing();

    @BeforeAll
    void install() throws Exception {
        missing = Missing.of(OfficialPeer::install);
    }

    /** Each test and not the class, which would be left out of the reports. */
    @BeforeEach
    void needs_the_programs() {
        missing.skips();
    }

    private static OfficialPeer.Ended run(BadHttp2Server server, Case which) throws Exception {
        return OfficialPeer.run(
                "Http2Client",
                List.of(
                        "--server_host=127.0.0.1",
                        "--server_port=" + server.port(),
                        "--test_case=" + which.name().toLowerCase(Locale.ROOT)));
    }

    @ParameterizedTest
    @EnumSource(
            value = Case.class,
            names = {"GOAWAY", "PING", "MAX_STREAMS"})
    void the_official_client_meets_the_fault_that_it_can_live_with(Case which) throws Exception {
        try (BadHttp2Server server = new BadHttp2Server(which)) {
            OfficialPeer.Ended ended = run(server, which);
            assertEquals(0, ended.code(), ended.output());
            switch (which) {
                case GOAWAY -> server.assertCalls(1, 1);
                case MAX_STREAMS -> {
                    server.assertCalls(11);
                    server.assertOneAtATime();
                }
                default -> server.assertCalls(1);
            }
        }
    }

    /** It sees the right reset, and then stumbles over its own words: version 1.79.0 looks for them at the beginning of a text that its library now begins in another way. */
    @ParameterizedTest
    @EnumSource(
            value = Case.class,
            names = {"RST_AFTER_HEADER", "RST_DURING_DATA", "RST_AFTER_DATA"})
    void the_official_client_sees_the_reset_that_it_expects(Case which) throws Exception {
        try (BadHttp2Server server = new BadHttp2Server(which)) {
            String output = run(server, which).output();
            assertTrue(
                    output.contains("Wrong HTTP/2 error code. Expected: HTTP/2 error code: NO_ERROR"
                            + " Received: RST_STREAM closed stream. HTTP/2 error code: NO_ERROR"),
                    output);
            server.assertCalls(1);
        }
    }
}
