package dev.capstan.gateway.grpc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.capstan.async.Address;
import dev.capstan.async.Promise;
import dev.capstan.cap.Cap;
import dev.capstan.cap.Failure;
import dev.capstan.capnweb.Options;
import dev.capstan.capnweb.Stub;
import dev.capstan.capnweb.WebPeer;
import dev.capstan.gateway.translate.Limits;
import dev.capstan.grpc.client.GrpcClient;
import dev.capstan.grpc.server.GrpcServer;
import dev.capstan.grpc.services.DescriptorPool;
import dev.capstan.net.NetLoop;
import dev.capstan.net.Transport;
import dev.capstan.net.http.HttpServer;
import dev.capstan.testprotos.guide.Name;
import dev.capstan.testprotos.types.New;
import io.grpc.ServerServiceDefinition;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;

/** A loop with servers and clients of both wires, over sockets of gRPC and sessions of Cap'n Web within the process. */
abstract class GrpcScene {
    static final DescriptorPool SCHEMAS =
            DescriptorPool.of(List.of(Name.getDescriptor().getFile(), New.getDescriptor().getFile()));

    final NetLoop net = NetLoop.open("scene", Transport.AUTO);
    final GrpcBridge bridge = new GrpcBridge(net.loop(), SCHEMAS, Limits.DEFAULT);
    final Greeters greeters = new Greeters();
    private final List<GrpcClient> clients = new ArrayList<>();
    private final List<WebPeer> peers = new ArrayList<>();
    final List<AutoCloseable> open = new ArrayList<>();

    <T> T inLoop(Callable<T> work) {
        return net.loop().<T>fetch(() -> Promise.of(work.call())).await();
    }

    /** A server of gRPC, and a client of it. */
    GrpcClient serve(ServerServiceDefinition... services) {
        GrpcServer.Builder server = GrpcServer.on(net.loop()).intercept(greeters);
        for (ServerServiceDefinition each : services) {
            server.service(each);
        }
        return connect(server.build());
    }

    GrpcClient connect(GrpcServer server) {
        HttpServer http = net.loop()
                .fetch(() -> HttpServer.listen(
                        net.loop(),
                        net.network(),
                        new Address.Tcp("127.0.0.1", 0),
                        server.routes(),
                        dev.capstan.net.Limits.Http.DEFAULT))
                .await();
        GrpcClient client =
                GrpcClient.on(net).to(http.address()).plaintext().build();
        clients.add(client);
        return client;
    }

    /** What a page sees of an object. */
    Stub page(Callable<Cap> object) {
        WebPeer.Pair pair = pair(object, Options.DEFAULT.withMessagesShown());
        Stub api = inLoop(() -> Stub.of(net.loop(), pair.right().main()));
        open.addFirst(api);
        return api;
    }

    WebPeer.Pair pair(Callable<Cap> object, Options options) {
        WebPeer.Pair pair = inLoop(() -> WebPeer.pair(net.loop(), object.call(), null, options));
        peers.add(pair.left());
        peers.add(pair.right());
        return pair;
    }

    /** The greeter of a server, as a page sees it. */
    Stub greeter() {
        GrpcClient client = serve(greeters.bindService());
        return page(() -> bridge.toWeb(client, "guide.Greeter"));
    }

    static @Nullable Object value(Stub result) {
        try (result) {
            return result.value().await();
        }
    }

    static Failure failure(Stub result) {
        try (result) {
            Promise<Object> promise = result.value();
            return assertThrows(Failure.class, promise::await);
        }
    }

    static Map<String, String> name(String text) {
        return Map.of("text", text);
    }

    /** Waits for what another thread or peer does. */
    static void until(BooleanSupplier condition) throws InterruptedException {
        for (int i = 0; i < 2_000 && !condition.getAsBoolean(); i++) {
            Thread.sleep(5);
        }
        assertEquals(true, condition.getAsBoolean());
    }

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable each : open) {
            each.close();
        }
        inLoop(() -> {
            peers.forEach(WebPeer::close);
            return true;
        });
        until(() -> clients.stream().allMatch(each -> each.calls() == 0));
        clients.forEach(GrpcClient::close);
        net.close();
    }

    static <T> T nonNull(@Nullable T value) {
        return Objects.requireNonNull(value);
    }
}
