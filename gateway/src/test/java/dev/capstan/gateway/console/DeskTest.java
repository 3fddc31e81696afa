package dev.capstan.gateway.console;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.capstan.async.SimLoop;
import dev.capstan.cap.Failure;
import dev.capstan.cap.LocalCap;
import dev.capstan.capnp.dynamic.SchemaLoader;
import dev.capstan.capnweb.Options;
import dev.capstan.capnweb.Stub;
import dev.capstan.capnweb.WebPeer;
import dev.capstan.capnweb.bind.Binder;
import dev.capstan.examples.calculator.Calculator;
import dev.capstan.examples.calculator.CalculatorServer;
import dev.capstan.gateway.console.Console.Served;
import dev.capstan.gateway.translate.Bridge;
import dev.capstan.gateway.translate.Limits;
import dev.capstan.testkit.SimNetwork;
import java.lang.invoke.MethodHandles;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a page reaches, over a session of Cap'n Web in virtual time. */
class DeskTest {
    private final SimLoop sim = new SimLoop();
    private final SimNetwork network = new SimNetwork(sim, 1);
    private final Tokens tokens = new Tokens(new Random(1));
    private final Ledger ledger = new Ledger(sim.loop().timer());
    private final Map<String, Served> served = new HashMap<>();
    private final Map<String, Record> limits = new HashMap<>();
    private final List<WebPeer> peers = new ArrayList<>();
    private final List<Stub> open = new ArrayList<>();
    private Stub door;

    @BeforeEach
    void connect() {
        Desk desk = new Desk(sim.loop(), ledger, tokens, served, limits);
        Binder binder = Binder.of(MethodHandles.lookup());
        network.host("server")
                .onAccept(stream ->
                        peers.add(WebPeer.over(sim.loop(), stream, binder.serve(sim.loop(), desk), Options.DEFAULT)));
        WebPeer page = WebPeer.over(sim.loop(), network.host("page").connect("server"), null, Options.DEFAULT);
        peers.add(page);
        door = held(Stub.of(sim.loop(), page.main()));
    }

    private Stub held(Stub stub) {
        open.addFirst(stub);
        return stub;
    }

    private Stub admitted() {
        return held(door.call("authenticate", tokens.invite()));
    }

    private @Nullable Object value(Stub result) {
        try (result) {
            return sim.await(result.value());
        }
    }

    private String refusal(Stub result) {
        try (result) {
            return assertThrows(Failure.class, () -> sim.await(result.value())).reason();
        }
    }

    @AfterEach
    void nothing_is_left() {
        open.forEach(Stub::close);
        sim.advance(Duration.ofSeconds(5));
        for (WebPeer each : peers) {
            WebPeer.Tables tables = each.tables();
            assertTrue(tables.imports() <= 1 && tables.exports() <= 1 && tables.calls() == 0, tables.toString());
        }
        served.values().forEach(each -> each.end().run());
        peers.forEach(WebPeer::close);
        sim.advance(Duration.ofSeconds(5));
        assertEquals(0, sim.loop().timer().pending());
    }

    @Test
    void who_shows_an_invitation_is_let_in_and_can_come_back() {
        String session = (String) value(admitted().call("sessionToken"));
        Stub again = held(door.call("authenticate", session));
        assertEquals(session, value(again.call("sessionToken")));
    }

    @Test
    void an_invitation_that_was_used_lets_nobody_in() {
        String invitation = tokens.invite();
        held(door.call("authenticate", invitation)).call("sessionToken").close();
        sim.poll();
        String refused = refusal(held(door.call("authenticate", invitation)).call("sessions"));
        assertTrue(refused.startsWith("This token is wrong"), refused);
    }

    @Test
    void without_a_token_there_is_nothing_but_the_door() {
        assertTrue(refusal(door.call("sessions")).contains("sessions"));
        assertTrue(refusal(held(door.call("authenticate", "guessed")).call("kill", 1))
                .startsWith("This token is wrong"));
    }

    @Test
    void who_is_in_can_invite() {
        String invitation = (String) value(admitted().call("invitationToken"));
        assertEquals(
                List.of(), value(held(door.call("authenticate", invitation)).call("sessions")));
    }

    @Test
    void a_page_is_told_each_second_until_it_has_heard_enough() {
        List<Object> heard = new ArrayList<>();
        Function<Object, @Nullable Object> listener = overview -> {
            heard.add(overview);
            return null;
        };
        Stub watch = admitted().call("watch", listener);
        sim.advance(Duration.ofMillis(3_500));
        assertEquals(4, heard.size());
        watch.close();
        sim.advance(Duration.ofSeconds(10));
        assertEquals(4, heard.size());
    }

    @Test
    void a_page_that_goes_away_is_told_nothing_more() {
        List<Object> heard = new ArrayList<>();
        Function<Object, @Nullable Object> listener = overview -> {
            heard.add(overview);
            return null;
        };
        held(admitted().call("watch", listener));
        sim.advance(Duration.ofMillis(500));
        peers.getFirst().close();
        sim.advance(Duration.ofSeconds(10));
        assertEquals(1, heard.size());
        assertEquals(0, sim.loop().timer().pending());
    }

    @Test
    void an_object_of_capnp_is_called_by_its_schema_in_one_go() {
        var type = new SchemaLoader().load(Calculator.TYPE);
        Bridge bridge = new Bridge(sim.loop(), Limits.DEFAULT);
        served.put(
                "calculator",
                Served.of(
                        OfSchema.of(type).service("calculator"),
                        bridge.toWeb(type, new LocalCap(sim.loop(), new CalculatorServer()))));
        Stub value = held(admitted().call("service", "calculator"))
                .call("evaluate", Map.of("expression", Map.of("literal", 6.5)));
        assertEquals(Map.of("number", 6.5), value(held(value).get("value").call("read")));
    }

    @Test
    void a_service_that_there_is_not_is_told_with_what_to_do() {
        assertEquals(
                "nothing is served under the name x: services() tells the names",
                refusal(admitted().call("service", "x")));
    }

    @Test
    void a_session_that_is_killed_is_cut_and_one_that_is_gone_is_not() {
        List<String> cut = new ArrayList<>();
        ledger.began("capnp", "somebody", true, new Ledger.Session() {
            @Override
            public Ledger.Tables tables() {
                return new Ledger.Tables(0, 0, 0, 0, 0, 0);
            }

            @Override
            public List<Ledger.Held> oldest(int most) {
                return List.of();
            }

            @Override
            public void cut() {
                cut.add("cut");
            }
        });
        Stub api = admitted();
        assertEquals(true, value(api.call("kill", 1)));
        assertEquals(false, value(api.call("kill", 2)));
        assertEquals(List.of("cut"), cut);
    }

    record Bounds(int questions) {}

    @Test
    void limits_are_told_as_they_are_configured() {
        limits.put("capnp", new Bounds(12));
        List<?> rows = (List<?>) Objects.requireNonNull(value(admitted().call("limits")));
        assertEquals("questions", ((Map<?, ?>) rows.getFirst()).get("name"));
    }
}
