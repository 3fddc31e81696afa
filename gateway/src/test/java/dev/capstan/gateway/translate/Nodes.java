package dev.capstan.gateway.translate;

import dev.capstan.async.Completer;
import dev.capstan.async.Loop;
import dev.capstan.async.Promise;
import dev.capstan.cap.Cap;
import dev.capstan.cap.Failure;
import dev.capstan.capnp.CallContext;
import dev.capstan.capnp.Client;
import dev.capstan.capnp.dynamic.DynamicCapability;
import dev.capstan.capnp.dynamic.DynamicServer;
import dev.capstan.capnp.dynamic.DynamicStruct;
import dev.capstan.capnp.dynamic.InterfaceSchema;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A Cap'n Proto server with a bit of everything, known by its schema alone. Counts its objects. */
final class Nodes {
    static final Schemas SCHEMAS = Schemas.of("""
            interface Named { name @0 () -> (name :Text); }
            interface Api extends(Named) {
              add @0 (a :Int64, b :Int64) -> (c :Int64);
              getNode @1 () -> (node :Node);
              callMe @2 (cb :Callback, times :UInt32) -> (sum :Int64);
              keep @3 (object :Node);
              kept @4 () -> (object :Node);
              isMine @5 (node :Node) -> (mine :Bool);
              fail @6 (kind :Text);
              sleep @7 ();
              numbers @8 () -> (list :List(Int64));
              openSink @9 () -> (sink :Sink);
              maybe @10 (there :Bool) -> (one :Maybe);
              deep @11 () -> (outer :Outer);
              listen @12 (listener :Listener) -> (sum :Int64);
              open @13 () -> (out :Pipe);
              fill @14 (out :Pipe, chunks :UInt32, size :UInt32 = 2) -> ();
              source @15 (chunks :UInt32) -> (in :Source);
              drain @16 (in :Source) -> (bytes :UInt64);
              quiet @17 () -> (in :Source);
              feed @18 () -> (out :Feed);
            }
            interface Node { getNext @0 () -> (node :Node); depth @1 () -> (value :UInt32); }
            interface Callback { call @0 (n :Int64) -> (m :Int64); }
            interface Listener { began @0 (); ended @1 (n :Int64) -> (m :Int64); }
            interface Sink { write @0 (chunk :Data) -> stream; done @1 () -> (bytes :UInt64); }
            interface Pipe { write @0 (bytes :Data) -> stream; end @1 (); }
            interface Feed { write @0 (node :Node) -> stream; end @1 (); }
            interface Source { pumpTo @0 (to :Pipe) -> (); }
            struct Maybe { union { none @0 :Void; node @1 :Node; } }
            struct Outer { where :group { inner :group { node @0 :Node; } } }
            """);

    static final InterfaceSchema API = SCHEMAS.type("Api");
    static final InterfaceSchema NODE = SCHEMAS.type("Node");

    private final Loop loop;
    private int live;
    private int sleeping;
    private int cancelled;
    private boolean stubborn;
    private final List<Completer<Void>> asleep = new ArrayList<>();
    private @Nullable Cap kept;
    /** What sinks were written. */
    final List<byte[]> written = new ArrayList<>();
    /** What the write that comes next waits for. */
    @Nullable
    Completer<Void> gate;

    boolean ended;
    /** Chunks that were sent. */
    int sent;

    Nodes(Loop loop) {
        this.loop = loop;
    }

    /** Objects that have not been released. */
    int live() {
        return live;
    }

    /** From now on who sleeps is not to be cancelled. */
    void stubborn() {
        stubborn = true;
    }

    /** Ends the sleep of all that are not to be cancelled. */
    void wake() {
        asleep.forEach(each -> each.complete(Promise.nothing()));
    }

    int sleeping() {
        return sleeping;
    }

    int cancelled() {
        return cancelled;
    }

    void forget() {
        Cap old = kept;
        kept = null;
        if (old != null) {
            old.close();
        }
    }

