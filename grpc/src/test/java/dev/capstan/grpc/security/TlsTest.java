package dev.capstan.grpc.security;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.capstan.async.Address;
import dev.capstan.grpc.EchoService;
import dev.capstan.grpc.GrpcFailure;
import dev.capstan.grpc.ServerKind;
import dev.capstan.grpc.client.CallSettings;
import dev.capstan.grpc.client.GrpcCall;
import dev.capstan.grpc.client.GrpcClient;
import dev.capstan.grpc.security.TlsServed.Asked;
import dev.capstan.net.NetLoop;
import dev.capstan.net.Transport;
import dev.capstan.testkit.Parity;
import dev.capstan.testprotos.interop.Empty;
import dev.capstan.testprotos.interop.TestServiceGrpc;
import io.grpc.Grpc;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Who trusts whom, and what is said when they do not, with our client and both servers. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class TlsTest {
    private static final String NOBODY = "nobody";

    private final BlockingQueue<String> clients = new LinkedBlockingQueue<>();
    private Authority authority;
    private Authority stranger;
    private Authority.Identity good;

    @BeforeAll
    void issue() throws Exception {
        authority = new Authority("authority");
        stranger = new Authority("stranger");
        good = authority.issue("server", "127.0.0.1", "good.test");
    }

    @BeforeEach
    void forget() {
        clients.clear();
    }

    /** Tells of each call whose certificate the client has shown. */
    record Identities(BlockingQueue<String> clients) implements ServerInterceptor {
        @Override
        public <Q, S> ServerCall.Listener<Q> interceptCall(
                ServerCall<Q, S> call, Metadata headers, ServerCallHandler<Q, S> next) {
            SSLSession session = call.getAttributes().get(Grpc.TRANSPORT_ATTR_SSL_SESSION);
            try {
                clients.add(
                        session == null ? "plain" : session.getPeerPrincipal().getName());
            } catch (SSLPeerUnverifiedException e) {
                clients.add(NOBODY);
            }
            return next.startCall(call, headers);
        }
    }

    private TlsServed serve(ServerKind kind, Authority.Identity shown, Asked asked) throws Exception {
        return new TlsServed(kind, authority, shown.shown(), asked, new Identities(clients));
    }

    private static void call(GrpcClient client) {
        client.one(TestServiceGrpc.getEmptyCallMethod(), Empty.getDefaultInstance(), CallSettings.DEFAULT);
    }

    private static void fails(GrpcClient client, String words) {
        GrpcFailure failure = assertThrows(GrpcFailure.class, () -> call(client));
        assertEquals(Status.Code.UNAVAILABLE, failure.code(), failure.getMessage());
        assertTrue(failure.getMessage().contains(words), failure.getMessage());
    }

    private void isRefused(ServerKind kind, Authority.Identity shown, String words) throws Exception {
        try (TlsServed served = serve(kind, shown, Asked.NOBODY)) {
            var credentials = authority.client();
            fails(served.client(client -> client.tls(credentials)), words);
            assertEquals(0, clients.size());
        }
    }

    @ParameterizedTest
    @EnumSource
    @Parity({"GRPC-S4.1", "GRPC-C5.3"})
    void a_server_with_a_good_certificate_is_called_and_named(ServerKind kind) throws Exception {
        try (TlsServed served = serve(kind, good, Asked.NOBODY)) {
            var credentials = authority.client();
            try (GrpcCall<Empty, Empty> call =
                    served.client(client -> client.tls(credentials)).call(TestServiceGrpc.getEmptyCallMethod())) {
                call.write(Empty.getDefaultInstance());
                call.end();
                call.one();
                assertEquals(
                        "CN=server", call.context().identity().orElseThrow().getName());
            }
            assertEquals(NOBODY, clients.take());
        }
    }

    @ParameterizedTest
    @EnumSource
    @Parity({"GRPC-S4.2", "GRPC-S4.3"})
    void a_server_that_is_another_host_is_refused(ServerKind kind) throws Exception {
        try (TlsServed served = serve(kind, good, Asked.NOBODY)) {
            var credentials = authority.client();
            fails(
                    served.client(client -> client.tls(credentials).authority("other.test")),
                    "No subject alternative DNS name matching other.test found");
            call(served.client(client -> client.tls(credentials).authority("good.test")));
        }
    }

    @ParameterizedTest
    @EnumSource
    @Parity("GRPC-S4.2")
    void the_common_name_does_not_stand_in_for_an_alternative_name(ServerKind kind) throws Exception {
        isRefused(
                kind,
                authority.issue("127.0.0.1", "good.test"),
                "No subject alternative names matching IP address 127.0.0.1 found");
        isRefused(kind, authority.issue("127.0.0.1"), "No subject alternative names present");
    }

    @ParameterizedTest
    @EnumSource
    @Parity("GRPC-S4.4")
    void a_certificate_of_another_time_is_refused(ServerKind kind) throws Exception {
        Instant now = Instant.now();
        Duration day = Duration.ofDays(1);
        isRefused(
                kind,
                authority.issue("server", now.minus(day.multipliedBy(2)), now.minus(day), "127.0.0.1"),
                "NotAfter: ");
        isRefused(
                kind,
                authority.issue("server", now.plus(day), now.plus(day.multipliedBy(2)), "127.0.0.1"),
                "NotBefore: ");
    }

    @ParameterizedTest
    @EnumSource
    @Parity("GRPC-S4.4")
    void a_certificate_of_an_unknown_authority_is_refused(ServerKind kind) throws Exception {
        isRefused(kind, stranger.issue("server", "127.0.0.1"), "unable to find valid certification path");
    }

    // ---- clients

    @ParameterizedTest
    @EnumSource
    @Parity({"GRPC-S4.5", "GRPC-C5.3", "GRPC-F4.1"})
    void a_client_is_known_by_its_certificate(ServerKind kind) throws Exception {
        try (TlsServed served = serve(kind, good, Asked.EVERYBODY)) {
            var credentials = authority.client(authority.issue("alice").shown());
            call(served.client(client -> client.tls(credentials)));
            assertEquals("CN=alice", clients.take());
        }
    }

    @ParameterizedTest
    @EnumSource
    @Parity("GRPC-S4.6")
    void a_client_without_a_certificate_is_refused_where_one_is_needed(ServerKind kind) throws Exception {
        try (TlsServed served = serve(kind, good, Asked.EVERYBODY)) {
            var credentials = authority.client();
            fails(served.client(client -> client.tls(credentials)), "certificate_required");
            assertEquals(0, clients.size());
        }
    }

    @ParameterizedTest
    @EnumSource
    @Parity("GRPC-S4.7")
    void a_client_without_a_certificate_is_nobody_where_one_is_only_asked_for(ServerKind kind) throws Exception {
        try (TlsServed served = serve(kind, good, Asked.WHO_HAS_ONE)) {
            var credentials = authority.client();
            call(served.client(client -> client.tls(credentials)));
            assertEquals(NOBODY, clients.take());
        }
    }

    @ParameterizedTest
    @EnumSource
    @Parity("GRPC-S4.6")
    void a_client_of_an_unknown_authority_is_refused_even_where_none_is_needed(ServerKind kind) throws Exception {
        for (Asked needed : List.of(Asked.EVERYBODY, Asked.WHO_HAS_ONE)) {
            try (TlsServed served = serve(kind, good, needed)) {
                var credentials = authority.client(stranger.issue("mallory").shown());
                fails(served.client(client -> client.tls(credentials)), "certificate_unknown");
                assertEquals(0, clients.size());
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    @Parity("GRPC-S4.6")
    void a_client_whose_certificate_has_expired_is_refused(ServerKind kind) throws Exception {
        Instant now = Instant.now();
        Duration day = Duration.ofDays(1);
        try (TlsServed served = serve(kind, good, Asked.EVERYBODY)) {
            var credentials = authority.client(authority
                    .issue("late", now.minus(day.multipliedBy(2)), now.minus(day))
                    .shown());
            fails(served.client(client -> client.tls(credentials)), "certificate_unknown");
            assertEquals(0, clients.size());
        }
    }

    // ---- one side without

    @ParameterizedTest
    @EnumSource
    @Parity("GRPC-S4.8")
    void one_side_that_speaks_plain_text_to_one_that_does_not_is_refused(ServerKind kind) throws Exception {
        try (TlsServed served = serve(kind, good, Asked.NOBODY)) {
            fails(served.client(client -> client.plaintext()), "Network closed for unknown reason");
        }
        try (NetLoop net = NetLoop.open("plain", Transport.AUTO);
                ServerKind.Running plain = kind.start(net, new EchoService().bindService());
                GrpcClient client = GrpcClient.on(net.loop())
                        .to(new Address.Tcp("127.0.0.1", plain.port()))
                        .tls(authority.client())
                        .build()) {
            fails(client, "not an SSL/TLS record");
        }
    }
}
