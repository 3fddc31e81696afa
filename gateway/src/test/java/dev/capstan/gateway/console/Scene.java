package dev.capstan.gateway.console;

import com.google.protobuf.Descriptors.FileDescriptor;
import dev.capstan.async.Address;
import dev.capstan.async.Loop;
import dev.capstan.async.Promise;
import dev.capstan.cap.Failure;
import dev.capstan.cap.LocalCap;
import dev.capstan.capnp.dynamic.SchemaLoader;
import dev.capstan.capnp.rpc.Vat;
import dev.capstan.capnweb.bind.Binder;
import dev.capstan.capnweb.bind.Remote;
import dev.capstan.examples.calculator.Calculator;
import dev.capstan.examples.calculator.CalculatorServer;
import dev.capstan.examples.calculator.Value;
import dev.capstan.gateway.grpc.GrpcBridge;
import dev.capstan.grpc.client.GrpcClient;
import dev.capstan.grpc.server.GrpcServer;
import dev.capstan.grpc.services.DescriptorPool;
import dev.capstan.net.Limits;
import dev.capstan.net.NetLoop;
import dev.capstan.net.Transport;
import dev.capstan.net.http.HttpRoutes;
import dev.capstan.net.http.HttpServer;
import dev.capstan.testprotos.InteropService;
import dev.capstan.testprotos.interop.TestServiceGrpc;
import io.grpc.protobuf.ProtoFileDescriptorSupplier;
import java.io.OutputStream;
import java.lang.invoke.MethodHandles;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * A server with a console, to be looked at: quiet, or busy with sessions and calls of all wires, some of which fail. {@code main} serves it until it is interrupted.
 */
final class Scene implements AutoCloseable {
    private static final Duration BEAT = Duration.ofMillis(50);
    private static final List<String> METHODS = List.of(
            "authenticate",
            "users.list",
            "Calculator.evaluate",
            "notes.add",
            "Value.read",
            "search",
            "get profile.name");

    private final NetLoop net;
    private final Random random = new Random(1);
    private final Console console;
    private final HttpServer http;
    private final List<AutoCloseable> others = new ArrayList<>();
    private final List<Ledger.SessionLine> lines = new ArrayList<>();
    private boolean closed;

    private Scene(NetLoop net, Console console, HttpServer http) {
        this.net = net;
        this.console = console;
        this.http = http;
    }

    @Remote
    interface Workshop {
        String greet(String name, int times);

        Counter makeCounter(int start);

        Iterator<Integer> numbers(int count);

        OutputStream log();

        void tell(Consumer<String> listener, String text);

        int sum(Iterator<Integer> numbers);

        Level fail(Level how);
    }

    enum Level {
        GENTLE,
        HARD
    }

    @Remote
    interface Counter {
        int increment(int by);

        int value();
    }

    private static final class Bench implements Workshop {
        @Override
        public String greet(String name, int times) {
            return ("Hello, " + name + "! ").repeat(times).strip();
        }

        @Override
        public Counter makeCounter(int start) {
            return new Counter() {
                private int value = start;

                @Override
                public int increment(int by) {
                    value += by;
                    return value;
                }

                @Override
                public int value() {
                    return value;
                }
            };
        }

        @Override
        public Iterator<Integer> numbers(int count) {
            return IntStream.range(0, count).iterator();
        }

        @Override
        public OutputStream log() {
            return OutputStream.nullOutputStream();
        }

        @Override
        public void tell(Consumer<String> listener, String text) {
            listener.accept(text);
            listener.accept(text + ", again");
        }

        @Override
        public int sum(Iterator<Integer> numbers) {
            int sum = 0;
            while (numbers.hasNext()) {
                sum += numbers.next();
            }
            return sum;
        }

        @Override
        public Level fail(Level how) {
            throw how == Level.HARD
                    ? Failure.overloaded("too much to do, come back later")
                    : Failure.failed("not today");
        }
    }

    static Scene open(int port, boolean isBusy) {
        NetLoop net = NetLoop.open("console", Transport.AUTO);
        Loop loop = net.loop();
        return loop.fetch(() -> {
                    SecureRandom secure = new SecureRandom();
                    Console console = new Console(loop, secure);
                    if (isBusy) {
                        Binder binder = Binder.of(MethodHandles.lookup());
                        console.serving(
                                        "calculator",
                                        new SchemaLoader().load(Calculator.TYPE),
                                        new LocalCap(loop, new CalculatorServer()))
                                .serving(
                                        "workshop",
                                        binder.declarations(Workshop.class),
                                        binder.serveBlocking(loop, new Bench()))
                                .limits("grpc", dev.capstan.grpc.Limits.DEFAULT)
                                .limits("capnp", dev.capstan.capnp.rpc.Limits.DEFAULT)
                                .limits("capnweb", dev.capstan.capnweb.Limits.DEFAULT)
                                .limits("gateway", dev.capstan.gateway.translate.Limits.DEFAULT);
                    }
                    Address.Tcp at = new Address.Tcp("127.0.0.1", port);
                    GrpcServer grpc =
                            GrpcServer.on(loop).service(new InteropService()).build();
                    HttpRoutes routes = console.routes(at).and(grpc.routes());
                    return HttpServer.listen(loop, net.network(), at, routes, Limits.Http.DEFAULT)
                            .map(http -> new Scene(net, console, http));
                })
                .then(scene -> isBusy ? scene.busy().map(begun -> scene) : Promise.of(scene))
                .await();
    }

