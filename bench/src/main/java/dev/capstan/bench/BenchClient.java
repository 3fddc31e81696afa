package dev.capstan.bench;

import dev.capstan.async.Address;
import dev.capstan.async.Loop;
import dev.capstan.async.Promise;
import dev.capstan.bench.schema.Bench;
import dev.capstan.bench.schema.Callback;
import dev.capstan.bench.schema.Node;
import dev.capstan.bench.schema.Sink;
import dev.capstan.capnp.CallContext;
import dev.capstan.capnp.Data;
import dev.capstan.capnp.rpc.Vat;
import dev.capstan.net.NetLoop;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;

/** The client of the bench contract: one JSON line a case, with the same cases, options and fields as {@code peers/cpp/client.c++}. */
public final class BenchClient {
    /** Capabilities in a chain. */
    private static final int DEPTH = 10;
    /** Callbacks in one call. */
    private static final int CALLBACKS = 100;

    private final Options options;
    private final Loop loop;
    private final Bench.Client bench;

    record Options(String address, long serverPid, long millis, long warmMillis, String label, String cases) {
        String transport() {
            return address.startsWith("unix:") ? "unix" : "tcp";
        }

        boolean wants(String name) {
            return cases.isEmpty() || List.of(cases.split(",", -1)).contains(name);
        }

        static Options parse(String[] args) {
            Options options = new Options("", 0, 1000, 300, "java", "");
            for (int i = 0; i + 1 < args.length; i += 2) {
                String value = args[i + 1];
                Options o = options;
                options = switch (args[i]) {
                    case "--addr" -> new Options(value, o.serverPid, o.millis, o.warmMillis, o.label, o.cases);
                    case "--server-pid" ->
                        new Options(o.address, Long.parseLong(value), o.millis, o.warmMillis, o.label, o.cases);
                    case "--ms" ->
                        new Options(o.address, o.serverPid, Long.parseLong(value), o.warmMillis, o.label, o.cases);
                    case "--warm-ms" ->
                        new Options(o.address, o.serverPid, o.millis, Long.parseLong(value), o.label, o.cases);
                    case "--label" -> new Options(o.address, o.serverPid, o.millis, o.warmMillis, value, o.cases);
                    case "--cases" -> new Options(o.address, o.serverPid, o.millis, o.warmMillis, o.label, value);
                    default -> throw new IllegalArgumentException("unknown option " + args[i]);
                };
            }
            return options;
        }
    }

    private BenchClient(Options options, Loop loop, Bench.Client bench) {
        this.options = options;
        this.loop = loop;
        this.bench = bench;
    }

    /** Runs the wanted cases. */
    public static void main(String[] args) throws IOException {
        Options options = Options.parse(args);
        try (NetLoop net = Nets.onThisThread();
                Vat vat = Vat.on(net.loop()).build()) {
            var peer = net.loop().await(vat.connect(net.network(), Address.parse(options.address())));
            try (Bench.Client bench = peer.bootstrap(Bench.TYPE)) {
                new BenchClient(options, net.loop(), bench).run();
            }
        }
    }

