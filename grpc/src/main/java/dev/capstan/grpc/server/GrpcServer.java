package dev.capstan.grpc.server;

import com.google.common.util.concurrent.MoreExecutors;
import dev.capstan.async.Address;
import dev.capstan.async.Completer;
import dev.capstan.async.Loop;
import dev.capstan.async.Promise;
import dev.capstan.grpc.Limits;
import dev.capstan.grpc.MessageEncodings;
import dev.capstan.grpc.Metadatas;
import dev.capstan.grpc.services.DescriptorPool;
import dev.capstan.grpc.services.Health;
import dev.capstan.grpc.services.Reflection;
import dev.capstan.net.http.Exchange;
import dev.capstan.net.http.HttpRequest;
import dev.capstan.net.http.HttpResponse;
import dev.capstan.net.http.HttpRoutes;
import dev.capstan.net.http.Peer;
import io.grpc.Attributes;
import io.grpc.BindableService;
import io.grpc.CompressorRegistry;
import io.grpc.Context;
import io.grpc.Deadline;
import io.grpc.DecompressorRegistry;
import io.grpc.Grpc;
import io.grpc.HandlerRegistry;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.ServerInterceptors;
import io.grpc.ServerMethodDefinition;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * gRPC on the port that everything else has: {@link #routes} go into the {@link HttpRoutes} of an {@code HttpServer}, together with pages, WebSockets and Cap'n Web. Services are those of
 * grpc-java: generated {@code ImplBase}s, interceptors, health, reflection and channelz of {@code grpc-services} work as they are.
 *
 * <p>Belongs to its loop. Handlers are run by the loop unless {@link Builder#executor} says otherwise: there they must not block. A handler may answer from any thread.
 */
public final class GrpcServer {
    static final Attributes.Key<Supplier<String>> ENCODING = Attributes.Key.create("dev.capstan.grpc.encoding");

    private final Loop loop;
    private final Map<String, ServerMethodDefinition<?, ?>> methods;
    private final List<ServerServiceDefinition> services;
    private final @Nullable HandlerRegistry fallback;
    private final List<ServerInterceptor> interceptors;
    private final CompressorRegistry compressors;
    private final DecompressorRegistry decompressors;
    private final Limits limits;
    private final UnaryOperator<Executor> executors;
    private final LoopScheduler scheduler;
    private final Set<ExchangeCall<?, ?>> calls = new LinkedHashSet<>();
    private final List<Runnable> onDrain;
    private final @Nullable Health health;
    private final @Nullable Channelz channelz;

    /** Names of services that tell of the server: their streams last as long as it does. */
    private final Set<String> own = new HashSet<>();

    private @Nullable Completer<Void> drained;

    private GrpcServer(Builder from) {
        loop = from.loop;
        interceptors = List.copyOf(from.interceptors);
        health = from.health;
        channelz = from.clock == null ? null : new Channelz(loop, from.clock);
        services = List.copyOf(services(from));
        methods = new HashMap<>();
        for (ServerServiceDefinition service : services) {
            for (ServerMethodDefinition<?, ?> method :
                    ServerInterceptors.intercept(service, interceptors).getMethods()) {
                String name = method.getMethodDescriptor().getFullMethodName();
                if (methods.put(name, method) != null) {
                    throw new IllegalArgumentException("two services have the method " + name + ": leave one out");
                }
            }
        }
        fallback = from.fallback;
        compressors = from.compressors;
        decompressors = from.decompressors;
        limits = from.limits;
        executors = from.executors;
        onDrain = List.copyOf(from.onDrain);
        scheduler = new LoopScheduler(loop);
    }

    /** What the program serves, and what it has turned on that tells of the server. */
    private List<ServerServiceDefinition> services(Builder from) {
        List<ServerServiceDefinition> all = new ArrayList<>(from.services);
        if (health != null) {
            Map<String, ServingStatus> known = health.statuses();
            for (ServerServiceDefinition each : from.services) {
                String name = each.getServiceDescriptor().getName();
                if (!known.containsKey(name)) {
                    health.set(name, ServingStatus.SERVING);
                }
            }
            all.add(health.service());
        }
        if (channelz != null) {
            all.add(channelz.bindService());
        }
        DescriptorPool reflected = from.reflected;
        if (reflected != null) {
            all.addAll(Reflection.of(all, from.reflectedNames, reflected));
        }
        all.stream()
                .skip(from.services.size())
                .forEach(each -> own.add(each.getServiceDescriptor().getName()));
        return all;
    }

    /** A server whose calls belong to {@code loop}, which is that of the HTTP server. */
    public static Builder on(Loop loop) {
        return new Builder(loop);
    }

    /** What a server is made of. Not thread-safe. */
    public static final class Builder {
        private final Loop loop;
        private final List<ServerServiceDefinition> services = new ArrayList<>();
        private final List<ServerInterceptor> interceptors = new ArrayList<>();
        private @Nullable HandlerRegistry fallback;
        private CompressorRegistry compressors = MessageEncodings.compressors();
        private DecompressorRegistry decompressors = MessageEncodings.decompressors();
        private Limits limits = Limits.DEFAULT;
        private UnaryOperator<Executor> executors = onLoop -> onLoop;
        private final List<Runnable> onDrain = new ArrayList<>();
        private @Nullable Health health;
        private @Nullable DescriptorPool reflected;
        private List<String> reflectedNames = List.of();
        private @Nullable InstantSource clock;

        private Builder(Loop loop) {
            this.loop = loop;
        }

        /** Serves {@code service} too. */
        public Builder service(BindableService service) {
            return service(service.bindService());
        }

        /** Serves {@code service} too. */
        public Builder service(ServerServiceDefinition service) {
            services.add(service);
            return this;
        }

        /** Lets {@code interceptor} see each call before the handler; the one that was added last sees it first, as with grpc-java. */
        public Builder intercept(ServerInterceptor interceptor) {
            interceptors.add(interceptor);
            return this;
        }

        /** Asks {@code registry} for methods that no service has. */
        public Builder fallback(HandlerRegistry registry) {
            fallback = registry;
            return this;
        }

        /** How answers and requests may be compressed; as {@link MessageEncodings} has it unless this is called. */
        public Builder encodings(CompressorRegistry ofAnswers, DecompressorRegistry ofRequests) {
            compressors = ofAnswers;
            decompressors = ofRequests;
            return this;
        }

        /** What a peer may cost. */
        public Builder limits(Limits bounds) {
            limits = bounds;
            return this;
        }

        /** Runs handlers on {@code executor}, the callbacks of each call one after the other: for handlers that block. */
        public Builder executor(Executor executor) {
            executors = onLoop -> MoreExecutors.newSequentialExecutor(executor);
            return this;
        }

        /** Runs {@code action}, on the loop's thread, when draining begins. */
        public Builder onDrain(Runnable action) {
            onDrain.add(action);
            return this;
        }

        /**
         * Tells by {@code grpc.health.v1.Health} how the server is. Services that {@code health} knows nothing of serve from the start; when draining begins, before anything else, nothing
         * serves any more, watchers are told and their streams ended.
         */
        public Builder health(Health health) {
            this.health = health;
            return this;
        }

        /** Tells by {@code grpc.reflection.v1} and {@code v1alpha} which services there are, and their schemas. */
        public Builder reflection() {
            return reflection(List.of(), DescriptorPool.of(List.of()));
        }

        /** As {@link #reflection()}, and also of services called {@code names} that the {@linkplain #fallback fallback} answers, with schemas in {@code pool}. */
        public Builder reflection(Collection<String> names, DescriptorPool pool) {
            reflectedNames = List.copyOf(names);
            reflected = pool;
            return this;
        }

        /**
         * Tells by {@code grpc.channelz.v1} of this server's calls and connections, with times by {@code clock}, and of the channels of grpc-java in this process, those of
         * {@code GrpcClient} included. It tells addresses of clients: leave it out, or refuse it by an interceptor, where strangers may call.
         */
        public Builder channelz(InstantSource clock) {
            this.clock = clock;
            return this;
        }

        /** The server. */
        public GrpcServer build() {
            return new GrpcServer(this);
        }
    }

    /**
     * How the message was compressed that the handler of {@code call} was given last: the name of an encoding, {@code identity} if it was not. Asked from within the listener's callbacks.
     *
     * @throws IllegalArgumentException if the call is not one of a {@code GrpcServer}
     */
    public static String encodingOfMessage(ServerCall<?, ?> call) {
        Supplier<String> encoding = call.getAttributes().get(ENCODING);
        if (encoding == null) {
            throw new IllegalArgumentException(
                    "this call comes from another server, which does not tell how its messages were compressed");
        }
        return encoding.get();
    }

    /** The services, for reflection and channelz. */
    public List<ServerServiceDefinition> services() {
        return services;
    }

    /**
     * What is to be served where: every {@code POST} whose content type is gRPC's, whatever its path, and a refusal of what else is sent to a method's path. Requests are not asked where
     * they come from: a web page cannot send this content type without being allowed to.
     */
    public HttpRoutes routes() {
        HttpRoutes routes = HttpRoutes.none()
                .origins(request -> true)
                .exchange("POST", "/*", request -> Framing.of(request) != null, this::begin);
        for (ServerServiceDefinition service : services) {
            String below = "/" + service.getServiceDescriptor().getName() + "/*";
            routes = routes.on(
                    "POST",
                    below,
                    request -> Promise.of(HttpResponse.text(
                            415, "this is a method of gRPC, which needs a content type of application/grpc")));
        }
        // In routes of their own, so that what else is added keeps the rule about origins that it had.
        return HttpRoutes.none().and(channelz == null ? routes : routes.connections(channelz));
    }

    private void begin(Exchange exchange) {
        HttpRequest request = exchange.request();
        Framing framing = Framing.of(request);
        if (framing == null) {
            throw new AssertionError("the route picks gRPC alone");
        }
        try {
            String name = request.path().substring(1);
            ServerMethodDefinition<?, ?> method = methods.get(name);
            if (method == null && fallback != null) {
                ServerMethodDefinition<?, ?> found =
                        fallback.lookupMethod(name, request.headers().first("host"));
                method = found == null ? null : intercepted(found);
            }
            if (method == null) {
                throw Status.UNIMPLEMENTED
                        .withDescription("there is no method " + name + " here")
                        .asRuntimeException();
            }
            begin(exchange, method, framing);
        } catch (StatusRuntimeException e) {
            Metadata none = new Metadata();
            List<Map.Entry<String, String>> fields = Metadatas.trailers(e.getStatus(), none);
            fields.addFirst(Map.entry("content-type", framing.contentType()));
            fields.add(Map.entry("grpc-accept-encoding", Encodings.accepted(decompressors)));
            framing.end(exchange, false, fields);
        }
    }

    private <Q, S> ServerMethodDefinition<Q, S> intercepted(ServerMethodDefinition<Q, S> method) {
        ServerCallHandler<Q, S> handler = method.getServerCallHandler();
        for (ServerInterceptor each : interceptors) {
            ServerCallHandler<Q, S> next = handler;
            handler = (call, headers) -> each.interceptCall(call, headers, next);
        }
        return method.withServerCallHandler(handler);
    }

    private <Q, S> void begin(Exchange exchange, ServerMethodDefinition<Q, S> method, Framing framing) {
        HttpRequest request = exchange.request();
        Metadata metadata = Metadatas.of(request.headers().fields());
        String timeout = request.headers().first("grpc-timeout");
        long nanos = timeout != null
                ? Timeouts.nanos(timeout)
                : limits.deadline().isZero() ? -1 : limits.deadline().toNanos();
        Encodings encodings = Encodings.of(
                compressors,
                decompressors,
                request.headers().first("grpc-encoding"),
                request.headers().first("grpc-accept-encoding"));
        Draining draining = new Draining();
        Context base = Context.ROOT.withValue(Draining.KEY, draining);
        Context.CancellableContext context = nanos < 0
                ? base.withCancellation()
                : base.withDeadline(Deadline.after(nanos, TimeUnit.NANOSECONDS), scheduler);
        ExchangeCall<Q, S> call = new ExchangeCall<>(
                this,
                loop,
                exchange,
                method.getMethodDescriptor(),
                framing,
                limits,
                encodings,
                attributes(exchange.peer()),
                executors.apply(new InTurn(loop)),
                context,
                draining);
        calls.add(call);
        if (channelz != null) {
            channelz.started(exchange.peer());
        }
        if (drained != null) {
            drain(call);
        }
        call.begin(method.getServerCallHandler(), metadata, nanos);
    }

    /** A call has ended. */
    void over(ExchangeCall<?, ?> call) {
        if (!calls.remove(call)) {
            return;
        }
        if (channelz != null) {
            channelz.ended(call.peer(), call.succeeded());
        }
        if (calls.isEmpty() && drained != null) {
            drained.complete(Promise.nothing());
        }
    }

    private void drain(ExchangeCall<?, ?> call) {
        call.drain();
        MethodDescriptor<?, ?> method = call.getMethodDescriptor();
        if (!method.getType().serverSendsOneMessage() && own.contains(method.getServiceName())) {
            // After what its handler says of the end.
            loop.post(() -> call.stop(Status.UNAVAILABLE.withDescription("the server is leaving")));
        }
    }

    /** Calls that have begun and not ended. On the loop's thread. */
    public int calls() {
        return calls.size();
    }

    /**
     * Ends serving: first the health service and what {@code onDrain} says, and the {@link Draining} of each call that runs; then calls that are left have {@code within} to end, and are cancelled with
     * UNAVAILABLE after it. Calls that come meanwhile are still served, so that none is lost while clients take notice: close the HTTP server next, which tells them. Called on the
     * loop's thread, once; settles when the last call has ended.
     */
    public Promise<Void> drain(Duration within) {
        if (drained != null) {
            throw new IllegalStateException("the server is being drained already");
        }
        Completer<Void> completer = new Completer<>(loop);
        drained = completer;
        if (health != null) {
            health.leave();
        }
        onDrain.forEach(Runnable::run);
        List.copyOf(calls).forEach(this::drain);
        if (calls.isEmpty()) {
            completer.complete(Promise.nothing());
            return completer.promise();
        }
        Promise.Cancelable late = loop.timer().after(within).listen(loop, (done, failure) -> {
            if (failure == null) {
                Status status = Status.UNAVAILABLE.withDescription(
                        "the server has ended, and the call had not within " + within);
                List.copyOf(calls).forEach(call -> call.stop(status));
            }
        });
        return completer.promise().convert(done -> {
            late.cancel();
            return Promise.nothing();
        });
    }

    private static Attributes attributes(Peer peer) {
        Attributes.Builder attributes = Attributes.newBuilder();
        if (peer.address() != null) {
            attributes.set(Grpc.TRANSPORT_ATTR_REMOTE_ADDR, socketAddress(peer.address()));
        }
        if (peer.tls() != null) {
            attributes.set(Grpc.TRANSPORT_ATTR_SSL_SESSION, peer.tls());
        }
        return attributes.build();
    }

    private static SocketAddress socketAddress(Address address) {
        return switch (address) {
            case Address.Tcp(String host, int port) -> tcp(host, port);
            case Address.Unix(String path) -> UnixDomainSocketAddress.of(path);
        };
    }

    private static SocketAddress tcp(String host, int port) {
        try {
            return new InetSocketAddress(InetAddress.ofLiteral(host), port);
        } catch (IllegalArgumentException e) {
            return InetSocketAddress.createUnresolved(host, port); // A name, of a network that is no real one.
        }
    }
}