    /** Sessions of all kinds, and a real one of Cap'n Proto. */
    private Promise<Void> busy() {
        showGrpc();
        List<String> wires = List.of("capnweb", "capnweb", "capnweb", "capnp", "grpc");
        for (int i = 0; i < wires.size(); i++) {
            lines.add(console.ledger()
                    .began(wires.get(i), "192.0.2." + (10 + i) + ":" + (50_100 + 7 * i), i != 3, new Made(i)));
        }
        beat();
        Vat server = Vat.on(net.loop())
                .serving(new CalculatorServer())
                .observer(console.observer())
                .build();
        Vat client = Vat.on(net.loop()).build();
        return server.listen(net.network(), new Address.Tcp("127.0.0.1", 0))
                .then(listener -> client.connect(net.network(), listener.address())
                        .then(peer -> {
                            Calculator.Client calculator = peer.bootstrap(Calculator.TYPE);
                            others.addAll(List.<AutoCloseable>of(calculator, client, listener, server));
                            compute(calculator);
                            return Promise.done();
                        }));
    }

    private void showGrpc() {
        FileDescriptor file = ((ProtoFileDescriptorSupplier)
                        TestServiceGrpc.getServiceDescriptor().getSchemaDescriptor())
                .getFileDescriptor();
        GrpcBridge bridge = new GrpcBridge(
                net.loop(), DescriptorPool.of(List.of(file)), dev.capstan.gateway.translate.Limits.DEFAULT);
        GrpcClient client = GrpcClient.on(net).to(http.address()).plaintext().build();
        others.add(client);
        console.serving(file.findServiceByName("TestService"), bridge.toWeb(client, TestServiceGrpc.SERVICE_NAME));
    }

    private void compute(Calculator.Client calculator) {
        net.loop().timer().after(BEAT.multipliedBy(10)).listen(net.loop(), (rung, failure) -> {
            if (!closed) {
                var asked =
                        calculator.evaluate(params -> params.initExpression().setLiteral(42));
                Value.Client value = asked.getValue();
                value.read().then(read -> Promise.done()).listen(net.loop(), (a, b) -> {
                    value.close();
                    asked.close();
                });
                compute(calculator);
            }
        });
    }

    private void beat() {
        if (closed) {
            return;
        }
        net.loop().timer().after(BEAT).listen(net.loop(), (rung, failure) -> beat());
        for (int i = random.nextInt(6); i > 0; i--) {
            Ledger.SessionLine session = lines.get(random.nextInt(lines.size()));
            if (random.nextInt(12) == 0) {
                Ledger.CallLine first = call(session, METHODS.get(0), null, 20 + random.nextInt(40));
                Ledger.CallLine second = call(session, "user.profile", first, 60 + random.nextInt(20));
                call(session, "profile.friends", second, 80 + random.nextInt(60));
            } else {
                call(session, METHODS.get(random.nextInt(METHODS.size())), null, (int)
                        Math.exp(random.nextDouble() * 6.5));
            }
        }
    }

    private Ledger.CallLine call(
            Ledger.SessionLine session, String method, Ledger.@Nullable CallLine parent, int millis) {
        Ledger.CallLine call = session.began(true, method, parent);
        boolean fails = random.nextInt(25) == 0;
        net.loop()
                .timer()
                .after(Duration.ofMillis(millis))
                .listen(
                        net.loop(),
                        (rung, failure) ->
                                call.ended(fails ? Failure.overloaded("the pool has no connection left") : null));
        return call;
    }

    /** A session that there is not. */
    private final class Made implements Ledger.Session {
        private final int number;

        Made(int number) {
            this.number = number;
        }

        @Override
        public List<Ledger.Held> oldest(int most) {
            List<Ledger.Held> held = new ArrayList<>();
            for (int i = 0; i < 4 + number; i++) {
                held.add(new Ledger.Held(
                        i % 3 > 0,
                        i,
                        List.of("Lobby", "Member", "RoomListener", "Cursor").get(i % 4),
                        1 + i % 2,
                        Duration.ofMillis(500L << (2 * i + number))));
            }
            return held;
        }

        @Override
        public Ledger.Tables tables() {
            List<Ledger.Held> held = oldest(Integer.MAX_VALUE);
            int exports = (int) held.stream().filter(Ledger.Held::exported).count();
            return new Ledger.Tables(
                    random.nextInt(12),
                    random.nextInt(30),
                    exports,
                    held.size() - exports,
                    random.nextInt(60_000),
                    number % 2 == 0 ? 65_536 : 0);
        }

        @Override
        public void cut() {
            lines.get(number).ended();
        }
    }

    String address() {
        return "http://127.0.0.1:" + ((Address.Tcp) http.address()).port();
    }

    String link() {
        return net.loop().fetch(() -> Promise.of(console.link(address()))).await();
    }

    @Override
    public void close() {
        net.loop()
                .fetch(() -> {
                    closed = true;
                    for (AutoCloseable each : others) {
                        each.close();
                    }
                    console.close();
                    http.close();
                    return Promise.done();
                })
                .await();
        net.close();
    }

    public static void main(String[] args) throws InterruptedException {
        try (Scene scene = open(Integer.parseInt(args[0]), args.length < 2 || !args[1].equals("quiet"))) {
            System.out.println("READY " + scene.link());
            Thread.currentThread().join();
        }
    }
}
