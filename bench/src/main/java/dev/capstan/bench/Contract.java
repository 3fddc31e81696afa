package dev.capstan.bench;

import dev.capstan.async.Loop;
import dev.capstan.async.Promise;
import dev.capstan.bench.schema.Bench;
import dev.capstan.bench.schema.Callback;
import dev.capstan.bench.schema.Node;
import dev.capstan.bench.schema.Sink;
import dev.capstan.cap.Context;
import dev.capstan.cap.LocalCap;
import dev.capstan.cap.Method;
import dev.capstan.cap.Path;
import dev.capstan.cap.Target;
import dev.capstan.capnp.CallContext;
import dev.capstan.capnp.Data;
import dev.capstan.capnweb.JsValue;
import dev.capstan.capnweb.Stub;
import dev.capstan.capnweb.WebPayload;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** One session with an object of {@code bench.capnp}, and what is done with it. On the thread of its loop. */
sealed interface Contract extends AutoCloseable {
    int CHUNK_BYTES = 1 << 16;

    /** A small call. */
    Promise<Void> add();

    /** Three dependent calls, sent at once. */
    Promise<Void> chain();

    /** A call that calls back once. */
    Promise<Void> callback();

    /** Sends a chunk; done when the next one may be sent. */
    Promise<Void> write();

    /** Ends the stream that {@link #write} has begun; gives how many chunks have arrived. */
    Promise<Long> written();

    @Override
    void close();

    private static void check(boolean holds) {
        if (!holds) {
            throw new IllegalStateException("the server gave a wrong result");
        }
    }

    /** Over Cap'n Proto. */
    final class OfCapnp implements Contract {
        private static final Data CHUNK = Data.of(new byte[CHUNK_BYTES]);

        private final Bench.Client bench;
        private final Callback.Client callback;
        private final Sink.Client sink;

        /** Takes ownership. */
        OfCapnp(Loop loop, Bench.Client bench) {
            this.bench = bench;
            this.callback = Callback.TYPE.serve(loop, new Increment());
            try (var opened = bench.openSink()) {
                this.sink = opened.getSink();
            }
        }

        private static final class Increment implements Callback.Server {
            @Override
            public Promise<Void> call(CallContext<Callback.CallParams.Reader, Callback.CallResults.Builder> context) {
                context.results().setM(context.params().getN() + 1);
                return Promise.done();
            }
        }

        @Override
        public Promise<Void> add() {
            var request = bench.addRequest();
            request.params().setA(20);
            request.params().setB(22);
            return request.send().map(results -> {
                check(results.getC() == 42);
                return Promise.nothing();
            });
        }

        @Override
        public Promise<Void> chain() {
            try (var first = bench.getNode();
                    Node.Client node = first.getNode();
                    var second = node.getNext();
                    Node.Client next = second.getNode()) {
                return next.depth().map(results -> {
                    check(results.getValue() == 1);
                    return Promise.nothing();
                });
            }
        }

        @Override
        public Promise<Void> callback() {
            return bench.callMe(params -> {
                        params.setCb(callback);
                        params.setTimes(1);
                    })
                    .map(results -> {
                        check(results.getSum() == 1);
                        return Promise.nothing();
                    });
        }

        @Override
        public Promise<Void> write() {
            return sink.write(params -> params.setChunk(CHUNK));
        }

        @Override
        public Promise<Long> written() {
            return sink.done().map(Sink.DoneResults.Reader::getChunks);
        }

        @Override
        public void close() {
            sink.close();
            callback.close();
            bench.close();
        }
    }

    /** Over Cap'n Web. */
    final class OfWeb implements Contract {
        private static final byte[] CHUNK = new byte[CHUNK_BYTES];
        private static final Map<String, Object> SUMMANDS = Map.of("a", 20L, "b", 22L);

        private final Stub api;
        private final Stub callback;
        private final Stub opened;
        private final Stub sink;

        /** Takes ownership. */
        OfWeb(Loop loop, Stub api) {
            this.api = api;
            this.callback = Stub.of(loop, new LocalCap(loop, new AddsOne()));
            this.opened = api.call("openSink");
            this.sink = opened.get("sink");
        }

        /** A function. */
        private static final class AddsOne implements Target {
            @Override
            public Promise<Void> handle(Context context) {
                WebPayload results = WebPayload.of(context.results(0));
                if (context.method() instanceof Method.Member(Path.Names path, boolean reads)
                        && path.isEmpty()
                        && !reads) {
                    List<?> arguments = (List<?>) Objects.requireNonNull(
                            WebPayload.of(context.params()).value());
                    results.set(Map.of("m", number(arguments.getFirst(), "n") + 1));
                } else {
                    results.set(JsValue.UNDEFINED);
                }
                return Promise.done();
            }
        }

        private static long number(Object object, String name) {
            return ((Number) Objects.requireNonNull(((Map<?, ?>) object).get(name))).longValue();
        }

        @Override
        public Promise<Void> add() {
            try (Stub result = api.call("add", SUMMANDS)) {
                return result.value().map(value -> {
                    check(number(value, "c") == 42);
                    return Promise.nothing();
                });
            }
        }

        @Override
        public Promise<Void> chain() {
            try (Stub first = api.call("getNode");
                    Stub second = first.get("node").call("getNext");
                    Stub third = second.get("node").call("depth")) {
                return third.value().map(value -> {
                    check(number(value, "value") == 1);
                    return Promise.nothing();
                });
            }
        }

        @Override
        public Promise<Void> callback() {
            try (Stub result = api.call("callMe", Map.of("cb", callback, "times", 1L))) {
                return result.value().map(value -> {
                    check(number(value, "sum") == 1);
                    return Promise.nothing();
                });
            }
        }

        @Override
        public Promise<Void> write() {
            try (Stub result = sink.call("write", Map.of("chunk", CHUNK))) {
                return result.value().map(value -> Promise.nothing());
            }
        }

        @Override
        public Promise<Long> written() {
            try (Stub result = sink.call("done")) {
                return result.value().map(value -> number(value, "chunks"));
            }
        }

        @Override
        public void close() {
            sink.close();
            opened.close();
            callback.close();
            api.close();
        }
    }
}
