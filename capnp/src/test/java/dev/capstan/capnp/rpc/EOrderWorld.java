package dev.capstan.capnp.rpc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.capstan.async.Completer;
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
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** One random distributed program of {@link EOrderTest}. */
final class EOrderWorld {
    /** What goes wrong on purpose. */
    enum Trouble {
        /** Calls fail, at once or later, and promises come to nothing. */
        FAILURES,
        /** Callers give calls up. */
        CANCELS,
        /** Connections are lost or closed, and sometimes made again. */
        CUTS
    }

    private static final String INTENDED = "intended failure";

    /** A reference held by one vat. */
    private static final class Ref {
        final int id;
        final TestCallOrder.Client client;
        final List<Sent> calls = new ArrayList<>();
        int lastArrived = -1;

        Ref(int id, TestCallOrder.Client client) {
            this.id = id;
            this.client = client;
        }
    }

    /** A call on a reference. */
    private static final class Sent {
        final String name;
        Promise.@Nullable Cancelable waiting;
        boolean arrived;
        boolean settled;
        boolean canceled;

        @Nullable
        Failure failure;

        Sent(String name) {
            this.name = name;
        }
    }

    /** A promise that vat {@code vat} made and that its reference {@code ref} calls. */
    private record Unresolved(int vat, int ref, QueuedCap cap) {}

    /** A connection between two vats; {@code left} has the lower number. */
    private record Link(int left, int right, SimStream stream) {}

    private final Set<Trouble> troubles;
    private final Random random;
    private final SimLoop sim = new SimLoop();
    private final int size;
    private final Vat[] vats;
    private final Connection[][] peers;
    private final TestMoreStuff.Client[][] hubs;
    private final SimNetwork net = new SimNetwork(sim, 0);
    private final List<SimLane> lanes = new ArrayList<>();
    private final List<Link> links = new ArrayList<>();
    private final List<Connection> everyConnection = new ArrayList<>();
    /** References that are held, by vat. */
    private final List<List<Ref>> refs = new ArrayList<>();
    /** References by id, also those that are closed. */
    private final List<Ref> all = new ArrayList<>();

    private final List<Sent> open = new ArrayList<>();
    private final List<Unresolved> unresolved = new ArrayList<>();
    /** Calls that run until the program ends them. */
    private final ArrayDeque<Completer<Void>> running = new ArrayDeque<>();

    private final List<String> problems = new ArrayList<>();
    private boolean wasCut;
    private int live;

    EOrderWorld(long seed, Set<Trouble> troubles) {
        this.troubles = troubles;
        random = new Random(seed);
        size = 2 + random.nextInt(3);
        vats = new Vat[size];
        peers = new Connection[size][size];
        hubs = new TestMoreStuff.Client[size][size];
        for (int v = 0; v < size; v++) {
            refs.add(new ArrayList<>());
            vats[v] = Vat.on(sim.loop()).serving(new Hub(v)).build();
            int self = v;
            host(v).onAccept(stream -> speak(self, stream));
        }
        for (int a = 0; a < size; a++) {
            for (int b = a + 1; b < size; b++) {
                connect(a, b);
            }
        }
    }

    // ---- vats

    private SimNetwork.Host host(int vat) {
        return net.host(String.valueOf(vat));
    }

    private void connect(int a, int b) {
        SimStream stream = host(a).connectAnew(host(b).name());
        speak(a, stream);
        links.add(new Link(a, b, stream));
        hubs[a][b] = peers[a][b].bootstrap(TestMoreStuff.TYPE);
        hubs[b][a] = peers[b][a].bootstrap(TestMoreStuff.TYPE);
    }

    private void speak(int vat, SimStream stream) {
        SimLane incoming = stream.incoming();
        incoming.block();
        lanes.add(incoming);
        Connection connection = (Connection) vats[vat].connect(stream);
        everyConnection.add(connection);
        peers[vat][Integer.parseInt(stream.remote().name())] = connection;
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
                CallContext<TestCallOrder.GetCallSequenceParams.Reader, TestCallOrder.GetCallSequenceResults.Builder>
                        call) {
            long tag = call.params().getExpected();
            Ref ref = all.get((int) (tag >>> 16));
            int number = (int) (tag & 0xffff);
            Sent sent = ref.calls.get(number);
            if (number <= ref.lastArrived) {
                problems.add(sent.name + " arrives after call " + ref.lastArrived);
            }
            ref.lastArrived = number;
            sent.arrived = true;
            if (troubles.contains(Trouble.FAILURES)) {
                switch (random.nextInt(6)) {
                    case 0 -> throw Failure.failed(INTENDED);
                    case 1 -> {
                        return sim.loop().pause().then(ignored -> {
                            throw Failure.failed(INTENDED);
                        });
                    }
                    default -> {}
                }
            }
            if (!troubles.isEmpty() && random.nextInt(3) == 0) {
                if (random.nextBoolean()) {
                    call.allowCancellation();
                }
                Completer<Void> end = new Completer<>(sim.loop());
                running.add(end);
                return end.promise();
            }
            return Promise.done();
        }

