package dev.capstan.grpc.server;

import com.google.common.util.concurrent.MoreExecutors;
import dev.capstan.async.Completer;
import dev.capstan.async.Loop;
import dev.capstan.async.Promise;
import dev.capstan.grpc.Limits;
import dev.capstan.grpc.MessageEncodings;
import dev.capstan.grpc.MessageReader;
import dev.capstan.grpc.Metadatas;
import dev.capstan.grpc.services.DescriptorPool;
import dev.capstan.grpc.services.Health;
import dev.capstan.grpc.services.Reflection;
import dev.capstan.net.http.Exchange;
import dev.capstan.net.http.Headers;
import dev.capstan.net.http.HttpRequest;
import dev.capstan.net.http.HttpResponse;
import dev.capstan.net.http.HttpRoutes;
import io.grpc.Attributes;
import io.grpc.BindableService;
import io.grpc.CompressorRegistry;
import io.grpc.Context;
import io.grpc.Deadline;
import io.grpc.Decompressor;
import io.grpc.DecompressorRegistry;
import io.grpc.HandlerRegistry;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCall;
import io.grpc.ServerInterceptor;
import io.grpc.ServerMethodDefinition;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
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
    private final Methods methods;
    private final Encodings encodings;
    private final Headers usualHead;
    private final Metadatas.Reader metadatas = new Metadatas.Reader();

    private final Limits limits;
    private final Limits.Server serverLimits;
    private final UnaryOperator<Executor> executors;
    private final NoTimer timer = new NoTimer();
    private final Set<ExchangeCall<?, ?>> calls = new LinkedHashSet<>();
    private final Unfinished unfinished;
    private final List<Runnable> onDrain;
    private final @Nullable Health health;
    private final @Nullable Channelz channelz;

    private @Nullable Completer<Void> drained;

    private GrpcServer(Builder from) {
        loop = from.loop;
        executors = from.executors;
        health = from.health;
        channelz = from.clock == null ? null : new Channelz(loop, from.clock);
        methods = new Methods(
                from.services,
                ownServices(from, channelz),
                from.interceptors.stream()
                        .map(each -> each.apply(this::executor))
                        .toList(),
                from.fallback);
        encodings = new Encodings(from.compressors, from.decompressors);
        usualHead = Headers.of("content-type", Framing.GRPC, "grpc-accept-encoding", encodings.accepted());
        limits = from.limits;
        serverLimits = from.serverLimits;
        unfinished = new Unfinished(serverLimits.unfinishedBytes());
        onDrain = List.copyOf(from.onDrain);
    }

    /** What the program has turned on that tells of the server. */
    private static List<ServerServiceDefinition> ownServices(Builder from, @Nullable Channelz channelz) {
        List<ServerServiceDefinition> own = new ArrayList<>();
        Health health = from.health;
        if (health != null) {
            Map<String, ServingStatus> known = health.statuses();
            for (ServerServiceDefinition each : from.services) {
                String name = each.getServiceDescriptor().getName();
                if (!known.containsKey(name)) {
                    health.set(name, ServingStatus.SERVING);
                }
            }
            own.add(health.service());
        }
        if (channelz != null) {
            own.add(channelz.bindService());
        }
        DescriptorPool reflected = from.reflected;
        if (reflected != null) {
            List<ServerServiceDefinition> all = new ArrayList<>(from.services);
            all.addAll(own);
            own.addAll(Reflection.of(all, from.reflectedNames, reflected));
        }
        return own;
    }

    /** A server whose calls belong to {@code loop}, which is that of the HTTP server. */
    public static Builder on(Loop loop) {
        return new Builder(loop);
    }

    /** What a server is made of. Not thread-safe. */
    public static final class Builder {
        private final Loop loop;
        private final List<ServerServiceDefinition> services = new ArrayList<>();
        private final List<Function<Supplier<Executor>, ServerInterceptor>> interceptors = new ArrayList<>();
        private @Nullable HandlerRegistry fallback;
        private CompressorRegistry compressors = MessageEncodings.compressors();
        private DecompressorRegistry decompressors = MessageEncodings.decompressors();
        private Limits limits = Limits.DEFAULT;
        private Limits.Server serverLimits = Limits.Server.DEFAULT;
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
            interceptors.add(executors -> interceptor);
            return this;
        }

        /** As {@link #intercept(ServerInterceptor)}, for one that decides later. */
        public Builder intercept(AsyncInterceptor interceptor) {
            interceptors.add(executors -> new Deciding(loop, interceptor, executors));
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

        /** What one call may cost. */
        public Builder limits(Limits bounds) {
            limits = bounds;
            return this;
        }

        /** What a server alone has to fear. How many blocking handlers there may be is a matter of {@link Handling}. */
        public Builder limits(Limits.Server bounds) {
            serverLimits = bounds;
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

    /**
     * What the calls of one connection have in common, by identity, whichever server of grpc-java's kind it is: to count what a client has of a thing. Where the server does not tell, each
     * call is a connection of its own.
     */
    public static Object connection(ServerCall<?, ?> call) {
        return PeerAttributes.connection(call);
    }

    /** The services, for reflection and channelz. */
    public List<ServerServiceDefinition> services() {
        return methods.services();
    }

    /**
     * What is to be served where: every {@code POST} whose content type is gRPC's, whatever its path, and a refusal of what else is sent to a method's path. Requests are not asked where
     * they come from: a web page cannot send this content type without being allowed to.
     */
    public HttpRoutes routes() {
        HttpRoutes routes = HttpRoutes.none()
                .origins(request -> true)
                .exchange("POST", "/*", request -> Framing.of(request) != null, this::begin);
        for (ServerServiceDefinition service : methods.services()) {
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
            begin(
                    exchange,
                    methods.find(request.path().substring(1), request.headers().first("host")),
                    framing);
        } catch (StatusRuntimeException e) {
            framing.end(
                    exchange,
                    false,
                    Metadatas.last(false, framing.contentType(), encodings.accepted(), e.getStatus(), new Metadata()));
        }
    }

    private <Q, S> void begin(Exchange exchange, ServerMethodDefinition<Q, S> method, Framing framing) {
        HttpRequest request = exchange.request();
        Metadatas.check(request.headers().fields(), limits.metadataBytes());
        Metadata metadata = metadatas.read(request.headers().fields());
        String timeout = request.headers().first("grpc-timeout");
        long nanos = timeout != null
                ? Timeouts.nanos(timeout)
                : serverLimits.deadline().isZero()
                        ? -1
                        : serverLimits.deadline().toNanos();
        Draining draining = new Draining();
        Context base = Context.ROOT.withValue(Draining.KEY, draining);
        Context.CancellableContext context = nanos < 0
                ? base.withCancellation()
                : base.withDeadline(Deadline.after(nanos, TimeUnit.NANOSECONDS), timer);
        Executor executor = executor();
        Decompressor decompressor = encodings.ofRequests(request.headers().first("grpc-encoding"));
        // From here on nothing throws before the call is among those that will leave.
        MessageReader reader = new MessageReader(limits.inboundMessageBytes(), unfinished.enter(exchange.peer()));
        reader.decompressor(decompressor);
        ExchangeCall<Q, S> call = new ExchangeCall<>(
                this,
                loop,
                exchange,
                method.getMethodDescriptor(),
                framing,
                limits,
                reader,
                encodings,
                usualHead,
                executor,
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

    /** What runs the handler of one call. */
    private Executor executor() {
        return executors.apply(new InTurn(loop));
    }

    /** A call has ended. */
    void over(ExchangeCall<?, ?> call) {
        if (!calls.remove(call)) {
            return;
        }
        call.forget();
        unfinished.leave(call.peer());
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
        if (!method.getType().serverSendsOneMessage() && methods.isOwn(method.getServiceName())) {
            // After what its handler says of the end.
            loop.post(() -> call.stop(Status.UNAVAILABLE.withDescription("the server is leaving")));
        }
    }

    /** Calls that have begun and not ended. On the loop's thread. */
    public int calls() {
        return calls.size();
    }

    /** Ends all calls that are under way with {@code why}; others are still served. On the loop's thread. */
    public void cut(Status why) {
        List.copyOf(calls).forEach(call -> call.stop(why));
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
                cut(status);
            }
        });
        return completer.promise().convert(done -> {
            late.cancel();
            return Promise.nothing();
        });
    }
}
