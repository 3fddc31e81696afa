package dev.capstan.interop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.capstan.async.Address;
import dev.capstan.async.Loop;
import dev.capstan.async.Promise;
import dev.capstan.capnp.CallContext;
import dev.capstan.capnp.rpc.Vat;
import dev.capstan.capnweb.WebClient;
import dev.capstan.capnweb.WebServer;
import dev.capstan.capnweb.bind.Binder;
import dev.capstan.capnweb.bind.Remote;
import dev.capstan.gateway.port.OnePort;
import dev.capstan.grpc.client.CallSettings;
import dev.capstan.grpc.client.GrpcClient;
import dev.capstan.grpc.client.WebChannel;
import dev.capstan.grpc.server.GrpcServer;
import dev.capstan.grpc.server.Handling;
import dev.capstan.grpc.server.ServiceBinding;
import dev.capstan.interop.schema.Callback;
import dev.capstan.net.Limits;
import dev.capstan.net.NetLoop;
import dev.capstan.net.Transport;
import dev.capstan.net.http.HttpClient;
import dev.capstan.net.http.HttpResponse;
import dev.capstan.net.http.HttpRoutes;
import dev.capstan.net.webtransport.ServerIdentity;
import dev.capstan.net.webtransport.ServerTrust;
import dev.capstan.testprotos.interop.SimpleRequest;
import dev.capstan.testprotos.interop.SimpleResponse;
import dev.capstan.testprotos.interop.TestServiceGrpc;
import io.grpc.ServerServiceDefinition;
import io.grpc.ServiceDescriptor;
import java.lang.invoke.MethodHandles;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** One Java object, at one port, called over all wires. */
class OnePortTest {
    /** What is called: it keeps the sum of what it was told. */
    @Remote
    interface Sum {
        long add(long n);
    }

    private static final class Counting implements Sum {
        private long sum;

        @Override
        public long add(long n) {
            sum += n;
            return sum;
        }
    }

    /** The object as an interface of a schema. */
    private record OverCapnp(Sum sum) implements Callback.Server {
        @Override
        public Promise<Void> call(CallContext<Callback.CallParams.Reader, Callback.CallResults.Builder> context) {
            context.results().setM(sum.add(context.params().getN()));
            return Promise.done();
        }
    }

    /** The object as a method of a {@code .proto} file: the number asked for is added, and the sum comes as text. */
    private static ServerServiceDefinition overGrpc(Sum sum) {
        ServiceDescriptor service = ServiceDescriptor.newBuilder(TestServiceGrpc.SERVICE_NAME)
                .addMethod(TestServiceGrpc.getUnaryCallMethod())
                .build();
        return new ServiceBinding(service, Handling.byServer())
                .unary(
                        TestServiceGrpc.getUnaryCallMethod(),
                        request -> Promise.of(SimpleResponse.newBuilder()
                                .setUsername(Long.toString(sum.add(request.getResponseSize())))
                                .build()))
                .build();
    }

    private final NetLoop net = NetLoop.open("one-port", Transport.AUTO);
    private final Loop loop = net.loop();
    private final SecureRandom random = new SecureRandom();
    private final Binder binder = Binder.of(MethodHandles.lookup());
    private final Counting counting = new Counting();
    private final WebServer web = new WebServer(loop, visitor -> Promise.of(binder.serve(loop, counting)));
    private final OnePort port = listen();
    private final String authority = port.address().toString();

    private OnePort listen() {
        // snippet port
        Vat vat = Vat.on(loop).serving(new OverCapnp(counting)).build();
        GrpcServer grpc = GrpcServer.on(loop).service(overGrpc(counting)).build();
        HttpRoutes pages = HttpRoutes.none()
                .on("GET", "/", request -> Promise.of(HttpResponse.text(200, "a page")))
                .and(web.routes("/rpc"))
                .and(grpc.routes());
        return OnePort.on(net)
                .capnp(vat)
                .http(pages)
                .webTransport(ServerIdentity.selfIssued(Instant::now, random, "localhost"), web.transports("/rpc"))
                .listen(new Address.Tcp("127.0.0.1", 0))
                .await();
        // end snippet
    }

    @AfterEach
    void close() {
        loop.fetch(() -> {
                    port.close();
                    return Promise.done();
                })
                .await();
        net.close();
    }

    private HttpClient http() {
        return new HttpClient(loop, net.network(), random, Limits.Http.DEFAULT);
    }

    private static long asked(GrpcClient client, int n) {
        SimpleRequest request = SimpleRequest.newBuilder().setResponseSize(n).build();
        return Long.parseLong(client.one(TestServiceGrpc.getUnaryCallMethod(), request, CallSettings.DEFAULT)
                .getUsername());
    }

    @Test
    void one_object_is_called_over_every_wire() {
        try (Vat vat = Vat.on(loop).build();
                var peer = vat.connect(net.network(), port.address()).await();
                Callback.Client sum = peer.bootstrap(Callback.TYPE)) {
            assertEquals(1, sum.call(params -> params.setN(1)).await().getM());
        }
        WebClient client = new WebClient(loop, http());
        try (var socket = client.connect(URI.create("ws://" + authority + "/rpc"))) {
            assertEquals(11, binder.stub(Sum.class, loop, socket.main()).add(10));
        }
        try (var batch = client.batch(URI.create("http://" + authority + "/rpc"))) {
            assertEquals(111, binder.stub(Sum.class, loop, batch.main()).add(100));
        }
        var trust = ServerTrust.hashes(Instant::now, port.hashes());
        WebClient transports = client.overWebTransport(net, trust, Limits.WebTransport.DEFAULT);
        try (var session = transports.connect(URI.create("https://" + authority + "/rpc"))) {
            assertEquals(1_111, binder.stub(Sum.class, loop, session.main()).add(1_000));
        }
        try (GrpcClient grpc = GrpcClient.on(net).to(port.address()).plaintext().build()) {
            assertEquals(11_111, asked(grpc, 10_000));
        }
        URI base = URI.create("http://" + authority + "/");
        try (GrpcClient grpcWeb =
                GrpcClient.over(loop, new WebChannel(loop, http(), base, true, dev.capstan.grpc.Limits.DEFAULT))) {
            assertEquals(111_111, asked(grpcWeb, 100_000));
        }
        assertEquals(111_111, counting.sum);
    }

    @Test
    void a_server_of_every_wire_is_twelve_lines() {
        String source =
                SourceTree.text(Program.ROOT.resolve("interop/src/test/java/dev/capstan/interop/OnePortTest.java"));
        assertEquals(12, Markdown.region(source, "port").orElseThrow().lines().count());
    }

    @Test
    void a_client_that_speaks_nothing_known_is_told_so_by_http() throws Exception {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), ((Address.Tcp) port.address()).port())) {
            socket.setSoTimeout(20_000);
            socket.getOutputStream()
                    .write("\u0001\u0002\u0003\u0004 what is this?\r\n\r\n".getBytes(StandardCharsets.ISO_8859_1));
            String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
            assertTrue(answer.startsWith("HTTP/1.1 400"), answer);
        }
    }
}
