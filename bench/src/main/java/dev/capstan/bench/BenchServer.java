package dev.capstan.bench;

import dev.capstan.async.Address;
import dev.capstan.async.Network;
import dev.capstan.async.Promise;
import dev.capstan.bench.schema.Bench;
import dev.capstan.bench.schema.Callback;
import dev.capstan.bench.schema.Node;
import dev.capstan.bench.schema.Sink;
import dev.capstan.capnp.CallContext;
import dev.capstan.capnp.rpc.Vat;
import dev.capstan.capnp.stream.StreamResult;
import dev.capstan.net.NetLoop;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;

/** The server of the bench contract: {@code --port N} or {@code --unix PATH}; prints {@code READY <port|path>} and ends on SIGTERM. */
public final class BenchServer implements Bench.Server {
    private long liveNodes;

    /** An object of its own, whose nodes are counted apart. */
    public BenchServer() {}

    /** Serves until the process is told to end. */
    public static void main(String[] args) throws Exception {
        Address address = new Address.Tcp("127.0.0.1", 0);
        for (int i = 0; i + 1 < args.length; i += 2) {
            address = switch (args[i]) {
                case "--port" -> new Address.Tcp("127.0.0.1", Integer.parseInt(args[i + 1]));
                case "--unix" -> new Address.Unix(args[i + 1]);
                default -> throw new IllegalArgumentException("unknown option " + args[i] + ": use --port or --unix");
            };
        }
        if (address instanceof Address.Unix(String path)) {
            Files.deleteIfExists(Path.of(path));
        }
        CountDownLatch stop = new CountDownLatch(1);
        Runtime.getRuntime().addShutdownHook(Thread.ofPlatform().unstarted(stop::countDown));
        try (NetLoop net = Nets.open("bench-server");
                Vat vat = Vat.on(net.loop()).serving(new BenchServer()).build();
                Network.Listener listener = vat.listen(net.network(), address).await()) {
            System.out.println("READY "
                    + switch (listener.address()) {
                        case Address.Tcp(String host, int port) -> Integer.toString(port);
                        case Address.Unix(String path) -> path;
                    });
            System.out.flush();
            stop.await();
        }
    }

    @Override
    public Promise<Void> echo(CallContext<Bench.EchoParams.Reader, Bench.EchoResults.Builder> context) {
        var data = context.params().getData();
        context.results(data.size() / 8 + 8).setData(data);
        return Promise.done();
    }

    @Override
    public Promise<Void> add(CallContext<Bench.AddParams.Reader, Bench.AddResults.Builder> context) {
        var params = context.params();
        context.results().setC(params.getA() + params.getB());
        return Promise.done();
    }

    @Override
    public Promise<Void> getNode(CallContext<Bench.GetNodeParams.Reader, Bench.GetNodeResults.Builder> context) {
        context.results().setNode(new Level(0));
        return Promise.done();
    }

    @Override
    public Promise<Void> openSink(CallContext<Bench.OpenSinkParams.Reader, Bench.OpenSinkResults.Builder> context) {
        context.results().setSink(new Counter());
        return Promise.done();
    }

    @Override
    public Promise<Void> callMe(CallContext<Bench.CallMeParams.Reader, Bench.CallMeResults.Builder> context) {
        Callback.Client callback = context.params().getCb();
        return step(callback, context.params().getTimes(), 0)
                .<Void>then(sum -> {
                    context.results().setSum(sum);
                    return Promise.done();
                })
                .attach(callback);
    }

    /** Calls back {@code left} times, one after another. */
    private static Promise<Long> step(Callback.Client callback, long left, long sum) {
        if (left == 0) {
            return Promise.of(sum);
        }
        return callback.call(params -> params.setN(left - 1))
                .then(results -> step(callback, left - 1, sum + results.getM()));
    }

    @Override
    public Promise<Void> liveNodes(CallContext<Bench.LiveNodesParams.Reader, Bench.LiveNodesResults.Builder> context) {
        context.results().setCount(liveNodes);
        return Promise.done();
    }

    private final class Level implements Node.Server {
        private final long level;

        Level(long level) {
            this.level = level;
            liveNodes++;
        }

        @Override
        public Promise<Void> getNext(CallContext<Node.GetNextParams.Reader, Node.GetNextResults.Builder> context) {
            context.results().setNode(new Level(level + 1));
            return Promise.done();
        }

        @Override
        public Promise<Void> depth(CallContext<Node.DepthParams.Reader, Node.DepthResults.Builder> context) {
            context.results().setValue(level);
            return Promise.done();
        }

        @Override
        public void released() {
            liveNodes--;
        }
    }

    private static final class Counter implements Sink.Server {
        private long bytes;
        private long chunks;

        @Override
        public Promise<Void> write(CallContext<Sink.WriteParams.Reader, StreamResult.Builder> context) {
            bytes += context.params().getChunk().size();
            chunks++;
            return Promise.done();
        }

        @Override
        public Promise<Void> done(CallContext<Sink.DoneParams.Reader, Sink.DoneResults.Builder> context) {
            context.results().setBytes(bytes);
            context.results().setChunks(chunks);
            return Promise.done();
        }
    }
}
