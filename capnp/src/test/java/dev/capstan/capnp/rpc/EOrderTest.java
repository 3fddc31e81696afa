package dev.capstan.capnp.rpc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.capstan.async.Promise;
import dev.capstan.async.SimLoop;
import dev.capstan.cap.Failure;
import dev.capstan.cap.QueuedCap;
import dev.capstan.capnp.CallContext;
import dev.capstan.capnp.testfixture.TestCallOrder;
import dev.capstan.capnp.testfixture.TestMoreStuff;
import dev.capstan.testkit.SimLane;
import dev.capstan.testkit.SimNetwork;
import dev.capstan.testkit.SimStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * Calls made on one reference arrive in the order in which they were made, whatever happens to the reference: random vats, random programs, random
 * delivery, all from one seed. Some calls fail, some are cancelled, and in every second world connections are cut. {@code -Dcapstan.seed=N} replays one.
 */
class EOrderTest {
    private static final int SEEDS = Boolean.getBoolean("capstan.quick") ? 500 : 10_000;

    @Test
    void calls_on_one_reference_arrive_in_the_order_in_which_they_were_made() {
        Long only = Long.getLong("capstan.seed");
        for (long seed = only == null ? 0 : only; seed < (only == null ? SEEDS : only + 1); seed++) {
            try {
                new World(seed).run();
            } catch (Throwable e) {
                throw new AssertionError("seed " + seed, e);
            }
        }
    }

    /** A reference held by one vat. */
    private static final class Ref {
        final int id;
        final TestCallOrder.Client client;
        /** Calls made so far. */
        int calls;

        Ref(int id, TestCallOrder.Client client) {
            this.id = id;
            this.client = client;
        }
    }

    /** One call, from its sending to its end. */
    private static final class Made {
        final String name;
        /** The object fails it. */
        final boolean fails;

        boolean arrived;
        boolean cancelled;
        boolean settled;

        @Nullable
        Throwable failure;

        Made(String name, boolean fails) {
            this.name = name;
            this.fails = fails;
        }
    }

    private record Open(Made made, AutoCloseable answer) {}

    private record Unresolved(int vat, QueuedCap cap) {}

    private static final class World {
        final Random random;
        final SimLoop sim = new SimLoop();
        final int size;
        final Vat[] vats;
        final Connection[][] peers;
        final TestMoreStuff.Client[][] hubs;
        final SimNetwork net = new SimNetwork(sim, 0);
        final List<SimLane> lanes = new ArrayList<>();
        final List<List<Ref>> refs = new ArrayList<>();
        final List<Unresolved> unresolved = new ArrayList<>();
        /** Every call by its tag. */
        final Map<Long, Made> all = new LinkedHashMap<>();
        /** The next call of each reference that may arrive. */
        final Map<Integer, Integer> next = new HashMap<>();

        final List<Open> open = new ArrayList<>();
        final boolean cuts;
        boolean wasCut;

        int live;
        int nextRef;

        World(long seed) {
            random = new Random(seed);
            cuts = seed % 2 == 1;
            size = 2 + random.nextInt(3);
            vats = new Vat[size];
            peers = new Connection[size][size];
            hubs = new TestMoreStuff.Client[size][size];
            for (int v = 0; v < size; v++) {
                refs.add(new ArrayList<>());
                int self = v;
                vats[v] = Vat.on(sim.loop()).serving(new Hub(v)).build();
                net.host("v" + v)
                        .onAccept(stream -> peers[self][
                                        Integer.parseInt(stream.remote().name().substring(1))] =
                                (Connection) vats[self].connect(stream));
            }
            for (int a = 0; a < size; a++) {
                for (int b = a + 1; b < size; b++) {
                    peers[a][b] = (Connection) vats[a].connect(net.host("v" + a).connect("v" + b));
                    for (SimLane lane : List.of(net.lane("v" + a, "v" + b), net.lane("v" + b, "v" + a))) {
                        lane.block();
                        lanes.add(lane);
                    }
                    hubs[a][b] = peers[a][b].bootstrap(TestMoreStuff.TYPE);
                    hubs[b][a] = peers[b][a].bootstrap(TestMoreStuff.TYPE);
                }
            }
        }

