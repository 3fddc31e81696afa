package dev.capstan.capnweb;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.capstan.async.Address;
import dev.capstan.async.Promise;
import dev.capstan.cap.Failure;
import dev.capstan.capnweb.bind.Binder;
import dev.capstan.capnweb.bind.Pending;
import dev.capstan.capnweb.bind.Remote;
import dev.capstan.capnweb.bind.Remotes;
import dev.capstan.net.Limits.Http;
import dev.capstan.net.NetLoop;
import dev.capstan.net.Transport;
import dev.capstan.net.http.HttpClient;
import dev.capstan.net.http.HttpServer;
import dev.capstan.testkit.ForeignPeer;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.lang.invoke.MethodHandles;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import java.util.function.Function;
import java.util.function.IntUnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** Interfaces and records with the TypeScript implementation on Node, live: Node calls a {@link Shop} of Java, and Java one of Node. */
@ForeignPeer
class NodeTypedTest {
    private static final List<String> EXPECTED = List.of(
            "[\"record\",[\"bread\",250,\"FOOD\",1000,[\"fresh\"],\"12345678901234567890\",false]]",
            "[\"records back\",251]",
            "[\"wrong record\",{\"failed\":\"TypeError\",\"message\":\"total: args[0][1].cents: expected an integer from -2147483648 to 2147483647, got \\\"much\\\"\"}]",
            "[\"too few arguments\",{\"failed\":\"TypeError\",\"message\":\"item: takes 1 argument, got 0\"}]",
            "[\"not in the interface\",{\"failed\":\"TypeError\",\"message\":\"'secret' is not a function.\"}]",
            "[\"declared\",{\"failed\":\"Error\",\"message\":\"no gold left\"}]",
            "[\"failure\",{\"failed\":\"Error\",\"message\":\"come back later\"}]",
            "[\"bug\",{\"failed\":\"Error\",\"message\":\"item failed; the log of the callee says why\"}]",
            "[\"object\",[500,700,\"Ann\"]]",
            "[\"pipelined\",[250,\"Bob\",3,[\"fresh\"]]]",
            "[\"object back\",[\"Cy pays 750\",\"Node pays 5\"]]",
            "[\"callback with a result\",500]",
            "[\"callback that fails\",{\"failed\":\"RangeError\",\"message\":\"no price\"}]",
            "[\"callback that is kept\",[\"one\",\"two\"]]",
            "[\"method as callback\",250]",
            "[\"method read\",250]",
            "[\"function as result\",[90,45]]",
            "[\"items\",[\"n0\",\"n1\",\"n2\"]]",
            "[\"sum\",42]",
            "[\"wrong chunk\",{\"failed\":\"Error\",\"message\":\"a chunk of the stream: expected an integer from -2147483648 to 2147483647, got \\\"x\\\"\"}]",
            "[\"bytes\",100001]",
            "[\"bytes back\",200000]",
            "[\"published\",[\"news: a\",\"news: b\"]]",
            "[\"map\",[\"bread\",\"salt\"]]",
            "[\"tables\",{\"imports\":1,\"exports\":1}]");

    private NetLoop net;

    @BeforeEach
    void open() throws Exception {
        NodePeer.install();
        net = NetLoop.open("web", Transport.AUTO);
    }

    @AfterEach
    void close() {
        net.close();
    }

    private <T> T onLoop(java.util.concurrent.Callable<T> work) {
        return net.loop().fetch(() -> Promise.of(work.call())).await();
    }

    @Test
    void node_calls_a_service_of_ours() throws Exception {
        Binder binder = Binder.of(MethodHandles.lookup());
        WebServer server =
                new WebServer(net.loop(), visitor -> Promise.of(binder.serveBlocking(net.loop(), new ShopOfOurs())));
        HttpServer http = net.loop()
                .fetch(() -> HttpServer.listen(
                        net.loop(), net.network(), new Address.Tcp("127.0.0.1", 0), server.routes("/"), Http.DEFAULT))
                .await();
        int port = ((Address.Tcp) http.address()).port();
        assertEquals(String.join("\n", EXPECTED), NodePeer.said("typed-client.mjs", port));
        while (onLoop(server::open) > 0) {
            net.loop().timer().after(Duration.ofMillis(5)).await();
        }
    }

    @Nested
    class With_a_service_of_Node {
        private NodePeer node;
        private WebPeer peer;
        private Shop shop;

        @BeforeEach
        void connect() throws IOException {
            node = NodePeer.server("typed-server.mjs");
            HttpClient http = new HttpClient(net.loop(), net.network(), new Random(1), Http.DEFAULT);
            peer = new WebClient(net.loop(), http).connect(URI.create("ws://127.0.0.1:" + node.port() + "/"));
            shop = Binder.of(MethodHandles.lookup()).stub(Shop.class, net.loop(), peer.main());
        }

        @AfterEach
        void nothing_is_left() throws IOException {
            shop.close();
            while (!onLoop(peer::tables).equals(new WebPeer.Tables(0, 1, 0))) {
                net.loop().timer().after(Duration.ofMillis(5)).await();
            }
            node.assertEmpty();
            peer.close();
            net.loop().fetch(peer::onDisconnect).await();
            node.close();
        }

