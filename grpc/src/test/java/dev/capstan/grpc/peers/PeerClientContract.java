package dev.capstan.grpc.peers;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.capstan.testkit.ForeignPeer;
import dev.capstan.testkit.Parity;
import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;

/** What another library's client sees of our server, on the port that everything else has. It runs all cases once; each test looks at its line. */
@ForeignPeer
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class PeerClientContract {
    private static final String[] CASES = {
        "empty_unary",
        "large_unary",
        "client_streaming",
        "server_streaming",
        "ping_pong",
        "empty_stream",
        "custom_metadata",
        "custom_metadata_duplex",
        "status_code_and_message",
        "status_code_and_message_duplex",
        "special_status_message",
        "unimplemented_method",
        "unimplemented_service",
        "cancel_after_begin",
        "timeout_on_sleeping_server",
        "gzip_unary",
        "gzip_streaming"
    };

    private final Peer peer;
    private String missing = "";
    private final BlockingQueue<String> events = new LinkedBlockingQueue<>();
    private @Nullable OwnServer server;
    private int port;
    private final Map<String, String> said = new HashMap<>();

    PeerClientContract(Peer peer) {
        this.peer = peer;
    }

    @BeforeAll
    @Timeout(value = 10, unit = TimeUnit.MINUTES)
    void run() throws IOException, InterruptedException {
        missing = peer.missing();
        if (!missing.isEmpty()) {
            return;
        }
        server = OwnServer.open(new Watching(events));
        port = server.port();
        try (Peer.Program client = peer.ask(port, CASES)) {
            for (String name : CASES) {
                said.put(name, client.line());
            }
        }
    }

    /** Each test and not the class, which would be left out of the reports. */
    @BeforeEach
    void needs_the_peer() {
        Assumptions.assumeTrue(missing.isEmpty(), missing);
    }

    @AfterAll
    void close() {
        if (server != null) {
            server.close();
        }
    }

    /** Tells when calls begin, and when they are cancelled. */
    private record Watching(BlockingQueue<String> events) implements ServerInterceptor {
        @Override
        public <Q, S> ServerCall.Listener<Q> interceptCall(
                ServerCall<Q, S> call, Metadata headers, ServerCallHandler<Q, S> next) {
            String method = call.getMethodDescriptor().getBareMethodName();
            events.add(method + " has begun");
            return new SimpleForwardingServerCallListener<>(next.startCall(call, headers)) {
                @Override
                public void onCancel() {
                    events.add(method + " was cancelled");
                    super.onCancel();
                }
            };
        }
    }

    private void assertSaid(String name, String rest) {
        assertEquals("{\"case\":\"" + name + "\"," + rest + "}", said.get(name));
    }

    @Test
    @Parity({"GRPC-S1.1", "GRPC-X6.2"})
    void an_empty_message_is_answered_with_one() {
        assertSaid("empty_unary", "\"code\":0,\"bytes\":0");
    }

    @Test
    @Parity("GRPC-G7.1")
    void messages_that_are_larger_than_a_window_cross_it() {
        assertSaid("large_unary", "\"code\":0,\"size\":314159");
    }

    @Test
    @Parity("GRPC-S1.2")
    void a_stream_of_requests_has_one_answer() {
        assertSaid("client_streaming", "\"code\":0,\"sum\":74922");
    }

    @Test
    @Parity("GRPC-S1.3")
    void a_request_has_a_stream_of_answers_in_their_order() {
        assertSaid("server_streaming", "\"code\":0,\"sizes\":[31415,9,2653,58979]");
    }

    @Test
    @Parity("GRPC-S1.4")
    void each_request_of_a_stream_is_answered_before_the_next() {
        assertSaid("ping_pong", "\"code\":0,\"sizes\":[31415,9,2653,58979]");
    }

    @Test
    @Parity("GRPC-S1.5")
    void a_stream_without_requests_ends_without_answers() {
        assertSaid("empty_stream", "\"code\":0,\"sizes\":[]");
    }

    @Test
    @Parity("GRPC-S3.2")
    void metadata_come_back_before_and_after_one_answer() {
        assertSaid(
                "custom_metadata",
                "\"code\":0,\"size\":314159,\"initial\":\"test_initial_metadata_value\",\"trailing\":\"ababab\"");
    }

    @Test
    @Parity("GRPC-S3.2")
    void metadata_come_back_before_and_after_a_stream() {
        assertSaid(
                "custom_metadata_duplex",
                "\"code\":0,\"sizes\":[31415],\"initial\":\"test_initial_metadata_value\",\"trailing\":\"ababab\"");
    }

    @Test
    @Parity("GRPC-S7.1")
    void a_status_arrives_with_its_message() {
        assertSaid("status_code_and_message", "\"code\":2,\"message\":\"test status message\"");
        assertSaid("status_code_and_message_duplex", "\"code\":2,\"message\":\"test status message\"");
    }

    @Test
    @Parity("GRPC-S7.2")
    void every_character_of_a_message_survives() {
        assertSaid(
                "special_status_message",
                "\"code\":2,\"message\":\"\\t\\ntest with whitespace\\r\\nand Unicode BMP \u263a and non-BMP \ud83d\ude08\\t\\n\"");
    }

    @Test
    @Parity("GRPC-C6.1")
    void what_is_not_there_is_unimplemented() {
        assertSaid("unimplemented_method", "\"code\":12");
        assertSaid("unimplemented_service", "\"code\":12");
    }

    @Test
    @Parity("GRPC-S5.4")
    void a_call_can_be_cancelled_before_its_first_message() {
        assertSaid("cancel_after_begin", "\"code\":1");
    }

    @Test
    @Parity("GRPC-S5.4")
    void a_call_that_is_cancelled_after_an_answer_is_over_for_the_server_too() throws Exception {
        events.clear();
        try (Peer.Program client = peer.ask(port, "cancel_after_first_response")) {
            assertEquals("{\"case\":\"cancel_after_first_response\",\"code\":1,\"sizes\":[31415]}", client.line());
            // The client is still there: it is not the end of the connection that cancels.
            assertEquals("FullDuplexCall has begun", events.poll(20, TimeUnit.SECONDS));
            assertEquals("FullDuplexCall was cancelled", events.poll(20, TimeUnit.SECONDS));
        }
    }

    @Test
    @Parity("GRPC-S5.2")
    void a_deadline_ends_a_call_whose_server_sleeps() {
        assertSaid("timeout_on_sleeping_server", "\"code\":4,\"sizes\":[]");
    }

    @Test
    @Parity("GRPC-P9.2")
    void compressed_requests_are_read_and_those_that_only_say_so_are_refused() {
        assertSaid("gzip_unary", "\"probe\":3,\"code\":0,\"size\":314159");
        assertSaid("gzip_streaming", "\"probe\":3,\"code\":0,\"sum\":73086");
    }
}