    @FunctionalInterface
    interface Body {
        Promise<Void> call(CallContext<DynamicStruct.Reader, DynamicStruct.Builder> context) throws Exception;
    }

    /** An object of bodies by name. */
    private final class Thing implements DynamicServer {
        private final InterfaceSchema schema;
        private final Map<String, Body> bodies = new HashMap<>();

        Thing(String name) {
            this.schema = SCHEMAS.type(name);
            live++;
        }

        Thing on(String name, Body body) {
            bodies.put(name, body);
            return this;
        }

        @Override
        public InterfaceSchema schema() {
            return schema;
        }

        @Override
        public Promise<Void> call(
                InterfaceSchema.Method method, CallContext<DynamicStruct.Reader, DynamicStruct.Builder> context)
                throws Exception {
            Body body = bodies.get(method.name());
            if (body == null) {
                throw Failure.unimplemented("not here: " + method.name());
            }
            return body.call(context);
        }

        @Override
        public void released() {
            live--;
        }
    }

    DynamicServer api() {
        return new Thing("Api")
                .on("name", c -> {
                    c.results().set("name", "nodes");
                    return Promise.done();
                })
                .on("add", c -> {
                    c.results().set("c", number(c, "a") + number(c, "b"));
                    return Promise.done();
                })
                .on("getNode", c -> {
                    c.results().set("node", node(1));
                    return Promise.done();
                })
                .on("callMe", this::callMe)
                .on("keep", c -> {
                    keep(c, "object");
                    return Promise.done();
                })
                .on("kept", c -> {
                    c.results().set("object", kept);
                    return Promise.done();
                })
                .on("isMine", c -> {
                    try (DynamicCapability node = cap(c, "node")) {
                        c.results().set("mine", node.cap().innermost() instanceof dev.capstan.cap.LocalCap);
                    }
                    return Promise.done();
                })
                .on("fail", c -> {
                    throw new Failure(
                                    Failure.Kind.valueOf(c.params().get("kind").asText()), "as you wished")
                            .with(new Failure.Detail(7, new byte[] {1, 2, 3}));
                })
                .on("sleep", this::sleep)
                .on("numbers", c -> {
                    c.results().set("list", List.of(1, 2, 3));
                    return Promise.done();
                })
                .on("openSink", c -> {
                    c.results().set("sink", sink());
                    return Promise.done();
                })
                .on("maybe", c -> {
                    DynamicStruct.Builder one = c.results().initStruct("one");
                    if (c.params().get("there").asBoolean()) {
                        one.set("node", node(1));
                    }
                    return Promise.done();
                })
                .on("deep", c -> {
                    c.results()
                            .initStruct("outer")
                            .struct("where")
                            .struct("inner")
                            .set("node", node(1));
                    return Promise.done();
                })
                .on("listen", this::listen)
                .on("open", c -> {
                    c.results().set("out", pipe());
                    return Promise.done();
                })
                .on("fill", this::fill)
                .on("source", c -> {
                    long chunks = number(c, "chunks");
                    c.results().set("in", new Thing("Source").on("pumpTo", pump -> {
                                DynamicCapability to = cap(pump, "to");
                                return fill(to, chunks, 2).attach(to);
                            }));
                    return Promise.done();
                })
                .on("drain", this::drain)
                .on("feed", c -> {
                    c.results().set("out", feed());
                    return Promise.done();
                })
                .on("quiet", c -> {
                    c.results().set("in", new Thing("Source").on("pumpTo", this::sleep));
                    return Promise.done();
                });
    }

    /** Keeps the last node that it was given. */
    private Thing feed() {
        return new Thing("Feed")
                .on("write", c -> {
                    keep(c, "node");
                    return Promise.done();
                })
                .on("end", c -> Promise.done());
    }

    private void keep(CallContext<DynamicStruct.Reader, ?> context, String name) {
        forget();
        try (DynamicCapability object = cap(context, name)) {
            kept = object.cap().share();
        }
    }

    /** The object that was kept, borrowed. */
    @Nullable
    Cap kept() {
        return kept;
    }

