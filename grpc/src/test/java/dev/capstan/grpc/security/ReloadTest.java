package dev.capstan.grpc.security;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import com.google.protobuf.ByteString;
import dev.capstan.grpc.ServerKind;
import dev.capstan.grpc.client.CallSettings;
import dev.capstan.grpc.client.GrpcCall;
import dev.capstan.grpc.client.GrpcClient;
import dev.capstan.grpc.security.TlsServed.Asked;
import dev.capstan.testkit.Parity;
import dev.capstan.testprotos.interop.Empty;
import dev.capstan.testprotos.interop.Payload;
import dev.capstan.testprotos.interop.StreamingOutputCallRequest;
import dev.capstan.testprotos.interop.StreamingOutputCallResponse;
import dev.capstan.testprotos.interop.TestServiceGrpc;
import io.grpc.ChannelCredentials;
import io.grpc.Grpc;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.util.AdvancedTlsX509KeyManager;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Key pairs that are replaced while calls run, on both sides, by grpc-java's {@link AdvancedTlsX509KeyManager}. */
class ReloadTest {
    private static final int CALLERS = 4;
    private static final int BEFORE = 50;
    private static final int AFTER = 200;

    private static StreamingOutputCallRequest message(String text) {
        return StreamingOutputCallRequest.newBuilder()
                .setPayload(Payload.newBuilder().setBody(ByteString.copyFromUtf8(text)))
                .build();
    }

    private static void say(GrpcCall<StreamingOutputCallRequest, StreamingOutputCallResponse> call, String text) {
        call.write(message(text));
        assertEquals(
                text, Objects.requireNonNull(call.read()).getPayload().getBody().toStringUtf8());
    }

    @ParameterizedTest
    @EnumSource
    @Parity("GRPC-S4.9")
    void new_connections_show_new_certificates_while_calls_go_on(ServerKind kind) throws Exception {
        Authority authority = new Authority("authority");
        AdvancedTlsX509KeyManager server =
                authority.issue("server-1", "127.0.0.1").shown();
        AdvancedTlsX509KeyManager client = authority.issue("client-1").shown();
        ChannelCredentials credentials = authority.client(client);
        AtomicReference<String> caller = new AtomicReference<>("");
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
                TlsServed served = new TlsServed(kind, authority, server, Asked.EVERYBODY, new Names(caller))) {
            GrpcClient old = served.client(builder -> builder.tls(credentials));
            AtomicInteger done = new AtomicInteger();
            try (var stream = old.call(TestServiceGrpc.getFullDuplexCallMethod())) {
                say(stream, "before");
                List<Future<Integer>> load = new ArrayList<>();
                for (int i = 0; i < CALLERS; i++) {
                    load.add(threads.submit(load(old, done)));
                }
                while (done.get() < BEFORE) {
                    Thread.onSpinWait();
                }
                authority.issue("server-2", "127.0.0.1").showIn(server);
                authority.issue("client-2").showIn(client);
                assertEquals("CN=server-2", identityAsSeenBy(served.client(builder -> builder.tls(credentials))));
                say(stream, "after");
                for (Future<Integer> each : load) {
                    assertEquals(BEFORE + AFTER, each.get());
                }
                assertEquals("CN=server-1", identityAsSeenBy(old), "a connection keeps what it was made with");
                assertEquals("CN=client-1", caller.get());
                identityAsSeenBy(served.client(builder -> builder.tls(credentials)));
                assertEquals("CN=client-2", caller.get());
                stream.end();
                assertNull(stream.read());
            }
        }
    }

    /** How many calls went well. */
    private static Callable<Integer> load(GrpcClient client, AtomicInteger done) {
        return () -> {
            int well = 0;
            for (int i = 0; i < BEFORE + AFTER; i++) {
                client.one(TestServiceGrpc.getEmptyCallMethod(), Empty.getDefaultInstance(), CallSettings.DEFAULT);
                done.incrementAndGet();
                well++;
            }
            return well;
        };
    }

    private static String identityAsSeenBy(GrpcClient client) {
        try (GrpcCall<Empty, Empty> call = client.call(TestServiceGrpc.getEmptyCallMethod())) {
            call.write(Empty.getDefaultInstance());
            call.end();
            call.one();
            return call.context().identity().orElseThrow().getName();
        }
    }

    /** Remembers who has called last. */
    private record Names(AtomicReference<String> last) implements ServerInterceptor {
        @Override
        public <Q, S> ServerCall.Listener<Q> interceptCall(
                ServerCall<Q, S> call, Metadata headers, ServerCallHandler<Q, S> next) {
            SSLSession session = Objects.requireNonNull(call.getAttributes().get(Grpc.TRANSPORT_ATTR_SSL_SESSION));
            try {
                last.set(session.getPeerPrincipal().getName());
            } catch (SSLPeerUnverifiedException e) {
                last.set("nobody");
            }
            return next.startCall(call, headers);
        }
    }
}
