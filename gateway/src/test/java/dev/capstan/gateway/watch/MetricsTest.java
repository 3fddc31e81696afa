package dev.capstan.gateway.watch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.capstan.async.Address;
import dev.capstan.async.Loop;
import dev.capstan.async.Promise;
import dev.capstan.cap.CallWatch;
import dev.capstan.cap.Cap;
import dev.capstan.cap.Failure;
import dev.capstan.cap.Hints;
import dev.capstan.cap.LocalCap;
import dev.capstan.cap.Method;
import dev.capstan.cap.Path;
import dev.capstan.cap.Payload;
import dev.capstan.cap.Target;
import dev.capstan.capnp.CapnpFormat;
import dev.capstan.capnp.rpc.Vat;
import dev.capstan.capnweb.Access;
import dev.capstan.capnweb.Options;
import dev.capstan.capnweb.Stub;
import dev.capstan.capnweb.WebClient;
import dev.capstan.capnweb.WebServer;
import dev.capstan.capnweb.WebTarget;
import dev.capstan.gateway.port.OnePort;
import dev.capstan.net.Limits;
import dev.capstan.net.NetLoop;
import dev.capstan.net.Transport;
import dev.capstan.net.http.Headers;
import dev.capstan.net.http.HttpClient;
import dev.capstan.net.http.HttpResponse;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A server of both wires, and what it tells operators over HTTP. */
class MetricsTest {
    private static final Method.Ordinal METHOD = new Method.Ordinal(0xabcdL, 1);

    private final NetLoop net = NetLoop.open("metrics", Transport.AUTO);
    private final Loop loop = net.loop();
    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final MethodNames names = MethodNames.learned();
    private final Metrics metrics = new Metrics(registry, names);
    private final Health health = new Health();
    private final Target last = context -> {
        if (!context.method().equals(METHOD)) {
            throw Failure.unimplemented("no such method");
        }
        context.results(0);
        return Promise.done();
    };
    private final WebServer web = new WebServer(
            loop,
            visitor -> Promise.of(new LocalCap(
                    loop,
                    WebTarget.empty().method("add", arguments -> (Long) arguments.get(0) + (Long) arguments.get(1)))),
            Options.DEFAULT.withObserver(metrics),
            Access.SAME_HOST);
    private final OnePort port = OnePort.on(net)
            .capnp(Vat.on(loop).serving(last).observer(metrics).build())
            .http(web.routes("/rpc")
                    .and(Metrics.routes("/metrics", loop, metrics, registry))
                    .and(health.routes("/health")))
            .listen(new Address.Tcp("127.0.0.1", 0))
            .await();
    private final HttpClient http = new HttpClient(loop, net.network(), new Random(1), Limits.Http.DEFAULT);

    @AfterEach
    void close() {
        loop.fetch(() -> {
                    port.close();
                    return Promise.done();
                })
                .await();
        net.close();
        registry.close();
    }

    private HttpResponse get(String path) {
        URI to = URI.create("http://" + port.address() + path);
        return http.send("GET", to, Headers.of(), new byte[0]).await();
    }

    private String scraped() {
        return new String(get("/metrics").body(), StandardCharsets.UTF_8);
    }

    private static void assertHas(String text, String line) {
        assertTrue(text.lines().anyMatch(line::equals), () -> line + " is not in:\n" + text);
    }

    private void call(Cap cap, Method.Ordinal method) {
        loop.fetch(() -> {
                    var answer = cap.request(method, CapnpFormat.INSTANCE, 0, Hints.NONE)
                            .send();
                    answer.pipeline().close();
                    return answer.results();
                })
                .map(results -> {
                    try (Payload _ = results) {
                        return true;
                    }
                })
                .await();
    }

    @Test
    void calls_and_sessions_of_both_wires_are_counted() {
        try (Vat vat = Vat.on(loop).build()) {
            var peer = vat.connect(net.network(), port.address()).await();
            Cap cap = peer.bootstrap();
            call(cap, METHOD);
            try (var socket = new WebClient(loop, http).connect(URI.create("ws://" + port.address() + "/rpc"));
                    Stub api = Stub.of(loop, socket.main())) {
                try (Stub sum = api.call("add", 1, 2)) {
                    assertEquals(3L, sum.value().await());
                }
                String text = scraped();
                assertHas(
                        text,
                        "rpc_server_call_duration_seconds_count{error_type=\"\",rpc_method=\"0xabcd/1\",rpc_system_name=\"capnp\"} 1");
                assertHas(
                        text,
                        "rpc_server_call_duration_seconds_count{error_type=\"\",rpc_method=\"add\",rpc_system_name=\"capnweb\"} 1");
                assertHas(
                        text,
                        "rpc_server_call_duration_seconds_bucket{error_type=\"\",rpc_method=\"add\",rpc_system_name=\"capnweb\",le=\"10.0\"} 1");
                assertHas(text, "capstan_sessions{rpc_system_name=\"capnp\"} 1.0");
                assertHas(text, "capstan_sessions{rpc_system_name=\"capnweb\"} 1.0");
                assertHas(text, "capstan_exports_capabilities{rpc_system_name=\"capnp\"} 1.0");
                assertHas(text, "capstan_sessions_opened_total{opened_by=\"peer\",rpc_system_name=\"capnweb\"} 1.0");
            }
            loop.post(cap::close);
        }
    }

    @Test
    void what_a_peer_makes_up_is_one_metric() {
        try (Vat vat = Vat.on(loop).build()) {
            Cap cap = vat.connect(net.network(), port.address()).await().bootstrap();
            for (int i = 0; i < 300; i++) {
                Method.Ordinal made = new Method.Ordinal(0xdeadL, i);
                assertTrue(org.junit.jupiter.api.Assertions.assertThrows(Failure.class, () -> call(cap, made))
                                .kind()
                        == Failure.Kind.UNIMPLEMENTED);
            }
            String text = scraped();
            assertHas(
                    text,
                    "rpc_server_call_duration_seconds_count{error_type=\"unimplemented\",rpc_method=\"_OTHER\",rpc_system_name=\"capnp\"} 300");
            assertTrue(!text.contains("0xdead"), text);
            loop.post(cap::close);
        }
    }

    @Test
    void names_that_are_learned_are_bounded_and_reads_teach_none() {
        MethodNames few = new MethodNames(2, method -> null);
        for (String name : new String[] {"a", "b", "c"}) {
            few.succeeded(new Method.Member(Path.Names.of(name), false));
        }
        few.succeeded(new Method.Member(Path.Names.of("d"), true));
        assertEquals("a", few.of(new Method.Member(Path.Names.of("a"), false)));
        assertEquals("b", few.of(new Method.Member(Path.Names.of("b"), false)));
        assertEquals(MethodNames.OTHER, few.of(new Method.Member(Path.Names.of("c"), false)));
        assertEquals(MethodNames.OTHER, few.of(new Method.Member(Path.Names.of("d"), true)));
        assertTrue(CallWatch.NONE.carried() == null);
    }

    @Test
    void health_says_when_the_process_goes_away() {
        assertEquals(200, get("/health").status());
        health.drain();
        HttpResponse draining = get("/health");
        assertEquals(503, draining.status());
        assertEquals("draining\n", new String(draining.body(), StandardCharsets.UTF_8));
    }
}