        @Override
        public void released() {
            live--;
        }
    }

    private Ref add(int vat, TestCallOrder.Client client) {
        Ref ref = new Ref(all.size(), client);
        refs.get(vat).add(ref);
        all.add(ref);
        return ref;
    }

    // ---- the program

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
        all.forEach(this::check);
        assertEquals(List.of(), problems);
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
        for (Connection connection : everyConnection) {
            assertEquals(new Peer.Tables(0, 0, 0, 0, 0), connection.tables(), () -> "tables, " + connection.down());
        }
        for (Link link : links) {
            assertTrue(peers[link.left][link.right].isUp(), () -> "connection " + link);
            assertTrue(peers[link.right][link.left].isUp(), () -> "connection " + link);
        }
        assertEquals(0, live, "objects that nobody refers to");
        assertEquals(0, sim.loop().timer().pending(), "timers");
    }

    private void step() {
        int vat = random.nextInt(size);
        List<Ref> mine = refs.get(vat);
        switch (random.nextInt(12)) {
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
                Ref ref = add(vat, new TestCallOrder.Client(promise));
                unresolved.add(new Unresolved(vat, ref.id, promise));
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
            case 9 -> trouble();
            default -> deliver(1 + random.nextInt(6));
        }
    }

    private void trouble() {
        if (troubles.contains(Trouble.CANCELS) && !open.isEmpty()) {
            Sent sent = open.remove(random.nextInt(open.size()));
            Promise.Cancelable waiting = sent.waiting;
            if (!sent.settled && waiting != null) {
                sent.canceled = true;
                waiting.cancel();
            }
        }
        if (troubles.contains(Trouble.CUTS) && !links.isEmpty() && random.nextInt(3) == 0) {
            cut(links.remove(random.nextInt(links.size())));
        }
        if (!running.isEmpty()) {
            running.remove().complete(Promise.nothing());
        }
    }

    private void cut(Link link) {
        wasCut = true;
        switch (random.nextInt(3)) {
            case 0 -> link.stream.disconnect(new IOException("the cable was cut"));
            case 1 -> peers[link.left][link.right].close();
            default -> peers[link.right][link.left].close();
        }
        if (random.nextBoolean()) {
            hubs[link.left][link.right].close();
            hubs[link.right][link.left].close();
            connect(link.left, link.right);
        }
    }

    private void call(Ref ref) {
        int number = ref.calls.size();
        Sent sent = new Sent("call " + number + " of reference " + ref.id);
        ref.calls.add(sent);
        sent.waiting = ref.client
                .getCallSequence(p -> p.setExpected(((long) ref.id << 16) | number))
                .map(results -> true)
                .listen(sim.loop(), (value, failure) -> {
                    if (sent.settled || sent.canceled) {
                        problems.add(sent.name + " settled once more");
                    }
                    sent.settled = true;
                    sent.failure = failure == null ? null : Failure.of(failure);
                });
        open.add(sent);
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
        List<Ref> older = refs.get(next.vat).stream()
                .filter((Predicate<Ref>) ref -> ref.id < next.ref)
                .toList();
        if (troubles.contains(Trouble.FAILURES) && random.nextInt(5) == 0) {
            next.cap.fail(Failure.failed(INTENDED));
        } else if (!older.isEmpty() && random.nextInt(3) == 0) {
            next.cap.resolve(
                    older.get(random.nextInt(older.size())).client.cap().share());
        } else {
            next.cap.resolve(TestCallOrder.TYPE.serve(sim.loop(), new Counter()).cap());
        }
        next.cap.close();
    }

    private void deliver(int count) {
        SimLane lane = lanes.get(random.nextInt(lanes.size()));
        for (int i = 0; i < count; i++) {
            lane.passTogether(1);
            if (random.nextBoolean()) {
                sim.poll();
            }
        }
    }

    /** Until nothing is on its way and no call runs. */
    private void settle() {
        sim.poll();
        while (true) {
            List<SimLane> waiting = lanes.stream().filter(SimLane::isBusy).toList();
            if (!waiting.isEmpty()) {
                waiting.get(random.nextInt(waiting.size())).passTogether(1);
            } else if (!running.isEmpty()) {
                running.remove().complete(Promise.nothing());
            } else {
                return;
            }
            sim.poll();
        }
    }

    // ---- what must hold

    /**
     * Every call has arrived, was given up, or has failed for a reason. Where nothing was cut, a reference whose call did not arrive is broken: no later
     * call arrives either. Of a lost connection that cannot be said: it takes a call that came back over it and waits in a queue at home, but not the
     * later ones, which went there straight.
     */
    private void check(Ref ref) {
        @Nullable Sent lost = null;
        for (Sent sent : ref.calls) {
            if (!sent.settled && !sent.canceled) {
                problems.add(sent.name + " was never answered");
            }
            if (sent.arrived && lost != null && !wasCut) {
                problems.add(sent.name + " arrived, but the earlier " + lost.name + " did not");
            }
            Failure failure = sent.failure;
            if (failure != null && !isExpected(failure)) {
                problems.add(sent.name + " failed: " + failure);
            }
            if (!sent.arrived && !sent.canceled) {
                if (failure == null) {
                    problems.add(sent.name + " never arrived");
                }
                lost = sent;
            }
        }
    }

    private boolean isExpected(Failure failure) {
        return failure.kind() == Failure.Kind.DISCONNECTED
                ? wasCut
                : troubles.contains(Trouble.FAILURES) && failure.reason().contains(INTENDED);
    }
}
