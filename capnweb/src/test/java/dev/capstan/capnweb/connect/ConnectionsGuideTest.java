package dev.capstan.capnweb.connect;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.capstan.async.Address;
import dev.capstan.async.Backoff;
import dev.capstan.async.Completer;
import dev.capstan.async.Loop;
import dev.capstan.async.Promise;
import dev.capstan.capnweb.Options;
import dev.capstan.capnweb.Stub;
import dev.capstan.capnweb.WebClient;
import dev.capstan.capnweb.WebServer;
import dev.capstan.capnweb.bind.Binder;
import dev.capstan.capnweb.bind.Remote;
import dev.capstan.capnweb.bind.Remotes;
import dev.capstan.net.Limits.Http;
import dev.capstan.net.NetLoop;
import dev.capstan.net.Transport;
import dev.capstan.net.http.HttpClient;
import dev.capstan.net.http.HttpServer;
import dev.capstan.testkit.Parity;
import java.lang.invoke.MethodHandles;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionStage;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What docs/connections.md shows, over WebSockets on this machine. */
class ConnectionsGuideTest {
    private final NetLoop net = NetLoop.open("web", Transport.AUTO);
    private final Loop loop = net.loop();
    private final Binder binder = Binder.of(MethodHandles.lookup());
    private final RandomGenerator random = new Random(1);
    private final WebClient web = new WebClient(loop, new HttpClient(loop, net.network(), new Random(1), Http.DEFAULT));
    private final List<Completer<String>> orders = new ArrayList<>();

    private WebServer server = new WebServer(loop, visitor -> Promise.of(binder.serve(loop, new Ours())));
    private HttpServer http = listen();
    private URI address = address();

    // snippet service
    @Remote
    interface Shop {
        long stock(String item);

        Basket basket(String customer);

        Promise<String> order(String item);
    }

    @Remote
    interface Basket {
        long put(String item);
    }
    // end snippet

    private final class Ours implements Shop {
        private final Map<String, Long> baskets = new HashMap<>();

        @Override
        public long stock(String item) {
            return item.length();
        }

        @Override
        public Basket basket(String customer) {
            return item -> baskets.merge(customer, 1L, Long::sum);
        }

        @Override
        public Promise<String> order(String item) {
            Completer<String> ordered = new Completer<>(loop);
            orders.add(ordered);
            return ordered.promise();
        }
    }

    private HttpServer listen() {
        return loop.fetch(() -> HttpServer.listen(
                        loop, net.network(), new Address.Tcp("127.0.0.1", 0), server.routes("/rpc"), Http.DEFAULT))
                .await();
    }

    private URI address() {
        return URI.create("ws://127.0.0.1:" + ((Address.Tcp) http.address()).port() + "/rpc");
    }

    private <T> T onLoop(Callable<T> work) {
        return loop.fetch(() -> Promise.of(work.call())).await();
    }

    private void until(Callable<Boolean> condition) {
        while (!onLoop(condition)) {
            loop.timer().after(Duration.ofMillis(2)).await();
        }
    }

    @AfterEach
    void close() {
        onLoop(() -> {
            server.close();
            http.close();
            return true;
        });
        until(() -> server.open() == 0);
        net.close();
    }

    private static final ClientSettings SOON =
            ClientSettings.DEFAULT.withBackoff(Backoff.DEFAULT.withDelays(Duration.ofMillis(2), Duration.ofMillis(20)));

