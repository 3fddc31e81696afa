package dev.capstan.gateway.serve;

import dev.capstan.async.Address;
import dev.capstan.async.Loop;
import dev.capstan.async.Promise;
import dev.capstan.cap.Cap;
import dev.capstan.cap.Failure;
import dev.capstan.cap.ObservedSession;
import dev.capstan.cap.Observer;
import dev.capstan.capnp.dynamic.SchemaLoader;
import dev.capstan.capnweb.Access;
import dev.capstan.gateway.console.Console;
import dev.capstan.gateway.watch.CallTraces;
import dev.capstan.gateway.watch.GrpcCalls;
import dev.capstan.gateway.watch.Health;
import dev.capstan.gateway.watch.MethodNames;
import dev.capstan.gateway.watch.Metrics;
import dev.capstan.grpc.server.GrpcServer;
import dev.capstan.net.http.HttpRoutes;
import io.grpc.ServerInterceptor;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.opentelemetry.api.OpenTelemetry;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What operators see of a server: its health, metrics of all wires, the console, and traces for the log. Belongs to the server's loop. */
final class Lookout {
    private final Loop loop;
    private final Configuration configuration;
    private final Health health = new Health();
    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final Metrics metrics;
    private final @Nullable Console console;
    private final Observer observer;
    private @Nullable GrpcCalls calls;
    private @Nullable OwnServices services;

    Lookout(Loop loop, Configuration configuration, List<Offer> offers, SecureRandom random) {
        this.loop = loop;
        this.configuration = configuration;
        MethodNames names = MethodNames.of(schemas(offers));
        this.metrics = new Metrics(registry, names);
        this.console = hasConsole() ? console(offers, random) : null;
        List<Observer> all = new ArrayList<>(List.of(metrics));
        if (console != null) {
            all.add(console.observer());
        }
        if (configuration.log() == Configuration.Log.JSON) {
            all.add(new CallTraces(OpenTelemetry.noop(), names, random));
        }
        this.observer = Observer.all(all.toArray(Observer[]::new));
    }

    private static List<SchemaLoader> schemas(List<Offer> offers) {
        return offers.stream()
                .map(Offer::about)
                .filter(Offer.About.Interface.class::isInstance)
                .map(about -> ((Offer.About.Interface) about).schemas())
                .distinct()
                .toList();
    }

    /** Where others can connect, the token has to be of the owner's choice: it is all that keeps them out. */
    private boolean hasConsole() {
        Configuration.Console wanted = configuration.console();
        return wanted.enabled() && (Console.isLocal(configuration.listen()) || wanted.token() != null);
    }

    private Console console(List<Offer> offers, SecureRandom random) {
        Access access = new Access(Set.of(), configuration.access().hosts());
        Console made = new Console(loop, random, access).limits("serve", configuration.limits());
        for (Offer offer : offers) {
            Supplier<Promise<Cap>> object = offer.web();
            Offer.About about = offer.about();
            if (object != null && about != null) {
                String name = offer.path().equals("/") ? "/" : offer.path().substring(1);
                switch (about) {
                    case Offer.About.Interface face -> made.serving(name, face.type(), object);
                    case Offer.About.Declarations declared -> made.serving(name, declared.typescript(), object);
                }
            }
        }
        String token = configuration.console().token();
        return token == null ? made : made.admitting(token);
    }

    /** To be told of the sessions of Cap'n Proto and Cap'n Web. */
    Observer observer() {
        return observer;
    }

    /** Sees the calls of the server of gRPC. Called once. */
    ServerInterceptor grpc(Consumer<Failure> cut) {
        GrpcCalls made = GrpcCalls.on(loop, observer, ObservedSession.Origin.from("all clients"), cut);
        calls = made;
        return made.server();
    }

    /** The console shows the services of {@code server}, too. Called once. */
    void services(GrpcServer server, List<Offer> offers, SecureRandom random) {
        Console shown = console;
        if (shown != null) {
            OwnServices own = new OwnServices(loop, server, random);
            offers.forEach(each -> own.show(each.services(), shown));
            services = own;
        }
    }

    /** Shows the limits of a wire. */
    void limits(String wire, Record limits) {
        if (console != null) {
            console.limits(wire, limits);
        }
    }

    HttpRoutes routes() {
        Configuration.Paths paths = configuration.paths();
        HttpRoutes routes = health.routes(paths.health()).and(Metrics.routes(paths.metrics(), loop, metrics, registry));
        return console == null ? routes : routes.and(console.routesForAnybody());
    }

    /** Where the console is, of a server at {@code at}, or why there is none. */
    String link(Address.Tcp at) {
        if (console == null) {
            return configuration.console().enabled()
                    ? "none, since other machines can connect to " + at + ": write console.token to have it there"
                    : "none";
        }
        String server = (configuration.tls() == null ? "http://" : "https://") + at;
        return configuration.console().token() == null
                ? console.link(server)
                : server + "/console/#token=... (the token of the configuration)";
    }

    /** From now on the server says that it leaves. */
    void leave() {
        health.drain();
    }

    void close() {
        if (calls != null) {
            calls.close();
        }
        if (console != null) {
            console.close();
        }
        if (services != null) {
            services.close();
        }
        registry.close();
    }
}
