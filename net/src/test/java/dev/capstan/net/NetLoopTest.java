package dev.capstan.net;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.capstan.async.Address;
import dev.capstan.async.ByteStream;
import dev.capstan.async.CanceledException;
import dev.capstan.async.Completer;
import dev.capstan.async.Loop;
import dev.capstan.async.Network;
import dev.capstan.async.Promise;
import dev.capstan.testkit.ByteReceiver;
import io.netty.util.concurrent.FastThreadLocalThread;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** A loop with sockets on a thread of its own, from opening to closing. */
@ParameterizedClass
@EnumSource(names = {"EPOLL", "NIO"})
final class NetLoopTest {
    private static final Address ANY_PORT = new Address.Tcp("127.0.0.1", 0);

    @Parameter
    Transport transport = Transport.AUTO;

    private final Set<String> descriptors = Descriptors.open();
    private final List<NetLoop> opened = new ArrayList<>();

    private NetLoop open() {
        NetLoop net = NetLoop.open("net-test", transport);
        opened.add(net);
        return net;
    }

    @AfterEach
    void leavesNothingBehind() {
        opened.forEach(NetLoop::close);
        for (Thread thread : Thread.getAllStackTraces().keySet()) {
            assertFalse(thread.getName().startsWith("net-test"), thread.toString());
            assertFalse(thread.getName().startsWith("globalEventExecutor"), thread.toString());
        }
        assertEquals(descriptors, Descriptors.open());
    }

    /** Sends back what it gets. */
    private static void echo(ByteStream stream) {
        stream.start(new ByteStream.Receiver() {
            @Override
            public void received(byte[] array, int offset, int length) {
                stream.write(array, offset, length);
            }

            @Override
            public void ended() {
                stream.end();
            }

            @Override
            public void failed(Throwable cause) {}
        });
    }

    private static Address serve(NetLoop net) {
        return net.network().listen(ANY_PORT, NetLoopTest::echo).await().address();
    }

    /** Sends {@code text}, ends, and gives what comes back until the end. */
    private static Promise<String> ask(Loop loop, ByteStream stream, String text) {
        Completer<String> answer = new Completer<>(loop);
        ByteReceiver bytes = new ByteReceiver();
        stream.start(new ByteStream.Receiver() {
            @Override
            public void received(byte[] array, int offset, int length) {
                bytes.received(array, offset, length);
            }

            @Override
            public void ended() {
                answer.complete(bytes.text());
            }

            @Override
            public void failed(Throwable cause) {
                answer.fail(cause);
            }
        });
        byte[] question = text.getBytes(StandardCharsets.UTF_8);
        stream.write(question, 0, question.length);
        stream.end();
        return answer.promise();
    }

    @Test
    void a_loop_that_looks_before_it_sleeps_hears_sockets_posts_and_alarms() throws Exception {
        NetLoop net = NetLoop.open(
                "net-test", transport, Limits.DEFAULT.withSpin(Duration.ofMillis(1)), dev.capstan.async.Limits.DEFAULT);
        opened.add(net);
        Address server = serve(net);
        for (int i = 0; i < 50; i++) {
            CountDownLatch posted = new CountDownLatch(1);
            net.loop().post(posted::countDown);
            posted.await();
        }
        net.loop().timer().after(Duration.ofMillis(3)).await();
        ByteStream stream = net.network().connect(server).await();
        assertEquals(
                "hello",
                net.loop().fetch(() -> ask(net.loop(), stream, "hello")).await());
    }

    @Test
    void two_loops_talk_to_each_other() {
        NetLoop server = open();
        NetLoop client = open();
        Address address = serve(server);
        String answer = client.network()
                .connect(address)
                .then(stream -> ask(client.loop(), stream, "hello"))
                .await();
        assertEquals("hello", answer);
    }

    @Test
    void a_loop_without_a_thread_talks_while_it_is_driven() {
        Address address = serve(open());
        try (NetLoop client = NetLoop.onThisThread(transport)) {
            String answer = client.loop()
                    .await(client.network().connect(address).then(stream -> ask(client.loop(), stream, "hello")));
            assertEquals("hello", answer);
        }
    }

    @Test
    void a_name_is_resolved_and_its_addresses_are_tried() {
        NetLoop net = open();
        int port = ((Address.Tcp) serve(net)).port();
        String answer = net.network()
                .connect(new Address.Tcp("localhost", port))
                .then(stream -> ask(net.loop(), stream, "hello"))
                .await();
        assertEquals("hello", answer);
    }

