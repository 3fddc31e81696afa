package dev.capstan.grpc.stress;

import dev.capstan.async.Address;
import dev.capstan.grpc.ByteCalls;
import dev.capstan.grpc.GrpcFailure;
import dev.capstan.grpc.ServerKind;
import dev.capstan.grpc.Tally;
import dev.capstan.grpc.client.CallSettings;
import dev.capstan.grpc.client.GrpcCall;
import dev.capstan.grpc.client.GrpcClient;
import dev.capstan.net.NetLoop;
import dev.capstan.net.Transport;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.ForwardingClientCall.SimpleForwardingClientCall;
import io.grpc.ForwardingClientCallListener.SimpleForwardingClientCallListener;
import io.grpc.Grpc;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCall;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** What is done to one server by one client with one connection, and checked by the one who does it. */
final class Load implements AutoCloseable {
    /** As many calls of one message as fit beside the streams into what a connection of our server may have. */
    private static final int AT_ONCE = 900;

    private static final int MESSAGE_BYTES = 16 << 10;

    /** What must be on its way before the reader begins: less than each window. */
    private static final int PRESSED_BYTES = 512 << 10;

    private static final CallSettings BOUNDED = CallSettings.DEFAULT.within(Duration.ofMinutes(2));

    final NetLoop net = NetLoop.open("stress", Transport.AUTO);
    final ByteCalls bytes = new ByteCalls();
    final Echo echo = new Echo();
    private final ServerKind kind;
    private final List<Runnable> open = new ArrayList<>();

    /** The own addresses of the connections that carried calls. */
    private final Set<SocketAddress> connections = ConcurrentHashMap.newKeySet();

    /** Calls of all clients, and those of them that have ended. */
    private final Tally started = new Tally();

    private final Tally closed = new Tally();

    Load(ServerKind kind) {
        this.kind = kind;
    }

    ServerKind.Running serve(ServerServiceDefinition service) {
        ServerKind.Running running = kind.start(net, service);
        open.add(running::close);
        return running;
    }

    private ServerKind.Running serveEcho() {
        return serve(bytes.service(echo.streams(), echo.answers()));
    }

    GrpcClient client(int... ports) {
        GrpcClient client = GrpcClient.on(net)
                .to(Arrays.stream(ports)
                        .mapToObj(port -> new Address.Tcp("127.0.0.1", port))
                        .toArray(Address[]::new))
                .plaintext()
                .intercept(new Connected())
                .build();
        open.add(() -> client.drain(Duration.ZERO).await());
        return client;
    }

    private final class Connected implements ClientInterceptor {
        @Override
        public <Q, S> ClientCall<Q, S> interceptCall(MethodDescriptor<Q, S> method, CallOptions options, Channel next) {
            return new SimpleForwardingClientCall<>(next.newCall(method, options)) {
                @Override
                public void start(Listener<S> listener, Metadata headers) {
                    started.increment();
                    super.start(
                            new SimpleForwardingClientCallListener<>(listener) {
                                @Override
                                public void onHeaders(Metadata answered) {
                                    SocketAddress own = getAttributes().get(Grpc.TRANSPORT_ATTR_LOCAL_ADDR);
                                    if (own != null) {
                                        connections.add(own);
                                    }
                                    super.onHeaders(answered);
                                }

                                @Override
                                public void onClose(Status status, Metadata trailers) {
                                    super.onClose(status, trailers);
                                    closed.increment();
                                }
                            },
                            headers);
                }
            };
        }
    }

    static void check(boolean holds, String otherwise) {
        if (!holds) {
            throw new AssertionError(otherwise);
        }
    }

