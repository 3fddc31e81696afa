package dev.capstan.bench;

import dev.capstan.async.Address;
import dev.capstan.async.Loop;
import dev.capstan.async.Promise;
import dev.capstan.bench.schema.Bench;
import dev.capstan.capnp.rpc.Vat;
import dev.capstan.capnweb.Stub;
import dev.capstan.capnweb.WebClient;
import dev.capstan.net.Limits.Http;
import dev.capstan.net.NetLoop;
import dev.capstan.net.http.HttpClient;
import java.io.IOException;
import java.net.URI;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * Any number of sessions with a server of the bench contract over either wire, all on one loop, and in each as many operations on their way as told; one JSON line a case. Options are those of
 * {@link BenchClient}, before them {@code capnp|web}, how many sessions, how many operations (numbers behind commas are done one after the other), and {@code name=pid,...} of the processes whose use of the processor is told, or {@code -}.
 */
public final class SessionsClient {
    private static final int OWN_ARGUMENTS = 4;

    private final BenchClient.Options options;
    private final Loop loop;
    private final Processes processes;
    private final List<Contract> sessions;
    /** Chunks, of all cases. */
    private long allWritten;

    private SessionsClient(BenchClient.Options options, Loop loop, Processes processes, List<Contract> sessions) {
        this.options = options;
        this.loop = loop;
        this.processes = processes;
        this.sessions = sessions;
    }

    /** Runs the wanted cases. */
    public static void main(String[] args) throws IOException {
        if (args.length < OWN_ARGUMENTS) {
            throw new IllegalArgumentException("capnp|web SESSIONS OPERATIONS name=pid,...|- OPTIONS...");
        }
        int count = Integer.parseInt(args[1]);
        List<Integer> lanes =
                Stream.of(args[2].split(",", -1)).map(Integer::valueOf).toList();
        Processes processes = Processes.parse(args[3].equals("-") ? "" : args[3]);
        BenchClient.Options options = BenchClient.Options.parse(
                List.of(args).subList(OWN_ARGUMENTS, args.length).toArray(String[]::new));
        try (NetLoop net = Nets.onThisThread();
                Vat vat = Vat.on(net.loop()).build()) {
            Function<Integer, Promise<Contract>> open = switch (args[0]) {
                case "capnp" -> number -> overCapnp(net, vat, options);
                case "web" -> {
                    HttpClient http = new HttpClient(net.loop(), net.network(), new SecureRandom(), Http.DEFAULT);
                    WebClient web = new WebClient(net.loop(), http);
                    yield number -> overWeb(net, web, options);
                }
                default -> throw new IllegalArgumentException("there is no wire '" + args[0] + "': capnp or web");
            };
            List<Contract> sessions = new ArrayList<>(count);
            for (int i = 0; i < count; i++) {
                sessions.add(net.loop().await(net.loop().later(() -> open.apply(sessions.size()))));
            }
            SessionsClient client = new SessionsClient(options, net.loop(), processes, sessions);
            for (int each : lanes) {
                client.run(each);
            }
            net.loop().await(net.loop().later(() -> {
                sessions.forEach(Contract::close);
                return Promise.done();
            }));
        }
    }

    private static Promise<Contract> overCapnp(NetLoop net, Vat vat, BenchClient.Options options) {
        return vat.connect(net.network(), Address.parse(options.address()))
                .map(peer -> new Contract.OfCapnp(net.loop(), peer.bootstrap(Bench.TYPE)));
    }

    private static Promise<Contract> overWeb(NetLoop net, WebClient web, BenchClient.Options options) {
        return web.open(URI.create("ws://" + options.address() + "/"))
                .map(peer -> new Contract.OfWeb(net.loop(), Stub.of(net.loop(), peer.main())));
    }

    private void run(int lanes) throws IOException {
        measure("add", lanes, 0, Contract::add);
        measure("chain3", lanes, 0, Contract::chain);
        measure("callback", lanes, 0, Contract::callback);
        long written = measure("stream_64k", lanes, Contract.CHUNK_BYTES, Contract::write);
        if (written > 0) {
            allWritten += written;
            long arrived = 0;
            for (Contract session : sessions) {
                arrived += loop.await(loop.later(session::written));
            }
            if (arrived != allWritten) {
                throw new IllegalStateException(allWritten + " chunks were written, and " + arrived + " have arrived");
            }
        }
    }

    /** How many operations there were, those before the measured time among them. */
    private long measure(String name, int lanes, long bytes, Function<Contract, Promise<Void>> operation)
            throws IOException {
        if (!options.wants(name)) {
            return 0;
        }
        Window window = new Window(options, name, bytes);
        long all = 0;
        for (int phase = 0; phase < 2; phase++) {
            if (phase == 0) {
                window.warmUp();
            } else {
                processes.start();
                window.start();
            }
            loop.await(loop.later(() -> {
                List<Promise<Void>> ended = new ArrayList<>();
                for (Contract session : sessions) {
                    for (int i = 0; i < lanes; i++) {
                        ended.add(lane(window, session, operation));
                    }
                }
                return Promise.all(ended).map(done -> Promise.nothing());
            }));
            all += window.operations();
        }
        System.out.println(
                window.finish(processes.finish() + ",\"sessions\":" + sessions.size() + ",\"lanes\":" + lanes));
        return all;
    }

    /** Operations one after another until the window closes. */
    private static Promise<Void> lane(Window window, Contract session, Function<Contract, Promise<Void>> operation) {
        if (!window.isOpen()) {
            return Promise.done();
        }
        long begin = System.nanoTime();
        return operation.apply(session).then(done -> {
            window.done(System.nanoTime() - begin);
            return lane(window, session, operation);
        });
    }
}
