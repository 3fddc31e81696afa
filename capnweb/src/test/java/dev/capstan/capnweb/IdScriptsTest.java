package dev.capstan.capnweb;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.capstan.async.Completer;
import dev.capstan.async.Promise;
import dev.capstan.async.SimLoop;
import dev.capstan.cap.Cap;
import dev.capstan.cap.Context;
import dev.capstan.cap.Failure;
import dev.capstan.cap.LocalCap;
import dev.capstan.cap.Target;
import dev.capstan.testkit.SimNetwork;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Two programs, one at each end of a session, do what they like with one another's objects and results: call, pass on, map, duplicate, ask for, give up, close. A model tells what each number must be.
 * When both have closed all that they have, nothing is left in any table, and each object was released once.
 */
class IdScriptsTest {
    private static final int SCRIPTS = Boolean.getBoolean("capstan.quick") ? 400 : 2_000;
    private static final int STEPS = 16;

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void nothing_is_lost_and_nothing_stays(long seed) {
        Random seeds = new Random(seed);
        for (int i = 0; i < SCRIPTS; i++) {
            long script = seeds.nextLong();
            try {
                new Script(script).run();
            } catch (RuntimeException | AssertionError e) {
                throw new AssertionError("script " + script + "L of seed " + seed, e);
            }
        }
    }

    /** A stub and what it must turn out to be, if that is known. */
    private record Held(
            Stub stub, boolean isObject, @Nullable Object expected) {}

    private static final class Script {
        private final Random random;
        private final SimLoop sim = new SimLoop();
        private final SimNetwork network;
        private final List<WebPeer> peers = new ArrayList<>();
        private final List<Held> held = new ArrayList<>();
        private final List<Completer<Object>> pending = new ArrayList<>();
        private final List<Stub> kept = new ArrayList<>();
        private final List<Supplier<String>> faults = new ArrayList<>();
        private final List<Stub> mains = new ArrayList<>();
        private final List<String> log = new ArrayList<>();
        private int made;
        private int released;

        Script(long seed) {
            random = new Random(seed);
            network = new SimNetwork(sim, seed);
        }

        private static long number(@Nullable Object value) {
            return (Long) Objects.requireNonNull(value);
        }

        private Cap counted(WebTarget methods) {
            made++;
            return new LocalCap(sim.loop(), new Target() {
                @Override
                public Promise<Void> handle(Context context) throws Exception {
                    return methods.handle(context);
                }

                @Override
                public void released() {
                    released++;
                }
            });
        }

        private WebTarget fixed(long value) {
            return WebTarget.empty()
                    .function(args -> number(args.getFirst()) + value)
                    .method("plus", args -> number(args.getFirst()) + value)
                    .property("value", () -> value);
        }

        private WebTarget main() {
            return WebTarget.empty()
                    .method("make", args -> counted(fixed(number(args.getFirst()))))
                    .method("echo", args -> args.getFirst())
                    .method(
                            "pair",
                            args -> List.of(
                                    Objects.requireNonNull(args.getFirst()), Objects.requireNonNull(args.get(1))))
                    .method("ask", args -> stub(args.getFirst()).call("plus", 1))
                    .method("list", args -> List.of(1L, 2L, 3L))
                    .method("keep", args -> {
                        kept.add(stub(args.getFirst()).dup());
                        return JsValue.UNDEFINED;
                    })
                    .method("fail", args -> {
                        throw Failure.failed("as asked");
                    })
                    .method("later", args -> {
                        Completer<Object> completer = new Completer<>(sim.loop());
                        pending.add(completer);
                        return completer.promise();
                    });
        }

        private static Stub stub(@Nullable Object value) {
            return (Stub) Objects.requireNonNull(value);
        }

        void run() {
            if (random.nextBoolean()) {
                network.latency(Duration.ZERO, Duration.ofMillis(3));
            }
            network.host("a").onAccept(stream -> peers.add(WebPeer.over(sim.loop(), stream, main().on(sim.loop()))));
            peers.add(WebPeer.over(sim.loop(), network.host("b").connect("a"), main().on(sim.loop())));
            for (WebPeer peer : peers) {
                mains.add(Stub.of(sim.loop(), peer.main()));
            }
            for (int i = 0; i < STEPS; i++) {
                step();
                if (random.nextInt(3) == 0) {
                    sim.advance(Duration.ofMillis(random.nextInt(5)));
                }
            }
            end();
        }