        @Test
        void records_go_and_come() throws Exception {
            Shop.Item bread = shop.item("bread");
            assertEquals(Shop.Item.named("bread"), bread);
            Shop.Item noted =
                    new Shop.Item("x", 7, Shop.Kind.TOOL, bread.since(), List.of(), bread.sold(), Optional.of("note"));
            assertEquals(257, shop.total(List.of(bread, noted)));
        }

        @Test
        void errors_are_told() {
            assertEquals(
                    "no gold left",
                    assertThrows(Shop.SoldOut.class, () -> shop.item("gold")).getMessage());
            assertEquals(
                    "come back later",
                    assertThrows(Failure.class, () -> shop.item("later")).reason());
            assertEquals(
                    "a name is not empty",
                    assertThrows(Failure.class, () -> shop.item("")).reason());
            assertEquals(
                    "item: result.cents: expected an integer from -2147483648 to 2147483647, got 1.5",
                    assertThrows(Failure.class, () -> shop.item("odd")).reason());
        }

        @Test
        void objects_are_called_before_they_are_there_and_passed_back() {
            try (Shop.Cart cart = shop.open("Ann");
                    Pending<String> token = shop.token()) {
                assertEquals(500, cart.add("bread", 2));
                assertEquals("Ann", cart.owner());
                assertEquals(3, shop.length(token));
                assertEquals("Ann pays 500", shop.pay(cart));
            }
            try (Shop.Cart own = new ShopOfOurs().open("Java")) {
                assertEquals("Java pays 0", shop.pay(own));
            }
        }

        @Test
        void functions_go_and_come() {
            assertEquals(500, shop.priced(item -> Promise.of(item.cents() * 2), "bread"));
            assertEquals(
                    "no price",
                    assertThrows(
                                    Failure.class,
                                    () -> shop.priced(item -> Promise.failed(Failure.failed("no price")), "bread"))
                            .reason());
            IntUnaryOperator rebate = shop.rebate(10);
            assertEquals(90, rebate.applyAsInt(100));
            assertEquals(45, rebate.applyAsInt(50));
            Remotes.close(rebate);
        }

        @Test
        void a_callback_is_kept() {
            List<String> heard = new ArrayList<>();
            shop.watch(heard::add);
            shop.say("one");
            shop.say("two");
            shop.unwatch();
            assertEquals(List.of("one", "two"), heard);
        }

        @Test
        @SuppressWarnings("unchecked") // a class has no type arguments
        void a_method_of_node_is_passed_as_a_callback() {
            Binder binder = Binder.of(MethodHandles.lookup());
            Function<Shop.Item, Promise<Integer>> priceOf =
                    binder.stub(Function.class, Remotes.stub(shop).get("priceOf"));
            assertEquals(250, shop.priced(priceOf, "bread"));
        }

        @Test
        void streams_go_and_come() throws IOException {
            List<String> names = new ArrayList<>();
            shop.items(3).forEachRemaining(item -> names.add(item.name()));
            assertEquals(List.of("n0", "n1", "n2"), names);
            assertEquals(42, shop.sum(List.of(1, 2, 39).iterator()));
            assertEquals(100_000, shop.count(new ByteArrayInputStream(new byte[100_000])));
            try (InputStream zeros = shop.zeros(200_000)) {
                assertEquals(200_000, zeros.readAllBytes().length);
            }
        }

        @Test
        void publishers_go_and_come() {
            CompletableFuture<List<String>> heard = new CompletableFuture<>();
            List<String> texts = new ArrayList<>();
            Flow.Publisher<String> ours = subscriber -> subscriber.onSubscribe(new Flow.Subscription() {
                private int next;

                @Override
                public void request(long n) {
                    for (long i = 0; i < n && next < 2; i++) {
                        subscriber.onNext("n" + next++);
                    }
                    if (next == 2) {
                        next++;
                        subscriber.onComplete();
                    }
                }

                @Override
                public void cancel() {}
            });
            shop.news(ours).subscribe(new Flow.Subscriber<>() {
                @Override
                public void onSubscribe(Flow.Subscription subscription) {
                    subscription.request(10);
                }

                @Override
                public void onNext(String text) {
                    texts.add(text);
                }

                @Override
                public void onError(Throwable failure) {
                    heard.completeExceptionally(failure);
                }

                @Override
                public void onComplete() {
                    heard.complete(List.copyOf(texts));
                }
            });
            assertEquals(List.of("news: n0", "news: n1"), heard.join());
        }

        @Test
        void a_list_is_mapped_there() {
            @Remote
            interface Ahead {
                Pending<List<String>> names();

                Pending<Shop.Item> item(Pending<String> name);
            }
            Ahead ahead = Binder.of(MethodHandles.lookup())
                    .stub(Ahead.class, Remotes.stub(shop).dup());
            try (Pending<List<String>> names = ahead.names();
                    Pending<List<Integer>> cents =
                            Pending.map(names, name -> ahead.item(name).get("cents", Integer.class))) {
                assertEquals(List.of(250, 200), cents.await());
            }
            Remotes.close(ahead);
        }
    }
}