        /** Returns what it is given, and sometimes keeps a reference of its own. */
        private final class Hub implements TestMoreStuff.Server {
            private final int vat;

            Hub(int vat) {
                this.vat = vat;
            }

            @Override
            public Promise<Void> echo(
                    CallContext<TestMoreStuff.EchoParams.Reader, TestMoreStuff.EchoResults.Builder> call) {
                TestCallOrder.Client cap = call.params().getCap();
                call.results().setCap(cap);
                if (random.nextInt(3) == 0) {
                    add(vat, cap);
                } else {
                    cap.close();
                }
                return random.nextInt(3) == 0 ? sim.loop().pause() : Promise.done();
            }
        }

        private final class Counter implements TestCallOrder.Server {
            Counter() {
                live++;
            }

            @Override
            public Promise<Void> getCallSequence(
                    CallContext<
                                    TestCallOrder.GetCallSequenceParams.Reader,
                                    TestCallOrder.GetCallSequenceResults.Builder>
                            call) {
                long tag = call.params().getExpected();
                Made made = made(tag);
                int ref = (int) (tag >>> 16);
                int number = (int) (tag & 0xffff);
                int due = next.getOrDefault(ref, 0);
                assertTrue(number >= due, () -> made.name + " arrived after a later one, number " + (due - 1));
                assertFalse(made.arrived, () -> made.name + " arrived twice");
                for (int missing = due; missing < number; missing++) {
                    Made left = made((long) ref << 16 | missing);
                    assertTrue(wasCut || left.cancelled, () -> left.name + " was overtaken");
                }
                made.arrived = true;
                next.put(ref, number + 1);
                if (made.fails) {
                    throw Failure.failed("on purpose");
                }
                return Promise.done();
            }

            @Override
            public void released() {
                live--;
            }
        }

        void add(int vat, TestCallOrder.Client client) {
            Ref ref = new Ref(nextRef++, client);
            refs.get(vat).add(ref);
        }

        void run() {
            int steps = 20 + random.nextInt(120);
            for (int i = 0; i < steps; i++) {
                step();
                if (random.nextInt(3) == 0) {
                    sim.poll();
                }
            }
            while (!unresolved.isEmpty()) {
                resolveOne();
            }
            settle();
            for (Open call : open) {
                close(call.answer);
            }
            all.values().forEach(this::checkEnd);
            for (List<Ref> held : refs) {
                held.forEach(ref -> ref.client.close());
                held.clear();
            }
            settle();
            for (TestMoreStuff.Client[] row : hubs) {
                for (TestMoreStuff.@Nullable Client hub : row) {
                    if (hub != null) {
                        hub.close();
                    }
                }
            }
            settle();
            for (int a = 0; a < size; a++) {
                for (int b = 0; b < size; b++) {
                    if (a != b) {
                        assertTrue(
                                wasCut || peers[a][b].isUp(), "connection " + a + "-" + b + ": " + peers[a][b].down());
                        assertEquals(
                                new Peer.Tables(0, 0, 0, 0, 0),
                                peers[a][b].tables(),
                                "tables of " + a + " towards " + b);
                    }
                }
            }
            assertEquals(0, live, "objects that nobody refers to");
        }

        private Made made(long tag) {
            Made made = all.get(tag);
            if (made == null) {
                throw new AssertionError("a call that nobody made arrived: " + tag);
            }
            return made;
        }

        private void checkEnd(Made made) {
            if (made.cancelled) {
                return;
            }
            assertTrue(made.settled, () -> made.name + " never ended");
            if (made.failure == null) {
                assertTrue(made.arrived && !made.fails, () -> made.name + " succeeded and should not");
            } else if (!wasCut) {
                assertTrue(made.arrived && made.fails, () -> made.name + " failed: " + made.failure);
            }
        }