    /** Runs all at once and throws what the first of them has thrown. */
    static void all(List<? extends Callable<Void>> tasks) throws Exception {
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (Future<Void> each : threads.invokeAll(tasks)) {
                try {
                    each.get();
                } catch (ExecutionException e) {
                    throw new AssertionError(e.getCause());
                }
            }
        }
    }

    private void ask(GrpcClient client, String text) {
        byte[] question = Echo.question(text);
        byte[] answer = client.one(bytes.unary, question, BOUNDED);
        check(Arrays.equals(Echo.answer(question), answer), () -> text + " was answered wrongly");
    }

    private static void check(boolean holds, java.util.function.Supplier<String> otherwise) {
        if (!holds) {
            throw new AssertionError(otherwise.get());
        }
    }

    private static void exchange(GrpcCall<byte[], byte[]> call, String text) {
        byte[] question = Echo.question(text);
        call.write(question);
        byte[] answer = call.read();
        check(answer != null && Arrays.equals(Echo.answer(question), answer), () -> text + " was answered wrongly");
    }

    /** 1,000 calls of one message, of which 900 are there at once, and 100 streams of ten each. */
    void mixed() throws Exception {
        ServerKind.Running server = serveEcho();
        GrpcClient client = client(server.port());
        echo.holdUntil(AT_ONCE);
        CountDownLatch streaming = new CountDownLatch(100);
        List<Callable<Void>> tasks = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            String name = "stream " + i;
            tasks.add(() -> {
                try (GrpcCall<byte[], byte[]> call = client.call(bytes.method, BOUNDED)) {
                    exchange(call, name + " begins");
                    streaming.countDown();
                    for (int n = 1; n < 10; n++) {
                        exchange(call, name + ", message " + n);
                    }
                    call.end();
                    check(call.read() == null, name + " does not end");
                }
                return null;
            });
        }
        for (int i = 0; i < 1_000; i++) {
            String name = "call " + i;
            tasks.add(() -> {
                check(streaming.await(60, TimeUnit.SECONDS), "the streams do not begin");
                ask(client, name);
                return null;
            });
        }
        all(tasks);
        check(connections.size() == 1, () -> "the calls went over " + connections);
        assertNothingIsLeft(server, client, 1_100);
    }

    private void assertNothingIsLeft(ServerKind.Running server, GrpcClient client, int atMost) {
        echo.over.await(now -> now == echo.begun.get(), "the server has lost a call");
        check(server.calls() == 0, "the server has calls whose handlers were told their end");
        check(client.calls() == 0, "the client has lost a call");
        check(echo.begun.get() <= atMost, "calls were made up");
    }

    /** 1,000 streams that are given up at one moment or another. */
    void storm(long seed) throws Exception {
        ServerKind.Running server = serveEcho();
        GrpcClient client = client(server.port());
        List<Callable<Void>> tasks = new ArrayList<>();
        for (int i = 0; i < 1_000; i++) {
            String name = "stream " + i;
            Random random = new Random(seed * 1_000 + i);
            tasks.add(() -> {
                try (GrpcCall<byte[], byte[]> call = client.call(bytes.method, BOUNDED)) {
                    int exchanged = random.nextInt(4);
                    for (int n = 0; n < exchanged; n++) {
                        exchange(call, name + ", message " + n);
                    }
                    if (random.nextBoolean()) {
                        call.write(new byte[random.nextInt(64 << 10)]);
                    }
                    if (random.nextInt(10) == 0) {
                        call.end();
                    }
                }
                return null;
            });
        }
        all(tasks);
        closed.await(now -> now == started.get(), "the client has lost a call");
        ask(client, "the one after the storm");
        check(connections.size() == 1, () -> "the connection was lost: " + connections);
        assertNothingIsLeft(server, client, 1_001);
    }

    /** Most that was written and not read, in a stream of {@code messages} to a server that begins to read late and reads one message at a time. */
    long slowServer(int messages) throws Exception {
        Tally written = new Tally();
        SynchronousQueue<ServerCall<byte[], byte[]>> begun = new SynchronousQueue<>();
        AtomicLong most = new AtomicLong();
        ServerKind.Running server = serve(bytes.service((call, headers) -> {
            Thread.startVirtualThread(() -> put(begun, call));
            return new ServerCall.Listener<>() {
                private long read;

                @Override
                public void onMessage(byte[] message) {
                    read += message.length;
                    most.accumulateAndGet(written.get() - read, Math::max);
                    call.request(1);
                }

                @Override
                public void onHalfClose() {
                    call.close(Status.OK, new Metadata());
                }
            };
        }));
        try (GrpcCall<byte[], byte[]> call = client(server.port()).call(bytes.method, BOUNDED)) {
            Thread writer = Thread.ofVirtual().start(() -> {
                for (int i = 0; i < messages; i++) {
                    call.write(new byte[MESSAGE_BYTES]);
                    written.add(MESSAGE_BYTES);
                }
                call.end();
            });
            ServerCall<byte[], byte[]> reader = begun.poll(60, TimeUnit.SECONDS);
            if (reader == null) {
                throw new AssertionError("the call does not arrive");
            }
            written.await(PRESSED_BYTES, "less is written than the window takes");
            reader.request(1);
            check(call.read() == null, "there is no answer");
            writer.join();
        }
        check(written.get() == (long) messages * MESSAGE_BYTES, "not all was written");
        return most.get();
    }

    private static <T> void put(SynchronousQueue<T> to, T value) {
        try {
            to.put(value);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Most that was written and not read, in a stream of {@code messages} from a server that heeds readiness to a client that begins to read late. */
    long slowClient(int messages) {
        Tally written = new Tally();
        ServerKind.Running server = serve(bytes.service((call, headers) -> {
            call.sendHeaders(new Metadata());
            return new ServerCall.Listener<>() {
                private int left = messages;

                @Override
                public void onReady() {
                    while (left > 0 && call.isReady()) {
                        left--;
                        call.sendMessage(new byte[MESSAGE_BYTES]);
                        written.add(MESSAGE_BYTES);
                        if (left == 0) {
                            call.close(Status.OK, new Metadata());
                        }
                    }
                }
            };
        }));
        long read = 0;
        long most = 0;
        try (GrpcCall<byte[], byte[]> call = client(server.port()).call(bytes.method, BOUNDED)) {
            written.await(PRESSED_BYTES, "less is written than the window takes");
            for (byte[] each : call) {
                most = Math.max(most, written.get() - read);
                read += each.length;
            }
        }
        check(read == (long) messages * MESSAGE_BYTES, "not all was read");
        return most;
    }

    /** Drains a server while calls of both shapes go on; how many of them failed. */
    List<GrpcFailure> drain(int calls) throws Exception {
        ServerKind.Running first = serveEcho();
        ServerKind.Running second = serveEcho();
        GrpcClient client = client(first.port(), second.port());
        List<GrpcFailure> failures = new java.util.concurrent.CopyOnWriteArrayList<>();
        CountDownLatch loaded = new CountDownLatch(calls);
        List<Callable<Void>> tasks = new ArrayList<>();
        for (int i = 0; i < 16; i++) {
            String name = "worker " + i;
            boolean streams = i % 2 == 0;
            tasks.add(() -> {
                for (int n = 0; n < 2 * calls / 16; n++) {
                    try {
                        if (streams) {
                            try (GrpcCall<byte[], byte[]> call = client.call(bytes.method, BOUNDED.waiting(true))) {
                                exchange(call, name + ", first of " + n);
                                exchange(call, name + ", second of " + n);
                                call.end();
                                check(call.read() == null, name + " does not end");
                            }
                        } else {
                            byte[] question = Echo.question(name + ", call " + n);
                            byte[] answer = client.one(bytes.unary, question, BOUNDED.waiting(true));
                            check(Arrays.equals(Echo.answer(question), answer), "answered wrongly");
                        }
                    } catch (GrpcFailure e) {
                        failures.add(e);
                    }
                    loaded.countDown();
                }
                return null;
            });
        }
        tasks.add(() -> {
            check(loaded.await(60, TimeUnit.SECONDS), "there is no load");
            first.drain();
            return null;
        });
        all(tasks);
        check(connections.size() == 2, () -> "the client has not moved once: " + connections);
        check(first.calls() == 0, "the drained server has calls");
        return failures;
    }

    @Override
    public void close() {
        open.reversed().forEach(Runnable::run);
        net.close();
    }
}
