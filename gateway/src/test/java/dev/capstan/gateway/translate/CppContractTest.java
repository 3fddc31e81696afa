package dev.capstan.gateway.translate;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.capstan.async.Address;
import dev.capstan.async.Promise;
import dev.capstan.cap.Answer;
import dev.capstan.cap.Cap;
import dev.capstan.cap.Hints;
import dev.capstan.cap.LocalCap;
import dev.capstan.cap.Membrane;
import dev.capstan.cap.Method;
import dev.capstan.cap.Path;
import dev.capstan.cap.Payload;
import dev.capstan.cap.Target;
import dev.capstan.capnp.dynamic.DynamicCapability;
import dev.capstan.capnp.rpc.Peer;
import dev.capstan.capnp.rpc.Vat;
import dev.capstan.capnweb.Options;
import dev.capstan.capnweb.WebClient;
import dev.capstan.capnweb.WebFormat;
import dev.capstan.capnweb.WebPayload;
import dev.capstan.capnweb.WebPeer;
import dev.capstan.gateway.CapstanProcess;
import dev.capstan.net.NetLoop;
import dev.capstan.net.Transport;
import dev.capstan.net.http.HttpClient;
import dev.capstan.testkit.ForeignPeer;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.TestInfo;

/**
 * The capability contract through a process that is not ours: the object's side gives it to a C++ exchange on libcapnp 0.9.2, and its caller takes it from there in a session of Cap'n Web with
 * {@code capstan gateway}. Both are processes of their own; calls go from this process to the gateway, from there to C++, and from there back into this process.
 */
@ForeignPeer
final class CppContractTest extends BridgeContract<NetLoop> {
    private static final java.nio.file.Path ROOT =
            java.nio.file.Path.of("..").toAbsolutePath().normalize();

    private static final String DISEMBARGOES =
            "libcapnp before 1.0 closes a connection when disembargoes of both its connections cross (its pull request 1656): ";

    /** Cases that cannot hold here, and why. */
    private static final Map<String, String> LEFT_OUT = Map.of(
            "the_details_of_a_failure_arrive",
            "libcapnp 0.9.2 has no details in exceptions",
            "parameters_can_be_released_while_the_call_runs",
            "libcapnp 0.9.2 keeps the capabilities in the parameters of a call until it has returned, whatever releaseParams says",
            "calls_through_the_peer_and_calls_after_the_path_got_shorter_arrive_in_order",
            DISEMBARGOES + "an object comes back through it",
            "a_tail_call_may_go_back_to_where_the_call_came_from",
            DISEMBARGOES + "an object comes back through it",
            "a_promise_that_comes_back_keeps_its_order_when_it_resolves",
            DISEMBARGOES + "a promise comes back through it",
            "a_promise_that_comes_back_and_is_rejected_fails_all_calls",
            DISEMBARGOES + "a promise comes back through it");

    private static CapstanProcess exchange;
    private static CapstanProcess gateway;
    private static Address exchangeAddress;
    private static URI gatewayUrl;

    private final NetLoop net = driver;
    private final Peer giver;
    private final WebPeer web;
    private int served;

    CppContractTest() {
        super(NetLoop.onThisThread(Transport.AUTO), NetLoop::loop);
        giver = await(Vat.on(net.loop()).build().connect(net.network(), exchangeAddress));
        web = await(new WebClient(
                        net.loop(),
                        new HttpClient(net.loop(), net.network(), new Random(1), dev.capstan.net.Limits.Http.DEFAULT),
                        Options.DEFAULT.withMessagesShown())
                .open(gatewayUrl));
    }

