package dev.capstan.grpc.security;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.capstan.async.Address;
import dev.capstan.async.Promise;
import dev.capstan.grpc.ConnectProxy;
import dev.capstan.grpc.EchoService;
import dev.capstan.grpc.GrpcFailure;
import dev.capstan.grpc.Served;
import dev.capstan.grpc.client.CallSettings;
import dev.capstan.grpc.client.GrpcCall;
import dev.capstan.grpc.client.GrpcClient;
import dev.capstan.grpc.server.ServerContext;
import dev.capstan.net.Limits;
import dev.capstan.net.NetLoop;
import dev.capstan.net.tls.TlsNetwork;
import dev.capstan.testkit.LongRun;
import dev.capstan.testkit.Parity;
import dev.capstan.testprotos.interop.Empty;
import dev.capstan.testprotos.interop.StreamingOutputCallRequest;
import dev.capstan.testprotos.interop.TestServiceGrpc;
import dev.capstan.testprotos.interop.TestServiceRpc;
import io.grpc.HttpConnectProxiedSocketAddress;
import io.grpc.ProxyDetector;
import io.grpc.Status;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Ways between client and server other than a TCP connection: Unix sockets, proxies, and cables that are pulled. */
class PathsTest {
    private static void call(GrpcClient client) {
        client.one(TestServiceGrpc.getEmptyCallMethod(), Empty.getDefaultInstance(), CallSettings.DEFAULT);
    }

    static ProxyDetector through(ConnectProxy proxy, String name, String password) {
        return to -> HttpConnectProxiedSocketAddress.newBuilder()
                .setProxyAddress(proxy.address())
                .setTargetAddress((InetSocketAddress) to)
                .setUsername(name)
                .setPassword(password)
                .build();
    }

    @Test
    @Parity("GRPC-X3.1")
    void a_unix_socket_carries_calls(@TempDir Path folder) throws Exception {
        try (Served served = new Served(
                server -> server.service(new EchoService()),
                NetLoop::network,
                new Address.Unix(folder.resolve("plain").toString()),
                Limits.Http2.DEFAULT)) {
            call(served.client());
        }
    }

    @Test
    @Parity("GRPC-C5.4")
    void both_sides_of_a_unix_socket_are_told_its_path(@TempDir Path folder) throws Exception {
        Path path = folder.resolve("named");
        BlockingQueue<SocketAddress> seen = new LinkedBlockingQueue<>();
        TestServiceRpc.Async handler = new TestServiceRpc.Async() {
            @Override
            public Promise<Empty> emptyCall(Empty request) {
                seen.add(ServerContext.current().peer().orElseThrow());
                return Promise.of(request);
            }
        };
        try (Served served = new Served(
                server -> server.service(TestServiceRpc.bind(handler)),
                NetLoop::network,
                new Address.Unix(path.toString()),
                Limits.Http2.DEFAULT)) {
            List<GrpcCall<?, ?>> begun = new ArrayList<>();
            served.client()
                    .one(
                            TestServiceGrpc.getEmptyCallMethod(),
                            Empty.getDefaultInstance(),
                            CallSettings.DEFAULT.onBegin(begun::add));
            assertEquals(UnixDomainSocketAddress.of(path), seen.poll(30, TimeUnit.SECONDS));
            assertEquals(
                    path.toString(),
                    begun.getFirst().context().peer().orElseThrow().toString());
        }
    }

    @Test
    @Parity({"GRPC-S4.3", "GRPC-X3.2"})
    void a_unix_socket_carries_tls_whose_host_the_client_names(@TempDir Path folder) throws Exception {
        Authority authority = new Authority("authority");
        var context = authority.server(authority.issue("server", "good.test").shown());
        var credentials = authority.client();
        try (Served served = new Served(
                server -> server.service(new EchoService()),
                net -> new TlsNetwork(net.loop(), net.network(), context, Limits.Tls.DEFAULT).offering("h2"),
                new Address.Unix(folder.resolve("tls").toString()),
                Limits.Http2.DEFAULT)) {
            call(served.client(client -> client.tls(credentials).authority("good.test")));
            GrpcFailure failure = assertThrows(
                    GrpcFailure.class,
                    () -> call(served.client(client -> client.tls(credentials).authority("other.test"))));
            assertTrue(failure.getMessage().contains("matching other.test"), failure.getMessage());
        }
    }

    @Test
    @Parity("GRPC-X5.1")
    void a_proxy_that_knows_the_client_leads_to_the_server() throws Exception {
        try (ConnectProxy proxy = new ConnectProxy("alice", "pass");
                Served served = new Served(server -> server.service(new EchoService()))) {
            call(served.client(client -> client.plaintext().proxies(through(proxy, "alice", "pass"))));
            assertEquals(List.of("CONNECT 127.0.0.1:" + served.port() + " HTTP/1.1"), proxy.asked());
        }
    }

    @Test
    @Parity("GRPC-X5.2")
    void a_proxy_that_does_not_know_the_client_fails_its_calls() throws Exception {
        try (ConnectProxy proxy = new ConnectProxy("alice", "pass");
                Served served = new Served(server -> server.service(new EchoService()))) {
            GrpcFailure failure = assertThrows(
                    GrpcFailure.class,
                    () -> call(served.client(
                            client -> client.plaintext().proxies(through(proxy, "alice", "planted-wrong")))));
            assertEquals(Status.Code.UNAVAILABLE, failure.code());
            assertTrue(failure.getMessage().contains("407"), failure.getMessage());
            assertTrue(!failure.toString().contains("planted-wrong"));
        }
    }

    @Test
    @LongRun
    @Parity("GRPC-X1.1")
    void a_client_finds_out_that_its_server_is_gone_and_fails_its_calls() throws Exception {
        try (ConnectProxy proxy = new ConnectProxy("alice", "pass");
                Served served = new Served(server -> server.service(new EchoService()))) {
            GrpcClient client = served.client(builder -> builder.plaintext()
                    .proxies(through(proxy, "alice", "pass"))
                    .keepAlive(Duration.ofSeconds(10), Duration.ofSeconds(1), false));
            try (var stream = client.call(TestServiceGrpc.getFullDuplexCallMethod())) {
                stream.write(StreamingOutputCallRequest.getDefaultInstance());
                stream.read();
                proxy.fallSilent();
                GrpcFailure failure = assertThrows(GrpcFailure.class, stream::read);
                assertEquals(Status.Code.UNAVAILABLE, failure.code());
                assertTrue(failure.reason().contains("Keepalive failed"), failure.reason());
            }
        }
    }
}
