package dev.capstan.gateway.watch;

import dev.capstan.async.Loop;
import dev.capstan.async.Promise;
import dev.capstan.cap.CallWatch;
import dev.capstan.cap.Failure;
import dev.capstan.cap.ObservedCall;
import dev.capstan.cap.ObservedSession;
import dev.capstan.cap.Observer;
import dev.capstan.cap.SessionWatch;
import dev.capstan.net.http.Headers;
import dev.capstan.net.http.HttpResponse;
import dev.capstan.net.http.HttpRoutes;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Metrics of every wire whose sessions it observes. Thread-safe.
 *
 * <p>The timers {@code rpc.server.call.duration} and {@code rpc.client.call.duration} are those of OpenTelemetry's conventions, in seconds: with {@code rpc.system.name}, the wire; {@code rpc.method}, a
 * name of {@link MethodNames}; and {@code error.type}, the kind of the failure, {@code cancelled} for calls that were given up, and empty for those that have succeeded. The others are {@link
 * SessionGauges}.
 */
public final class Metrics implements Observer {
    private static final List<Duration> BUCKETS = List.of(
            Duration.ofMillis(5),
            Duration.ofMillis(10),
            Duration.ofMillis(25),
            Duration.ofMillis(50),
            Duration.ofMillis(75),
            Duration.ofMillis(100),
            Duration.ofMillis(250),
            Duration.ofMillis(500),
            Duration.ofMillis(750),
            Duration.ofSeconds(1),
            Duration.ofMillis(2_500),
            Duration.ofSeconds(5),
            Duration.ofMillis(7_500),
            Duration.ofSeconds(10));

    private final MeterRegistry registry;
    private final MethodNames names;
    private final SessionGauges gauges;
    private final Map<Key, Timer> timers = new ConcurrentHashMap<>();

    /** As many as there are names on each wire, times the kinds of ends. */
    private record Key(ObservedCall.Direction direction, String wire, String method, String error) {}

    /** Meters in {@code registry}, which belongs to the program. */
    public Metrics(MeterRegistry registry, MethodNames names) {
        this.registry = registry;
        this.names = names;
        this.gauges = new SessionGauges(registry);
    }

    @Override
    public SessionWatch began(ObservedSession session) {
        String wire = session.wire();
        gauges.began(session);
        Counter.builder("capstan.sessions.opened")
                .tags(
                        "rpc.system.name",
                        wire,
                        "opened.by",
                        session.origin().opened().name().toLowerCase(Locale.ROOT))
                .register(registry)
                .increment();
        return new SessionWatch() {
            @Override
            public CallWatch began(ObservedCall call) {
                return new Watch(wire, call);
            }

            @Override
            public void ended(Failure cause) {
                gauges.ended(session);
            }
        };
    }

    private final class Watch implements CallWatch {
        private final String wire;
        private final ObservedCall call;
        private final Timer.Sample sample;

        Watch(String wire, ObservedCall call) {
            this.wire = wire;
            this.call = call;
            this.sample = Timer.start(registry);
        }

        @Override
        public void ended(@Nullable Failure failure, long bytes) {
            if (failure == null) {
                names.succeeded(call.method());
            }
            stop(failure == null ? "" : failure.kind().name().toLowerCase(Locale.ROOT));
        }

        @Override
        public void cancelled() {
            stop("cancelled");
        }

        private void stop(String error) {
            sample.stop(timers.computeIfAbsent(
                    new Key(call.direction(), wire, names.of(call.method()), error), Metrics.this::timer));
        }
    }

    private Timer timer(Key key) {
        String side = key.direction == ObservedCall.Direction.INCOMING ? "server" : "client";
        return Timer.builder("rpc." + side + ".call.duration")
                .serviceLevelObjectives(BUCKETS.toArray(Duration[]::new))
                .tags(Tags.of("rpc.system.name", key.wire, "rpc.method", key.method, "error.type", key.error))
                .register(registry);
    }

    /** Settles when the gauges show how things are now: a loop that does not answer within a second keeps what it had. {@code loop} is that of the promise, and of the caller. */
    public Promise<Void> refresh(Loop loop) {
        return gauges.refresh(loop);
    }

    /**
     * {@code GET} of {@code path}: everything in {@code registry}, which should be the one of {@code metrics}, as Prometheus reads it. It tells strangers about the insides of the process: answer it where only
     * operators come.
     */
    public static HttpRoutes routes(String path, Loop loop, Metrics metrics, PrometheusMeterRegistry registry) {
        Headers text = Headers.of("content-type", "text/plain; version=0.0.4; charset=utf-8");
        return HttpRoutes.none()
                .on(
                        "GET",
                        path,
                        request -> metrics.refresh(loop)
                                // With very many meters it takes long, and belongs to no session.
                                .then(fresh -> loop.offload(registry::scrape))
                                .map(all -> new HttpResponse(200, text, all.getBytes(StandardCharsets.UTF_8))));
    }
}