    @Test
    void many_connections_are_served_at_once() {
        NetLoop net = open();
        Address address = serve(net);
        List<Promise<String>> answers = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            String text = "question " + i;
            answers.add(net.network().connect(address).then(stream -> ask(net.loop(), stream, text)));
        }
        List<String> got = Promise.all(answers).await();
        for (int i = 0; i < 300; i++) {
            assertEquals("question " + i, got.get(i));
        }
        assertEquals(
                1,
                net.loop()
                        .fetch(() -> Promise.of(((NettyNetwork) net.network()).open()))
                        .await()
                        .intValue());
    }

    @Test
    void a_thousand_writes_of_one_turn_are_one_system_call() {
        NetLoop net = open();
        Address address = serve(net);
        SocketStream stream = (SocketStream) net.network().connect(address).await();
        int calls = net.loop()
                .later(() -> {
                    for (int i = 0; i < 1000; i++) {
                        stream.write(new byte[60], 0, 60);
                    }
                    return net.loop().whenIdle();
                })
                .map(x -> stream.writeCalls)
                .await();
        assertEquals(1, calls);
    }

    @Test
    void what_is_written_at_the_end_of_a_turn_leaves_with_what_was_written_in_it() {
        NetLoop net = open();
        Address address = serve(net);
        SocketStream stream = (SocketStream) net.network().connect(address).await();
        int calls = net.loop()
                .later(() -> {
                    stream.write(new byte[60], 0, 60);
                    net.loop().atTurnEnd(() -> stream.write(new byte[60], 0, 60));
                    return net.loop().whenIdle();
                })
                .map(x -> stream.writeCalls)
                .await();
        assertEquals(1, calls);
    }

    @Test
    void a_turn_without_writes_makes_no_system_call() {
        NetLoop net = open();
        SocketStream stream = (SocketStream) net.network().connect(serve(net)).await();
        net.loop().fetch(() -> net.loop().whenIdle()).await();
        assertEquals(0, stream.writeCalls);
    }

    @Test
    void no_wake_up_is_lost() throws InterruptedException {
        NetLoop net = open();
        AtomicInteger ran = new AtomicInteger();
        List<Thread> threads = new ArrayList<>();
        for (int t = 0; t < 4; t++) {
            threads.add(Thread.ofPlatform().start(() -> {
                for (int i = 0; i < 5000; i++) {
                    // One at a time, so that the loop goes to sleep between them as often as not.
                    net.loop().fetch(() -> Promise.of(ran.incrementAndGet())).await();
                }
            }));
        }
        for (Thread thread : threads) {
            thread.join();
        }
        assertEquals(20_000, ran.get());
    }

    @Test
    void alarms_go_off_while_the_loop_waits_for_sockets() {
        NetLoop net = open();
        Loop loop = net.loop();
        for (int millis : new int[] {1, 5, 20, 40}) {
            long before = loop.timer().nanoTime();
            loop.timer().after(Duration.ofMillis(millis)).await();
            assertTrue(loop.timer().nanoTime() - before >= millis * 1_000_000L);
        }
    }

    @Test
    void closing_breaks_open_connections_and_tells_both_ends() {
        NetLoop server = open();
        NetLoop client = open();
        List<ByteReceiver> receivers = new ArrayList<>();
        CountDownLatch accepted = new CountDownLatch(1);
        Address address = server.network()
                .listen(ANY_PORT, stream -> {
                    ByteReceiver receiver = new ByteReceiver();
                    receivers.add(receiver);
                    stream.start(receiver);
                    accepted.countDown();
                })
                .await()
                .address();
        CompletableFuture<String> heard = new CompletableFuture<>();
        client.network()
                .connect(address)
                .map(stream -> {
                    stream.start(new ByteStream.Receiver() {
                        @Override
                        public void received(byte[] array, int offset, int length) {}

                        @Override
                        public void ended() {
                            heard.complete("ended");
                        }

                        @Override
                        public void failed(Throwable cause) {
                            heard.complete("failed");
                        }
                    });
                    return stream;
                })
                .await();
        awaitLatch(accepted);
        server.close();
        assertTrue(String.valueOf(receivers.getFirst().failure()).contains("the loop is closing"));
        assertTrue(Set.of("ended", "failed").contains(heard.join()));
    }

    @Test
    void what_was_written_before_closing_arrives() {
        NetLoop server = open();
        NetLoop client = open();
        CompletableFuture<String> heard = new CompletableFuture<>();
        Address address = server.network()
                .listen(
                        ANY_PORT,
                        stream -> ask(server.loop(), stream, "").listen(server.loop(), (text, failure) -> {
                            heard.complete(failure == null ? text : "failed");
                        }))
                .await()
                .address();
        ByteStream stream = client.network().connect(address).await();
        client.loop().post(() -> stream.write("last words".getBytes(StandardCharsets.UTF_8), 0, 10));
        client.close();
        assertEquals("last words", heard.join());
    }

    private static void awaitLatch(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new AssertionError("interrupted", e);
        }
    }

    @Test
    void closing_tells_who_waits_and_closing_again_does_nothing() throws InterruptedException {
        NetLoop net = open();
        CountDownLatch waiting = new CountDownLatch(1);
        Promise<String> never = net.loop().pause().then(x -> {
            waiting.countDown();
            return new Completer<String>(net.loop()).promise();
        });
        CompletableFuture<Throwable> thrown = new CompletableFuture<>();
        Thread waiter = Thread.ofVirtual().start(() -> {
            try {
                never.await();
            } catch (CanceledException e) {
                thrown.complete(e);
            }
        });
        waiting.await();
        net.close();
        net.close();
        assertTrue(thrown.join() instanceof CanceledException);
        waiter.join();
        Promise<ByteStream> late = net.network().connect(ANY_PORT);
        assertThrows(CanceledException.class, late::await);
    }

    @Test
    void a_loop_may_be_closed_from_within() {
        NetLoop net = open();
        serve(net);
        net.loop().execute(net::close);
        NetLoop other = open();
        other.loop()
                .fiber(() -> {
                    other.close();
                    return 1;
                })
                .detach(e -> {});
    }

    @Test
    void the_thread_of_a_loop_is_one_for_which_netty_keeps_buffers() {
        NetLoop net = open();
        assertTrue(net.loop()
                .fetch(() -> Promise.of(FastThreadLocalThread.currentThreadHasFastThreadLocal()))
                .await());
    }

    @Test
    void a_loop_stays_with_the_thread_that_drove_it_first() {
        try (NetLoop net = NetLoop.onThisThread(transport)) {
            net.loop().poll();
            CompletableFuture<Throwable> thrown = CompletableFuture.supplyAsync(() -> {
                try {
                    net.loop().poll();
                } catch (IllegalStateException e) {
                    return e;
                }
                return new AssertionError("not refused");
            });
            assertTrue(String.valueOf(thrown.join().getMessage()).contains("stays with the thread"));
        }
    }

    @Test
    void a_listener_may_be_closed_while_its_connections_go_on() {
        NetLoop net = open();
        Network.Listener listener =
                net.network().listen(ANY_PORT, NetLoopTest::echo).await();
        String answer = net.network()
                .connect(listener.address())
                .then(stream -> {
                    listener.close();
                    listener.close();
                    return ask(net.loop(), stream, "still there?");
                })
                .recover(e -> Promise.of("closed before it was accepted"))
                .await();
        assertTrue(Set.of("still there?", "closed before it was accepted").contains(answer));
        Promise<ByteStream> late = net.network().connect(listener.address());
        assertTrue(message(late).contains("refused"));
    }

    private static void assertContains(String text, String part) {
        assertTrue(text.contains(part), "'" + text + "' should contain '" + part + "'");
    }

    private static String message(Promise<?> failing) {
        Throwable thrown = assertThrows(RuntimeException.class, failing::await);
        Throwable cause = thrown.getCause();
        assertTrue(cause instanceof IOException, String.valueOf(cause));
        return String.valueOf(cause.getMessage());
    }

    @Test
    void a_connection_that_nobody_wants_is_closed() {
        NetLoop net = open();
        Address address = net.network()
                .listen(ANY_PORT, stream -> {
                    throw new IllegalStateException("on purpose: this test expects a logged error");
                })
                .await()
                .address();
        Promise<String> answer = net.network().connect(address).then(stream -> ask(net.loop(), stream, "hello"));
        assertContains(message(answer), "reset by peer");
    }
}