    @BeforeAll
    static void start() throws Exception {
        try (CapstanProcess build = CapstanProcess.start(ROOT, List.of("bash", "gateway/peers/cpp/build.sh"))) {
            int code = build.exitCode();
            Assumptions.assumeTrue(code != 77, build::output);
            assertEquals(0, code, build::output);
        }
        exchange = CapstanProcess.start(ROOT, List.of("gateway/target/cpp/exchange"));
        String at = exchange.line("READY ").substring("READY ".length());
        exchangeAddress = Address.parse(at);
        gateway = CapstanProcess.capstan(
                "gateway",
                "--listen",
                "ws://127.0.0.1:0/",
                "--to",
                "capnp://" + at,
                "--schema",
                "src/test/capnp/exchange.capnp",
                "--interface",
                "Exchange");
        String line = gateway.line("clients call Exchange at ");
        gatewayUrl = URI.create(line.substring(line.indexOf("ws://"), line.indexOf(" and, ")));
    }

    @BeforeEach
    void leave_out_what_cannot_hold(TestInfo test) {
        String row = test.getTestMethod().orElseThrow().getName();
        Assumptions.assumeFalse(LEFT_OUT.containsKey(row), () -> row + ": " + LEFT_OUT.get(row));
    }

    @AfterAll
    static void end() {
        for (CapstanProcess process : new CapstanProcess[] {gateway, exchange}) {
            if (process != null) {
                process.close();
            }
        }
    }

    private <T> T await(Promise<T> promise) {
        return net.loop().await(promise);
    }

    @Override
    protected Cap reach(Target target) {
        String name = "object " + served++;
        put(name, new LocalCap(net.loop(), target));
        Method take = new Method.Member(Path.Names.of("take"), false);
        try (Cap main = web.main()) {
            var request = main.request(take, WebFormat.INSTANCE, 0, Hints.NONE);
            WebPayload.of(request.params()).set(List.of(Map.of("name", name)));
            try (Answer answer = request.send();
                    Payload results = await(answer.results())) {
                return near.toCapnp(OBJECT, results.cap(Path.Names.of("object")));
            }
        }
    }

    /** Takes ownership. */
    private void put(String name, Cap object) {
        try (object;
                DynamicCapability to = new DynamicCapability(EXCHANGE, giver.bootstrap())) {
            var request = to.request("put");
            request.params().set("name", name);
            request.params().set("object", object);
            try (var answer = request.send()) {
                await(answer.map(done -> true));
            }
        }
    }

    /** What was sent before has arrived in C++ when it answers a call that follows, and what it has passed on then has arrived here when it answers another of this side. */
    @Override
    protected void turns() {
        try (Cap main = web.main()) {
            Method sync = new Method.Member(Path.Names.of("sync"), false);
            var request = main.request(sync, WebFormat.INSTANCE, 0, Hints.NONE);
            WebPayload.of(request.params()).set(List.of());
            try (Answer answer = request.send()) {
                await(answer.results()).close();
            }
        }
        try (DynamicCapability to = new DynamicCapability(EXCHANGE, giver.bootstrap());
                var answer = to.request("sync").send()) {
            await(answer.map(done -> true));
        }
        for (int i = 0; i < 20; i++) {
            net.loop().poll();
        }
    }

    @Override
    protected int patience() {
        return 20_000;
    }

    /** What a visitor of {@code capstan gateway} may have, but one for {@link #turns}. */
    @Override
    protected int mostCalls() {
        return Membrane.Limits.DEFAULT.calls() - 1;
    }

    /** As over any Cap'n Web session: a promise that is rejected would fail the whole result with it. */
    @Override
    protected boolean tellsBroken() {
        return false;
    }

    @Override
    protected List<String> leftovers() {
        List<String> left = new ArrayList<>(super.leftovers());
        if (!giver.tables().isEmpty()) {
            left.add(giver.tables().toString());
        }
        WebPeer.Tables tables = web.tables();
        if (tables.calls() > 0 || tables.imports() > 1 || tables.exports() > 1) {
            left.add(tables.toString());
        }
        return left;
    }

    @Override
    protected void close() {
        web.close();
        giver.close();
        net.loop().poll();
        net.close();
    }
}