        private void end() {
            for (int i = 0; i < 4; i++) {
                settle();
                pending.forEach(each -> each.complete(1L));
            }
            settle();
            held.forEach(each -> each.stub().close());
            mains.forEach(Stub::close);
            kept.forEach(Stub::close);
            kept.clear();
            settle();
            kept.forEach(Stub::close);
            settle();
            for (Supplier<String> fault : faults) {
                assertEquals("", fault.get(), log::toString);
            }
            for (WebPeer peer : peers) {
                WebPeer.Tables tables = peer.tables();
                assertEquals(0, tables.calls(), () -> tables + " " + log);
                assertTrue(tables.imports() <= 1, () -> tables + " " + log);
                assertTrue(tables.exports() <= 1, () -> tables + " " + log);
            }
            assertEquals(made, released, log::toString);
        }

        private void settle() {
            sim.poll();
            sim.advance(Duration.ofSeconds(1));
            sim.poll();
        }

        private void step() {
            Stub main = mains.get(random.nextInt(2));
            int kind = random.nextInt(16);
            log.add(kind + "/" + held.size());
            switch (kind) {
                case 0, 1 -> hold(main.call("make", 5), true, null);
                case 2 -> hold(main.call("echo", 7), false, 7L);
                case 3 -> any(each -> hold(main.call("echo", each.stub()), each.isObject(), each.expected()));
                case 4 -> object(each -> hold(each.stub().call("plus", 2), false, 7L));
                case 5 -> object(each -> hold(main.call("ask", each.stub()), false, 6L));
                case 6 -> any(each -> any(other -> hold(main.call("pair", each.stub(), other.stub()), false, null)));
                case 7 -> any(each -> hold(each.stub().dup(), each.isObject(), each.expected()));
                case 8, 9 -> ask();
                case 10, 11 ->
                    any(each -> {
                        held.remove(each);
                        each.stub().close();
                    });
                case 12 -> object(each -> hold(main.call("keep", each.stub()), false, JsValue.UNDEFINED));
                case 13 -> {
                    Function<List<Object>, Object> function = args -> number(args.getFirst()) + 5;
                    try (Stub own = Stub.of(sim.loop(), counted(fixed(5)))) {
                        hold(main.call("echo", own), true, null);
                    }
                    hold(main.call("pair", function, 1), false, null);
                }
                case 14 -> hold(main.call(random.nextBoolean() ? "later" : "fail"), false, null);
                default -> maps(main);
            }
        }

        private void maps(Stub main) {
            Stub list = main.call("list");
            object(each -> hold(list.map(x -> each.stub().call("plus", x)), false, List.of(6L, 7L, 8L)));
            hold(list.map(x -> main.call("make", x)), false, null);
            hold(list, false, List.of(1L, 2L, 3L));
        }

        private void hold(Stub stub, boolean isObject, @Nullable Object expected) {
            held.add(new Held(stub, isObject, expected));
        }

        private void any(java.util.function.Consumer<Held> action) {
            if (!held.isEmpty()) {
                action.accept(held.get(random.nextInt(held.size())));
            }
        }

        private void object(java.util.function.Consumer<Held> action) {
            List<Held> objects = held.stream().filter(Held::isObject).toList();
            if (!objects.isEmpty()) {
                action.accept(objects.get(random.nextInt(objects.size())));
            }
        }

        private void ask() {
            any(each -> {
                boolean[] told = new boolean[1];
                String[] fault = {""};
                Promise<Object> value = each.stub().value();
                Promise.Cancelable wait = value.listen(sim.loop(), (got, failure) -> {
                    told[0] = true;
                    StubValues.stubs(got, Stub::close);
                    if (each.expected() != null && !each.expected().equals(got)) {
                        fault[0] = "expected " + each.expected() + ", not " + got + " " + failure;
                    } else if (each.isObject() && !(got instanceof Stub)) {
                        fault[0] = "expected an object, not " + got + " " + failure;
                    }
                });
                if (random.nextInt(4) == 0) {
                    wait.cancel();
                } else {
                    faults.add(() -> told[0] ? fault[0] : "was never told");
                }
            });
        }
    }
}