    private Promise<Void> sleep(CallContext<DynamicStruct.Reader, DynamicStruct.Builder> context) {
        sleeping++;
        if (stubborn) {
            Completer<Void> end = new Completer<>(loop);
            asleep.add(end);
            return end.promise();
        }
        context.allowCancellation();
        Completer<Void> never = new Completer<>(loop);
        never.onCancel(() -> cancelled++);
        return never.promise();
    }

    private static long number(CallContext<DynamicStruct.Reader, ?> context, String name) {
        return context.params().get(name).asLong();
    }

    private static DynamicCapability cap(CallContext<DynamicStruct.Reader, ?> context, String name) {
        Client client = context.params().get(name).asCapability();
        return (DynamicCapability) client;
    }

    private Thing node(int depth) {
        return new Thing("Node")
                .on("getNext", c -> {
                    c.results().set("node", node(depth + 1));
                    return Promise.done();
                })
                .on("depth", c -> {
                    c.results().set("value", depth);
                    return Promise.done();
                });
    }

    private Promise<Void> write(byte[] bytes) {
        written.add(bytes);
        Completer<Void> wait = gate;
        return wait == null ? Promise.done() : wait.promise();
    }

    private Thing sink() {
        return new Thing("Sink")
                .on("write", c -> write(c.params().get("chunk").asData().toByteArray()))
                .on("done", c -> {
                    c.results()
                            .set(
                                    "bytes",
                                    written.stream().mapToLong(b -> b.length).sum());
                    return Promise.done();
                });
    }

    private Thing pipe() {
        return new Thing("Pipe")
                .on("write", c -> write(c.params().get("bytes").asData().toByteArray()))
                .on("end", c -> {
                    ended = true;
                    return Promise.done();
                });
    }

    private Promise<Void> callMe(CallContext<DynamicStruct.Reader, DynamicStruct.Builder> context) {
        DynamicCapability callback = cap(context, "cb");
        long times = number(context, "times");
        return sum(callback, 0, times, 0).attach(callback).convert(sum -> {
            context.results().set("sum", sum);
            return Promise.nothing();
        });
    }

    /** Calls one after the other. */
    private Promise<Long> sum(DynamicCapability callback, long n, long times, long sum) {
        if (n == times) {
            return Promise.of(sum);
        }
        var request = callback.request("call");
        request.params().set("n", n);
        return request.send()
                .then(results ->
                        sum(callback, n + 1, times, sum + results.get("m").asLong()));
    }

    private Promise<Void> listen(CallContext<DynamicStruct.Reader, DynamicStruct.Builder> context) {
        DynamicCapability listener = cap(context, "listener");
        var began = listener.request("began").send();
        var request = listener.request("ended");
        request.params().set("n", 20);
        return began.then(x -> request.send().then(results -> {
                    context.results().set("sum", results.get("m").asLong());
                    return Promise.done();
                }))
                .attach(listener);
    }

    private Promise<Void> drain(CallContext<DynamicStruct.Reader, DynamicStruct.Builder> context) {
        DynamicCapability in = cap(context, "in");
        var request = in.request("pumpTo");
        request.params().set("to", pipe());
        return request.send()
                .then(done -> {
                    context.results()
                            .set(
                                    "bytes",
                                    written.stream().mapToLong(b -> b.length).sum());
                    return Promise.done();
                })
                .attach(in);
    }

    private Promise<Void> fill(CallContext<DynamicStruct.Reader, DynamicStruct.Builder> context) {
        DynamicCapability out = cap(context, "out");
        return fill(out, number(context, "chunks"), (int) number(context, "size"))
                .attach(out);
    }

    private Promise<Void> fill(DynamicCapability out, long left, int size) {
        if (left == 0) {
            return out.request("end").send().then(x -> Promise.done());
        }
        var request = out.streamingRequest("write");
        request.params().set("bytes", new byte[size]);
        sent++;
        return request.send().then(x -> fill(out, left - 1, size));
    }
}