    @Test
    @Parity("PY-134")
    void a_client_outlives_a_restart_of_its_server() throws Exception {
        ClientSettings settings = SOON;
        // snippet client
        ReconnectingClient client = new ReconnectingClient(loop, () -> web.open(address), settings, random);
        Shop shop = binder.stub(Shop.class, client.main());
        Basket basket = binder.stub(Basket.class, client.healing(main -> main.call("basket", "ann")));
        // end snippet
        assertEquals(3, shop.stock("tea"));
        assertEquals(1, basket.put("tea"));
        assertEquals(2, basket.put("milk"));
        CompletionStage<String> order = shop.order("tea").toCompletionStage();
        until(() -> orders.size() == 1);

        // snippet drain
        Promise<Integer> drained = loop.fetch(() -> server.drain(Duration.ofSeconds(30)));
        // end snippet
        CompletionStage<Integer> cut = drained.toCompletionStage();
        assertEquals(4, shop.stock("milk"), "it is served while something is in flight");
        onLoop(() -> {
            orders.getFirst().complete("sent");
            return true;
        });
        assertEquals("sent", order.toCompletableFuture().get());
        assertEquals(0, cut.toCompletableFuture().get());
        onLoop(() -> {
            http.close();
            return true;
        });

        server = new WebServer(loop, visitor -> Promise.of(binder.serve(loop, new Ours())));
        http = listen();
        address = address();
        assertEquals(3, shop.stock("tea"));
        assertEquals(1, basket.put("tea"), "the recipe has made another one");

        // snippet within
        CompletionStage<String> late =
                Remotes.within(shop, Duration.ofMillis(50)).order("tea").toCompletionStage();
        // end snippet
        assertTrue(late.toCompletableFuture()
                .handle((value, failure) -> String.valueOf(failure))
                .get()
                .contains("OVERLOADED"));
        Remotes.close(basket);
        Remotes.close(shop);
        client.close();
    }

    @Test
    void a_pool_spreads_calls_over_sockets() throws Exception {
        ClientSettings settings = SOON;
        // snippet pool
        PoolSettings size =
                PoolSettings.DEFAULT.withConnections(1, 4).withCallsEach(2).withClient(settings);
        ClientPool pool = new ClientPool(loop, () -> web.open(address), size, random);
        Shop shop = binder.stub(Shop.class, pool.main());
        // end snippet
        List<CompletionStage<String>> calls = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            calls.add(shop.order("item " + i).toCompletionStage());
        }
        until(() -> orders.size() == 8);
        assertEquals(4, onLoop(pool::size));
        assertEquals(2, onLoop(pool::waiting));
        assertEquals(4, onLoop(server::open));
        onLoop(() -> {
            orders.forEach(each -> each.complete("sent"));
            return true;
        });
        until(() -> orders.size() == 10);
        CompletionStage<Integer> cut = pool.drain(Duration.ofSeconds(30)).toCompletionStage();
        onLoop(() -> {
            orders.forEach(each -> each.complete("sent"));
            return true;
        });
        for (CompletionStage<String> call : calls) {
            assertEquals("sent", call.toCompletableFuture().get());
        }
        assertEquals(0, cut.toCompletableFuture().get());
        until(() -> server.open() == 0);
        Remotes.close(shop);
        pool.close();
    }

    @Test
    void calls_that_may_be_repeated_are_named() throws Exception {
        ReconnectingClient client = new ReconnectingClient(loop, () -> web.open(address), SOON, random);
        Stub main = client.main();
        // snippet idempotent
        Shop shop = binder.stub(Shop.class, Idempotent.repeating(main, 3, "stock"));
        // end snippet
        assertEquals(3, shop.stock("tea"));
        Remotes.close(shop);
        main.close();
        client.close();
    }

    @Test
    void a_session_has_a_time_for_its_calls_and_a_client_probes() throws Exception {
        // snippet times
        Options options = Options.DEFAULT.withCallTime(Duration.ofSeconds(20));
        ClientSettings settings =
                ClientSettings.DEFAULT.withHealth(Health.every(Duration.ofSeconds(10), Duration.ofSeconds(5)));
        // end snippet
        WebClient timed =
                new WebClient(loop, new HttpClient(loop, net.network(), new Random(1), Http.DEFAULT), options);
        ReconnectingClient client = new ReconnectingClient(loop, () -> timed.open(address), settings, random);
        try (Stub main = client.main();
                Stub stock = main.call("stock", "tea")) {
            assertEquals(3L, stock.value().await());
        }
        client.close();
    }
}