        private static void close(AutoCloseable resource) {
            try {
                resource.close();
            } catch (Exception e) {
                throw new AssertionError(e);
            }
        }

        private void step() {
            int vat = random.nextInt(size);
            List<Ref> mine = refs.get(vat);
            switch (random.nextInt(11)) {
                case 0 -> add(vat, TestCallOrder.TYPE.serve(sim.loop(), new Counter()));
                case 1, 2, 3 -> {
                    if (!mine.isEmpty()) {
                        call(mine.get(random.nextInt(mine.size())));
                    }
                }
                case 4, 5 -> {
                    if (!mine.isEmpty()) {
                        echo(vat, mine.get(random.nextInt(mine.size())));
                    }
                }
                case 6 -> {
                    QueuedCap promise = new QueuedCap(sim.loop());
                    promise.share();
                    unresolved.add(new Unresolved(vat, promise));
                    add(vat, new TestCallOrder.Client(promise));
                }
                case 7 -> {
                    if (!unresolved.isEmpty()) {
                        resolveOne();
                    }
                }
                case 8 -> {
                    if (mine.size() > 1) {
                        mine.remove(random.nextInt(mine.size())).client.close();
                    }
                }
                case 9 -> {
                    if (cuts && random.nextInt(12) == 0) {
                        cut();
                    } else if (!open.isEmpty()) {
                        cancel(open.remove(random.nextInt(open.size())));
                    }
                }
                default -> deliver(1 + random.nextInt(6));
            }
        }

        private void call(Ref ref) {
            int number = ref.calls++;
            long tag = (long) ref.id << 16 | number;
            Made made = new Made("call " + number + " of reference " + ref.id, random.nextInt(8) == 0);
            all.put(tag, made);
            var answer = ref.client.getCallSequence(p -> p.setExpected(tag));
            answer.listen(sim.loop(), (result, failure) -> {
                made.settled = true;
                made.failure = failure;
            });
            open.add(new Open(made, answer));
        }

        private void cancel(Open call) {
            call.made.cancelled |= !call.made.settled;
            close(call.answer);
        }

        /** Two vats lose each other, and what is on its way between them. */
        private void cut() {
            int a = random.nextInt(size);
            int b = (a + 1 + random.nextInt(size - 1)) % size;
            SimStream stream = net.host("v" + a).connected("v" + b);
            if (stream != null) {
                wasCut = true;
                stream.disconnect(new IOException("cut"));
            }
        }

        private void echo(int vat, Ref ref) {
            int other = random.nextInt(size);
            TestMoreStuff.Client hub = hubs[vat][other];
            if (other == vat || hub == null) {
                return;
            }
            try (var answer = hub.echo(p -> p.setCap(ref.client))) {
                add(vat, answer.getCap());
            }
        }

        /** A promise becomes an object of its own vat, or another reference that this vat holds and that was there before it. */
        private void resolveOne() {
            Unresolved next = unresolved.remove(random.nextInt(unresolved.size()));
            next.cap.resolve(TestCallOrder.TYPE.serve(sim.loop(), new Counter()).cap());
            next.cap.close();
        }

        private void deliver(int count) {
            SimLane lane = lanes.get(random.nextInt(lanes.size()));
            for (int i = 0; i < count && lane.isBusy(); i++) {
                lane.pass(1);
                if (random.nextBoolean()) {
                    sim.poll();
                }
            }
        }

        private void settle() {
            sim.poll();
            while (true) {
                List<SimLane> busy = lanes.stream().filter(SimLane::isBusy).toList();
                if (busy.isEmpty()) {
                    return;
                }
                busy.get(random.nextInt(busy.size())).pass(1);
                sim.poll();
            }
        }
    }
}
