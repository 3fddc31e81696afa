package dev.capstan.bench;

import dev.capstan.async.Loop;
import dev.capstan.async.Promise;
import dev.capstan.capnweb.Readable;
import dev.capstan.capnweb.Stub;
import dev.capstan.capnweb.WebClient;
import dev.capstan.capnweb.WebPeer;
import dev.capstan.net.Limits.Http;
import dev.capstan.net.NetLoop;
import dev.capstan.net.http.HttpClient;
import java.io.IOException;
import java.net.URI;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.Supplier;

/** The client of the Cap'n Web benchmark: one JSON line a case, with the same cases, options and fields as {@code peers/web/client.mjs}. */
public final class WebBenchClient {
    private static final int CHAIN = 10;
    private static final int BATCH = 100;
    private static final int CHUNK = 1 << 16;
    private static final int CHUNKS = 256;

    private final BenchClient.Options options;
    private final Loop loop;
    private final WebClient web;
    private final Stub api;
    private final byte[] chunk = new byte[CHUNK];

    private WebBenchClient(BenchClient.Options options, Loop loop, WebClient web, Stub api) {
        this.options = options;
        this.loop = loop;
        this.web = web;
        this.api = api;
    }

    /** Runs the wanted cases. */
    public static void main(String[] args) throws IOException {
        BenchClient.Options options = BenchClient.Options.parse(args);
        try (NetLoop net = Nets.onThisThread()) {
            HttpClient http = new HttpClient(net.loop(), net.network(), new SecureRandom(), Http.DEFAULT)
                    .keepAlive(Duration.ofSeconds(2)); // as Node does
            WebClient web = new WebClient(net.loop(), http);
            try (WebPeer peer = web.connect(URI.create("ws://" + options.address() + "/"))) {
                net.loop()
                        .await(net.loop().later(() -> {
                            Stub api = Stub.of(net.loop(), peer.main());
                            return Promise.of(new WebBenchClient(options, net.loop(), web, api));
                        }))
                        .run();
            }
        }
    }

    private void run() throws IOException {
        measure("seq", 1, 1, 0, this::square);
        measure("out100", 100, 1, 0, this::square);
        measure("chain10", 1, 1, 0, this::chain);
        measure("batch100", 1, BATCH, 0, this::batch);
        measure("upload_64k", 1, CHUNKS, CHUNK, this::upload);
        measure("download_64k", 1, CHUNKS, CHUNK, this::download);
    }

    /** One case; an operation counts as {@code units} of what is reported. */
    private void measure(String name, int lanes, int units, long unitBytes, Supplier<Promise<Void>> operation)
            throws IOException {
        if (!options.wants(name)) {
            return;
        }
        Window window = new Window(options, name, units, unitBytes);
        for (int phase = 0; phase < 2; phase++) {
            if (phase == 0) {
                window.warmUp();
            } else {
                window.start();
            }
            loop.await(loop.later(() -> {
                List<Promise<Void>> all = new ArrayList<>();
                for (int i = 0; i < lanes; i++) {
                    all.add(lane(window, operation));
                }
                return Promise.all(all).map(done -> Promise.nothing());
            }));
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

    private Promise<Void> square() {
        try (Stub result = api.call("square", 7)) {
            return result.value().map(value -> check(value.equals(49L)));
        }
    }

    /** A chain of calls, each with the promise of the one before as an argument, sent at once. */
    private Promise<Void> chain() {
        Stub last = api.call("echo", 1);
        for (int i = 1; i < CHAIN; i++) {
            try (Stub before = last) {
                last = api.call("add", before, 1);
            }
        }
        try (Stub end = last) {
            return end.value().map(value -> check(value.equals((long) CHAIN)));
        }
    }

    private Promise<Void> batch() {
        WebPeer peer = web.batch(URI.create("http://" + options.address() + "/"));
        List<Promise<Object>> values = new ArrayList<>(BATCH);
        try (Stub main = Stub.of(loop, peer.main())) {
            for (int i = 0; i < BATCH; i++) {
                try (Stub result = main.call("square", i)) {
                    values.add(result.value());
                }
            }
        }
        return Promise.all(values)
                .map(all -> check(all.getLast().equals((BATCH - 1L) * (BATCH - 1))))
                .attach(peer);
    }

    private Promise<Void> upload() {
        try (Readable stream = Readable.of(loop, Collections.nCopies(CHUNKS, chunk));
                Stub result = api.call("readAll2", stream)) {
            return result.value().map(value -> check(value.equals((long) CHUNKS * CHUNK)));
        }
    }

    private Promise<Void> download() {
        try (Stub result = api.call("download", CHUNKS, CHUNK)) {
            return result.value().then(value -> rest((Readable) value, 0));
        }
    }

    private static Promise<Void> rest(Readable stream, long before) {
        return stream.read().then(chunk -> {
            try (chunk) {
                if (chunk.isEnd()) {
                    stream.close();
                    return Promise.of(check(before == (long) CHUNKS * CHUNK));
                }
                return rest(stream, before + chunk.bytes().length);
            }
        });
    }

    private static Void check(boolean holds) {
        if (!holds) {
            throw new IllegalStateException("the server gave a wrong result");
        }
        return Promise.nothing();
    }
}