    private void run() throws IOException {
        loop.await(add());
        byte[] bytes = new byte[1 << 20];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) (i * 31 + 7);
        }
        byte[] small = java.util.Arrays.copyOf(bytes, 1 << 10);
        byte[] medium = java.util.Arrays.copyOf(bytes, 1 << 16);
        measure("add1", 0, 1, this::add);
        measure("add100", 0, 100, this::add);
        measure("chain10_pipelined", 0, 1, this::chain);
        measure("chain10_pipelined_x16", 0, 16, this::chain);
        measure("chain10_awaited", 0, 1, this::walk);
        measure("echo_1k", 1 << 10, 1, () -> echo(small));
        measure("echo_64k", 1 << 16, 1, () -> echo(medium));
        measure("echo_1m", 1 << 20, 1, () -> echo(bytes));
        measure("echo_64k_x8", 1 << 16, 8, () -> echo(medium));
        measure("churn1", 0, 1, this::churn);
        measure("churn100", 0, 100, this::churn);
        callback();
        stream(medium);
        leak();
    }

    private void measure(String name, long bytes, int lanes, Supplier<Promise<Void>> operation) throws IOException {
        if (!options.wants(name)) {
            return;
        }
        Window window = new Window(options, name, bytes);
        for (int phase = 0; phase < 2; phase++) {
            if (phase == 0) {
                window.warmUp();
            } else {
                window.start();
            }
            if (lanes == 1) {
                while (window.isOpen()) {
                    long begin = System.nanoTime();
                    loop.await(operation.get());
                    window.done(System.nanoTime() - begin);
                }
            } else {
                List<Promise<Void>> all = new ArrayList<>();
                for (int i = 0; i < lanes; i++) {
                    all.add(lane(window, operation));
                }
                loop.await(Promise.all(all));
            }
        }
        System.out.println(window.finish());
    }

    /** Operations one after another until the window closes. */
    private static Promise<Void> lane(Window window, Supplier<Promise<Void>> operation) {
        if (!window.isOpen()) {
            return Promise.done();
        }
        long begin = System.nanoTime();
        return operation.get().then(ignored -> {
            window.done(System.nanoTime() - begin);
            return lane(window, operation);
        });
    }

    private Promise<Void> add() {
        var request = bench.addRequest();
        request.params().setA(20);
        request.params().setB(22);
        return request.send().map(results -> {
            check(results.getC() == 42);
            return Promise.nothing();
        });
    }

    private Promise<Void> echo(byte[] data) {
        var request = bench.echoRequest();
        request.params().setData(data);
        return request.send().map(results -> {
            check(results.getData().size() == data.length);
            return Promise.nothing();
        });
    }

    /** A chain of dependent calls, sent at once. */
    private Promise<Void> chain() {
        Node.Client node;
        try (var first = bench.getNode()) {
            node = first.getNode();
        }
        for (int i = 1; i < DEPTH; i++) {
            try (var next = node.getNext()) {
                Node.Client deeper = next.getNode();
                node.close();
                node = deeper;
            }
        }
        Node.Client last = node;
        return last.depth()
                .<Void>map(results -> {
                    check(results.getValue() == DEPTH - 1);
                    return Promise.nothing();
                })
                .attach(last);
    }

    /** The same chain, each call made when the one before has returned. */
    private Promise<Void> walk() {
        return bench.getNode().then(results -> walk(results.getNode(), DEPTH - 1));
    }

    private static Promise<Void> walk(Node.Client node, int left) {
        if (left == 0) {
            return node.depth()
                    .<Void>map(results -> {
                        check(results.getValue() == DEPTH - 1);
                        return Promise.nothing();
                    })
                    .attach(node);
        }
        return node.getNext().then(results -> walk(results.getNode(), left - 1)).attach(node);
    }

    private Promise<Void> churn() {
        return bench.getNode().map(results -> {
            results.getNode().close();
            return Promise.nothing();
        });
    }

    private void callback() throws IOException {
        if (!options.wants("callback")) {
            return;
        }
        Callback.Server increment = new Callback.Server() {
            @Override
            public Promise<Void> call(CallContext<Callback.CallParams.Reader, Callback.CallResults.Builder> context) {
                context.results().setM(context.params().getN() + 1);
                return Promise.done();
            }
        };
        try (Callback.Client callback = Callback.TYPE.serve(loop, increment)) {
            Window window = new Window(options, "callback", 0);
            for (int phase = 0; phase < 2; phase++) {
                if (phase == 0) {
                    window.warmUp();
                } else {
                    window.start();
                }
                while (window.isOpen()) {
                    long begin = System.nanoTime();
                    long sum = loop.await(bench.callMe(params -> {
                                params.setCb(callback);
                                params.setTimes(CALLBACKS);
                            })
                            .map(Bench.CallMeResults.Reader::getSum));
                    check(sum == CALLBACKS * (CALLBACKS - 1) / 2 + CALLBACKS);
                    window.done((System.nanoTime() - begin) / CALLBACKS, CALLBACKS);
                }
            }
            System.out.println(window.finish());
        }
    }

    private void stream(byte[] chunk) throws IOException {
        if (!options.wants("stream_64k")) {
            return;
        }
        Data data = Data.of(chunk);
        Window window = new Window(options, "stream_64k", chunk.length);
        for (int phase = 0; phase < 2; phase++) {
            try (Sink.Client sink = loop.await(bench.openSink().map(Bench.OpenSinkResults.Reader::getSink))) {
                if (phase == 0) {
                    window.warmUp();
                } else {
                    window.start();
                }
                while (window.isOpen()) {
                    long begin = System.nanoTime();
                    loop.await(sink.write(params -> params.setChunk(data)));
                    window.done(System.nanoTime() - begin);
                }
                long chunks = loop.await(sink.done().map(Sink.DoneResults.Reader::getChunks));
                check(chunks == window.operations());
            }
        }
        System.out.println(window.finish());
    }

    private void leak() throws IOException {
        if (!options.wants("leak")) {
            return;
        }
        long live = loop.await(bench.liveNodes().map(Bench.LiveNodesResults.Reader::getCount));
        Usage client = Usage.of(ProcessHandle.current().pid());
        Usage server = Usage.of(options.serverPid());
        System.out.printf(
                Locale.ROOT,
                "{\"label\":\"%s\",\"addr\":\"%s\",\"case\":\"total\",\"live_nodes\":%d,\"client_cpu_s\":%.2f,\"server_cpu_s\":%.2f,"
                        + "\"client_hwm_kb\":%d,\"server_hwm_kb\":%d}%n",
                options.label(),
                options.transport(),
                live,
                client.cpuSeconds(),
                server.cpuSeconds(),
                client.peakKb(),
                server.peakKb());
    }

    private static void check(boolean holds) {
        if (!holds) {
            throw new IllegalStateException("the server gave a wrong result");
        }
    }
}
