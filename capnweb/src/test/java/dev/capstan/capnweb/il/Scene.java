package dev.capstan.capnweb.il;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.capstan.async.Completer;
import dev.capstan.async.Promise;
import dev.capstan.async.SimLoop;
import dev.capstan.cap.Cap;
import dev.capstan.cap.Context;
import dev.capstan.cap.Failure;
import dev.capstan.cap.LocalCap;
import dev.capstan.cap.Target;
import dev.capstan.capnweb.JsValue;
import dev.capstan.capnweb.Stub;
import dev.capstan.capnweb.WebPeer;
import dev.capstan.capnweb.WebTarget;
import dev.capstan.testkit.SimNetwork;
import dev.capstan.testkit.SimStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/** A server that answers programs, and a client of it on one simulated loop; the lines that they exchange. {@link #close} asserts that nothing is left. */
final class Scene implements AutoCloseable {
    final SimLoop sim = new SimLoop();
    final List<String> sent = new ArrayList<>();
    final List<String> answered = new ArrayList<>();
    /** What the server's object was asked to do, in order. */
    final List<String> done = new ArrayList<>();

    final List<Completer<Object>> pending = new ArrayList<>();
    /** How long things take that come soon. */
    Random delays = new Random(1);

    /** Objects that the server has made, less those that were released. */
    int alive;

    final Stub api;
    private final List<WebPeer> peers = new ArrayList<>();
    private final SimStream wire;
    private boolean cut;

    Scene() {
        this(Budget.DEFAULT);
    }

    Scene(Budget budget) {
        SimNetwork network = new SimNetwork(sim, 1);
        network.host("client").onSend(frame -> sent.add(new String(frame, StandardCharsets.UTF_8)));
        network.host("server").onSend(frame -> answered.add(new String(frame, StandardCharsets.UTF_8)));
        network.host("server").onAccept(stream -> {
            Cap main = Programs.answeredBy(sim.loop(), object("main", main()), budget);
            peers.add(WebPeer.over(sim.loop(), stream, main));
        });
        wire = network.host("client").connect("server");
        WebPeer peer = WebPeer.over(sim.loop(), wire, WebTarget.empty().on(sim.loop()));
        sim.poll();
        peers.add(peer);
        api = Stub.of(sim.loop(), peer.main());
    }

    static long number(@Nullable Object value) {
        if (value instanceof Long n) {
            return n;
        }
        throw Failure.failed("a whole number is needed");
    }

    private static @Nullable Object first(List<?> arguments) {
        return arguments.isEmpty() ? JsValue.UNDEFINED : arguments.getFirst();
    }

    /** An object whose release is counted. */
    Cap object(String name, WebTarget target) {
        alive++;
        return new LocalCap(sim.loop(), new Target() {
            @Override
            public Promise<Void> handle(Context context) throws Exception {
                done.add(name + "." + context.method());
                return target.handle(context);
            }

            @Override
            public void released() {
                alive--;
            }
        });
    }

    private WebTarget counter(long start) {
        long[] count = {start};
        return WebTarget.empty()
                .method("increment", args -> count[0] += args.isEmpty() ? 1 : number(args.getFirst()))
                .property("value", () -> count[0]);
    }

    private WebTarget main() {
        return WebTarget.empty()
                .method("square", args -> number(args.getFirst()) * number(args.getFirst()))
                .method("add", args -> number(args.get(0)) + number(args.get(1)))
                .method("echo", args -> kept(first(args)))
                .method(
                        "list",
                        args -> LongStream.rangeClosed(1, number(args.getFirst()))
                                .boxed()
                                .toList())
                .method(
                        "authenticate",
                        args -> object(
                                "user",
                                WebTarget.empty()
                                        .method("id", none -> args.getFirst() + "!")
                                        .property("profile", () -> Map.of("name", "Ann", "tags", List.of("a", "b")))))
                .method("name", args -> "name of " + args.getFirst())
                .method("counter", args -> object("counter", counter(number(args.getFirst()))))
                .method(
                        "counters",
                        args -> LongStream.range(0, number(args.getFirst()))
                                .mapToObj(n -> object("counter", counter(n)))
                                .toList())
                .method("twice", args -> {
                    Stub function = (Stub) Objects.requireNonNull(args.getFirst());
                    try (Stub once = function.apply(1L)) {
                        return function.apply(once);
                    }
                })
                .method("later", args -> {
                    Completer<Object> completer = new Completer<>(sim.loop());
                    pending.add(completer);
                    return completer.promise();
                })
                .method("count", args -> object("counter", counter(0)))
                .method("soon", args -> {
                    Completer<Object> value = new Completer<>(sim.loop());
                    Promise<Object> known = Promise.of(told(kept(first(args))));
                    sim.loop()
                            .timer()
                            .after(Duration.ofMillis(delays.nextInt(5)))
                            .listen(sim.loop(), (rung, failure) -> value.follow(known));
                    return value.promise();
                })
                .method("broken", args -> {
                    throw Failure.overloaded("broken on purpose");
                })
                .method("nothing", args -> null)
                .property("version", () -> 7L)
                .property("deep", () -> Map.of("er", List.of("x", "y")));
    }

    /** Promises are not declared to hold null, but hold it. */
    @SuppressWarnings("NullAway")
    private static Object told(@Nullable Object tree) {
        return tree;
    }

    /** A tree that outlives the arguments. */
    private static @Nullable Object kept(@Nullable Object tree) {
        return Trees.replaced(tree, leaf -> leaf instanceof Stub stub ? stub.dup() : leaf);
    }

    /** What a program gives. */
    Object run(Program program) {
        return await(program.on(api));
    }

    /** What a program of plain JSON gives, whose only capture is the server's object. */
    @Nullable
    Object run(@Nullable Object code) {
        return await(api.call(Programs.RUN, code, List.of(api)));
    }

    Object await(Stub stub) {
        try (stub) {
            return sim.await(stub.value());
        }
    }

    Failure failure(@Nullable Object code) {
        try (Stub stub = api.call(Programs.RUN, code, List.of(api))) {
            return assertThrows(Failure.class, () -> sim.await(stub.value()));
        }
    }

    Failure failure(Program program) {
        try (Stub stub = program.on(api)) {
            return assertThrows(Failure.class, () -> sim.await(stub.value()));
        }
    }

    void cut() {
        wire.disconnect(new IOException("cut"));
        cut = true;
    }

    void settle() {
        sim.poll();
        sim.advance(Duration.ofSeconds(1));
        sim.poll();
    }

    void assertNothingLeft() {
        settle();
        for (WebPeer peer : peers) {
            assertEquals(cut ? new WebPeer.Tables(0, 0, 0) : new WebPeer.Tables(0, 1, 1), peer.tables());
        }
        assertEquals(cut ? 0 : 1, alive, "objects of the server");
    }

    @Override
    public void close() {
        assertNothingLeft();
        // An object outlives its references until its calls have ended.
        pending.forEach(each -> each.complete("too late"));
        api.close();
        peers.forEach(WebPeer::close);
        settle();
        assertEquals(0, alive, "objects of the server");
    }
}
