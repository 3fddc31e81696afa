package dev.capstan.gateway.console;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.capstan.async.Loop;
import dev.capstan.async.SimLoop;
import dev.capstan.capnp.dynamic.SchemaLoader;
import dev.capstan.capnp.rpc.Peer;
import dev.capstan.capnp.rpc.Vat;
import dev.capstan.capnweb.Options;
import dev.capstan.capnweb.Stub;
import dev.capstan.capnweb.WebPeer;
import dev.capstan.capnweb.bind.Binder;
import dev.capstan.examples.calculator.Calculator;
import dev.capstan.examples.calculator.CalculatorServer;
import dev.capstan.examples.calculator.Value;
import dev.capstan.gateway.console.ConsoleApi.CallRow;
import dev.capstan.gateway.console.ConsoleApi.CapabilityRow;
import dev.capstan.gateway.console.ConsoleApi.SessionRow;
import dev.capstan.net.NetLoop;
import dev.capstan.net.Transport;
import dev.capstan.testkit.SimNetwork;
import java.lang.invoke.MethodHandles;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

/** What real sessions write into the ledger. */
class WatchingTest {
    private final SimLoop sim = new SimLoop();
    private final SimNetwork network = new SimNetwork(sim, 1);
    private final Ledger ledger = new Ledger(sim.loop().timer());
    private final OfSchema described = OfSchema.of(new SchemaLoader().load(Calculator.TYPE));
    private final Watching watching = new Watching(sim.loop(), ledger, described.names()::get);

    private Calculator.Client connect(Loop loop) {
        Vat server =
                Vat.on(loop).serving(new CalculatorServer()).observer(watching).build();
        network.host("server").onAccept(server::connect);
        Peer peer = Vat.on(loop).build().connect(network.host("client").connect("server"));
        return peer.bootstrap(Calculator.TYPE);
    }

    private CallRow row(int index) {
        return ledger.calls().rows().get(index);
    }

    @Test
    void a_call_in_a_result_that_is_not_there_yet_hangs_below_the_one_that_makes_it() {
        Calculator.Client calculator = connect(sim.loop());
        network.latency(Duration.ofMillis(10), Duration.ofMillis(10));
        Value.Client value = calculator
                .evaluate(params -> params.initExpression().setLiteral(3))
                .getValue();
        var read = value.read();
        sim.advance(Duration.ofSeconds(1));
        assertEquals(List.of("Calculator.evaluate", "Value.read"), names());
        assertEquals(row(0).id(), row(1).parent());
        assertTrue(row(1).incoming());
        assertEquals("capnp", row(1).wire());
        assertEquals("", row(1).failure());
        read.close();
    }

    private List<String> names() {
        return ledger.calls().rows().stream().map(CallRow::method).toList();
    }

    @Test
    void what_the_peer_holds_is_there_until_it_is_released() {
        Calculator.Client calculator = connect(sim.loop());
        var answer = calculator.evaluate(params -> params.initExpression().setLiteral(3));
        Value.Client value = answer.getValue();
        sim.advance(Duration.ofSeconds(1));
        List<CapabilityRow> held = ledger.capabilities();
        assertEquals(2, held.size(), held.toString());
        assertTrue(held.getFirst().exported());
        assertEquals("CalculatorServer", held.getFirst().type());
        value.close();
        answer.close();
        sim.advance(Duration.ofSeconds(1));
        assertEquals(1, ledger.capabilities().size());
        assertEquals(1, ledger.sessions().getFirst().exports());
    }

    @Test
    void a_session_that_is_cut_fails_its_calls_and_is_gone() {
        Calculator.Client calculator = connect(sim.loop());
        sim.advance(Duration.ofSeconds(1));
        SessionRow session = ledger.sessions().getFirst();
        assertTrue(ledger.cut(session.id()));
        var late = calculator.evaluate(params -> params.initExpression().setLiteral(3));
        sim.advance(Duration.ofSeconds(1));
        assertEquals(List.of(), ledger.sessions());
        assertEquals(0, ledger.overview().inFlight());
        late.close();
    }

    @Test
    void calls_of_capnweb_are_told_by_their_paths() {
        Binder binder = Binder.of(MethodHandles.lookup());
        network.host("server")
                .onAccept(stream -> WebPeer.over(
                        sim.loop(),
                        stream,
                        binder.serve(sim.loop(), new Entrance() {
                            @Override
                            public ConsoleApi authenticate(String token) {
                                throw new IllegalStateException("nobody comes in");
                            }
                        }),
                        Options.DEFAULT.withObserver(watching)));
        WebPeer page = WebPeer.over(sim.loop(), network.host("page").connect("server"), null);
        try (Stub door = Stub.of(sim.loop(), page.main());
                Stub api = door.call("authenticate", "x");
                Stub rows = api.get("inner").call("sessions")) {
            rows.value().listen(sim.loop(), (value, failure) -> {});
            sim.advance(Duration.ofSeconds(1));
            assertEquals("authenticate", row(0).method());
            assertEquals("inner.sessions", row(1).method());
            assertEquals(row(0).id(), row(1).parent());
            assertTrue(row(0).failure().startsWith("FAILED: "), row(0).failure());
        }
    }

    @Test
    void sessions_of_another_loop_are_written_down_on_the_ledger_s_own() throws InterruptedException {
        try (NetLoop other = NetLoop.open("other", Transport.AUTO);
                NetLoop own = NetLoop.open("own", Transport.AUTO)) {
            Ledger there = new Ledger(own.loop().timer());
            Watching across = new Watching(own.loop(), there, described.names()::get);
            try (Vat server = Vat.on(other.loop())
                            .serving(new CalculatorServer())
                            .observer(across)
                            .build();
                    Vat client = Vat.on(other.loop()).build();
                    var listener = server.listen(other.network(), new dev.capstan.async.Address.Tcp("127.0.0.1", 0))
                            .await();
                    Calculator.Client calculator = client.connect(other.network(), listener.address())
                            .await()
                            .bootstrap(Calculator.TYPE)) {
                calculator
                        .evaluate(params -> params.initExpression().setLiteral(3))
                        .then(results -> dev.capstan.async.Promise.done())
                        .await();
                // What the call has posted is done before what is posted now; the tables come with a second look.
                CountDownLatch looked = new CountDownLatch(1);
                own.loop().post(() -> {
                    there.sessions();
                    other.loop().post(looked::countDown);
                });
                looked.await();
                List<SessionRow> rows = own.loop()
                        .fetch(() -> dev.capstan.async.Promise.of(there.sessions()))
                        .await();
                assertEquals(1, rows.size());
                assertEquals(1, rows.getFirst().calls());
                assertTrue(rows.getFirst().exports() > 0, rows.toString());
            }
        }
    }
}
