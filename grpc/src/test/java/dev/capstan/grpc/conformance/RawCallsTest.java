package dev.capstan.grpc.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.capstan.grpc.CallMetadata;
import dev.capstan.grpc.GrpcFailure;
import dev.capstan.grpc.Limits;
import dev.capstan.grpc.Served;
import dev.capstan.grpc.client.CallSettings;
import dev.capstan.grpc.client.GrpcCall;
import dev.capstan.testkit.Parity;
import dev.capstan.testprotos.InteropService;
import dev.capstan.testprotos.interop.Empty;
import dev.capstan.testprotos.interop.TestServiceGrpc;
import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.netty.handler.codec.http2.Http2Headers;
import java.io.IOException;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Calls as no library sends them. */
class RawCallsTest {
    private static final int CANCEL = 8;

    private static void begin(Http2Peer peer, int id, String method, String... fields) throws IOException {
        List<Map.Entry<String, String>> all = new ArrayList<>(List.of(
                Map.entry(":method", "POST"),
                Map.entry(":scheme", "http"),
                Map.entry(":path", "/grpc.testing.TestService/" + method),
                Map.entry(":authority", "here"),
                Map.entry("content-type", "application/grpc")));
        for (int i = 0; i < fields.length; i += 2) {
            all.add(Map.entry(fields[i], fields[i + 1]));
        }
        peer.headers(id, false, all);
    }

    /** How the call ends, before any other does; that nothing more need be sent of a call that has ended is no news. */
    private static String status(Http2Peer peer, int id) throws IOException {
        Http2Peer.Frame frame = peer.next();
        while (frame != null && (frame.type() == Http2Peer.RST_STREAM || !frame.ends())) {
            frame = peer.next();
        }
        assertNotNull(frame);
        assertEquals(id, frame.id());
        Http2Headers trailers = frame.headers();
        assertNotNull(trailers);
        return trailers.get("grpc-status") + " " + trailers.get("grpc-message");
    }

    /** 30 kB of a message of a megabyte, which takes the memory of some 64. */
    private static void beginMessage(Http2Peer peer, int id) throws IOException {
        begin(peer, id, "FullDuplexCall", "te", "trailers");
        peer.data(
                id,
                false,
                ByteBuffer.allocate(15_000).put((byte) 0).putInt(1_000_000).array());
        peer.data(id, false, new byte[15_000]);
    }

    @Test
    @Parity("GRPC-F8.1")
    void unfinished_messages_of_one_connection_are_limited_together() throws Exception {
        try (Served served = new Served(server -> server.service(new InteropService())
                        .limits(Limits.Server.DEFAULT.withUnfinishedBytes(200_000)));
                Http2Peer peer = Http2Peer.connect(served.port());
                Http2Peer other = Http2Peer.connect(served.port())) {
            beginMessage(peer, 1);
            beginMessage(peer, 3);
            beginMessage(peer, 5);
            String refused = status(peer, 5);
            assertTrue(refused.startsWith("8 ") && refused.endsWith("or raise unfinishedBytes"), refused);
            begin(other, 1, "EmptyCall", "te", "trailers");
            other.data(1, true, new byte[5]);
            assertEquals("0 null", status(other, 1));
            // A call that is given up holds nothing any more.
            peer.frame(
                    Http2Peer.RST_STREAM,
                    0,
                    1,
                    ByteBuffer.allocate(4).putInt(CANCEL).array());
            // That is noticed by the time that this is answered, which needs no memory.
            begin(peer, 7, "NoSuchCall", "te", "trailers");
            assertTrue(status(peer, 7).startsWith("12 "));
            begin(peer, 9, "EmptyCall", "te", "trailers");
            peer.data(9, true, new byte[5]);
            assertEquals("0 null", status(peer, 9));
        }
    }

    @Test
    @Parity("GRPC-G3.6")
    void a_request_that_does_not_say_that_it_takes_trailers_is_served_with_them() throws Exception {
        try (Served served = new Served(server -> server.service(new InteropService()));
                Http2Peer peer = Http2Peer.connect(served.port())) {
            begin(peer, 1, "EmptyCall");
            peer.data(1, true, new byte[5]);
            assertEquals("0 null", status(peer, 1));
        }
    }

    @Test
    @Parity("GRPC-C3.3")
    void metadata_over_the_limit_of_the_server_ends_its_call_alone() {
        try (Served served = new Served(
                server -> server.service(new InteropService()).limits(Limits.DEFAULT.withMetadataBytes(1000)))) {
            var client = served.client();
            CallMetadata long1000 = CallMetadata.EMPTY.with("x-long", "y".repeat(1000));
            GrpcFailure refused = assertThrows(
                    GrpcFailure.class,
                    () -> client.one(
                            TestServiceGrpc.getEmptyCallMethod(),
                            Empty.getDefaultInstance(),
                            CallSettings.DEFAULT.with(long1000)));
            assertEquals(Status.Code.RESOURCE_EXHAUSTED, refused.code());
            assertTrue(refused.reason().endsWith("send less, or raise metadataBytes"), refused.reason());
            assertEquals(
                    Empty.getDefaultInstance(),
                    client.one(TestServiceGrpc.getEmptyCallMethod(), Empty.getDefaultInstance(), CallSettings.DEFAULT));
        }
    }

    @Test
    @Parity("GRPC-C3.5")
    void headers_that_are_too_long_for_a_client_fail_its_call_in_words_and_the_next_is_served() {
        AtomicInteger length = new AtomicInteger(20_000);
        ServerInterceptor talkative = new ServerInterceptor() {
            @Override
            public <Q, S> ServerCall.Listener<Q> interceptCall(
                    ServerCall<Q, S> call, Metadata headers, ServerCallHandler<Q, S> next) {
                return next.startCall(
                        new SimpleForwardingServerCall<>(call) {
                            @Override
                            public void sendHeaders(Metadata sent) {
                                sent.put(
                                        Metadata.Key.of("x-long", Metadata.ASCII_STRING_MARSHALLER),
                                        "y".repeat(length.get()));
                                super.sendHeaders(sent);
                            }
                        },
                        headers);
            }
        };
        try (Served served =
                new Served(server -> server.service(new InteropService()).intercept(talkative))) {
            var client = served.client();
            GrpcFailure failure = assertThrows(
                    GrpcFailure.class,
                    () -> client.one(
                            TestServiceGrpc.getEmptyCallMethod(),
                            Empty.getDefaultInstance(),
                            CallSettings.DEFAULT.within(Duration.ofSeconds(10))));
            assertEquals(Status.Code.INTERNAL, failure.code());
            assertTrue(
                    failure.getMessage().contains("Header size exceeded max allowed size (16384)"),
                    failure.getMessage());
            SocketAddress before = failure.peer().orElseThrow();
            length.set(16_000);
            List<GrpcCall<?, ?>> begun = new ArrayList<>();
            client.one(
                    TestServiceGrpc.getEmptyCallMethod(),
                    Empty.getDefaultInstance(),
                    CallSettings.DEFAULT.onBegin(begun::add));
            assertEquals(before, begun.getFirst().context().peer().orElseThrow());
        }
    }
}
