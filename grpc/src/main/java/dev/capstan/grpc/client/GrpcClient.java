package dev.capstan.grpc.client;

import dev.capstan.async.Address;
import dev.capstan.async.Completer;
import dev.capstan.async.Loop;
import dev.capstan.async.Promise;
import dev.capstan.grpc.Limits;
import dev.capstan.grpc.MessageEncodings;
import dev.capstan.net.NetLoop;
import dev.capstan.net.channels.ChannelHost;
import io.grpc.CallCredentials;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ChannelCredentials;
import io.grpc.ClientInterceptor;
import io.grpc.ClientInterceptors;
import io.grpc.CompressorRegistry;
import io.grpc.ConnectivityState;
import io.grpc.DecompressorRegistry;
import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import io.grpc.MethodDescriptor;
import io.grpc.ProxyDetector;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A client of gRPC servers, over grpc-java's channels: connections that are made when they are needed and made again when they are lost. {@link #call} for methods of any shape;
 * {@link #channel} for stubs that grpc-java's plugin has generated.
 *
 * <p>May be used from any thread. Promises and subscribers are told on its loop. Whoever builds it closes it: {@link #drain} lets calls end, {@link #close} does not.
 */
public final class GrpcClient implements AutoCloseable {
    /**
     * Among the options of a call that is sent again because no server has begun it. Stream tracers see it there ({@code StreamInfo.getCallOptions()}): grpc-java takes it for a new call, and {@code StreamInfo.isTransparentRetry()}
     * tells only of those that it has sent again itself.
     */
    public static final CallOptions.Key<Boolean> SENT_AGAIN =
            CallOptions.Key.createWithDefault("dev.capstan.grpc.client.sent-again", false);

    /** For what is left of connections whose calls are all cancelled. */
    private static final int TERMINATION_SECONDS = 10;

    private final Loop loop;
    private final Connections connections;
    private final Channel channel;
    private final StateStream states;
    /** What a call has that says nothing itself. */
    private final CallOptions options;

    private final int inboundMessageBytes;

    private GrpcClient(
            Loop loop,
            Connections connections,
            StateStream states,
            List<ClientInterceptor> interceptors,
            CallOptions options,
            int inboundMessageBytes) {
        this.loop = loop;
        this.options = options;
        this.inboundMessageBytes = inboundMessageBytes;
        this.connections = connections;
        this.states = states;
        this.channel = ClientInterceptors.interceptForward(connections, interceptors);
    }

    /** A client whose connections, time and callbacks are those of {@code net}: nothing changes threads that is done there. Close it before the loop. */
    public static Builder on(NetLoop net) {
        return new Builder(net.loop(), ChannelHost.of(net.network()));
    }

    /** A client whose time and callbacks are those of {@code loop}, and whose connections are served by threads of grpc-java. */
    public static Builder on(Loop loop) {
        return new Builder(loop, null);
    }

    /**
     * A client over a channel that was made elsewhere, such as a {@link WebChannel} or one of grpc-java's own: limits, credentials and whatever else a {@link Builder} sets are the
     * channel's. Closing the client shuts it down.
     *
     * @param interceptors see each call; the first sees it first
     */
    public static GrpcClient over(Loop loop, ManagedChannel channel, ClientInterceptor... interceptors) {
        return new GrpcClient(
                loop,
                new Connections(List.of(channel), UnaryOperator.identity(), 1, Integer.MAX_VALUE),
                new StateStream(loop, List.of(channel)),
                List.of(interceptors),
                CallOptions.DEFAULT,
                Limits.DEFAULT.inboundMessageBytes());
    }

    /** Begins a call with nothing of its own. */
    public <Q, S> GrpcCall<Q, S> call(MethodDescriptor<Q, S> method) {
        return call(method, CallSettings.DEFAULT);
    }

    /** Begins a call. */
    public <Q, S> GrpcCall<Q, S> call(MethodDescriptor<Q, S> method, CallSettings settings) {
        GrpcCall<Q, S> begun = GrpcCall.begin(
                loop, channel, method, settings.addedTo(options), settings.metadata(), inboundMessageBytes);
        settings.onBegin().ifPresent(told -> told.accept(begun));
        return begun;
    }

    Loop loop() {
        return loop;
    }

    /** Sends {@code request} and waits for the answer, on virtual threads and in fibers; see {@link GrpcCall#one}. */
    public <Q, S> S one(MethodDescriptor<Q, S> method, Q request, CallSettings settings) {
        try (GrpcCall<Q, S> call = call(method, settings)) {
            call.sendNow(request);
            call.end();
            return call.one();
        }
    }

    /** Sends {@code request} and promises the answer; see {@link GrpcCall#answer}. */
    public <Q, S> Promise<S> ask(MethodDescriptor<Q, S> method, Q request, CallSettings settings) {
        GrpcCall<Q, S> call = call(method, settings);
        call.sendNow(request);
        call.end();
        return call.answer();
    }

    /** For stubs of grpc-java. Its calls have this client's limits, credentials, encodings and interceptors, are spread over its connections and counted. */
    public Channel channel() {
        return channel;
    }

    /** The state of now: the best of the connections that there always are. */
    public ConnectivityState state() {
        return states.now();
    }

    /** The state of now and each later one, for any number of subscribers; a slow one gets the latest. Ends after SHUTDOWN. */
    public Flow.Publisher<ConnectivityState> states() {
        return states;
    }

    /** Connects if need be, and is done when a connection is READY; fails when the client is closed. */
    public Promise<Void> ready() {
        return states.ready();
    }

    /** Forgets how long to wait before the next attempt to connect. */
    public void connectNow() {
        connections.channels().forEach(ManagedChannel::resetConnectBackoff);
    }

    /** The connections, as they are now: those that there always are, and those that have been needed besides. */
    public List<Connection> connections() {
        return connections.states();
    }

    /** Calls that have begun and not ended. */
    public int calls() {
        return connections.calls();
    }

    /**
     * Refuses new calls with UNAVAILABLE, waits until the others have ended, for {@code time} at most, then cancels what is left. Done when all connections are closed; tells how many calls
     * were cancelled. Runs also when nobody waits for it.
     */
    public Promise<Integer> drain(Duration time) {
        Completer<Void> empty = new Completer<>(loop);
        Promise<Void> ended = empty.promise();
        connections.refuse(() -> empty.complete(Promise.nothing()));
        return loop.fetch(() -> Promise.race(List.of(ended, loop.timer().after(time)))
                .then(ignored -> {
                    int left = connections.calls();
                    close();
                    return loop.offload(() -> {
                        for (ManagedChannel each : connections.channels()) {
                            each.awaitTermination(TERMINATION_SECONDS, TimeUnit.SECONDS);
                        }
                        return left;
                    });
                }));
    }

    /** Cancels all calls and closes all connections; does not wait for that. */
    @Override
    public void close() {
        connections.channels().forEach(ManagedChannel::shutdownNow);
    }

    /** What a client is made of. Not thread-safe. */
    public static final class Builder {
        private final Loop loop;
        final @Nullable ChannelHost host;

        @Nullable
        Target target;

        int targets;

        @Nullable
        ChannelCredentials tls;

        boolean plaintext;

        @Nullable
        String authority;

        Balancing balancing = new Balancing.PickFirst(false);

        @Nullable
        String healthOf;

        final List<MethodPolicy> policies = new ArrayList<>();
        int budgetTokens;
        double budgetRatio;
        private int leastConnections = 1;
        int mostConnections = 1;
        private int callsEach = Integer.MAX_VALUE;
        Limits limits = Limits.DEFAULT;
        Limits.Repeats repeats = Limits.Repeats.DEFAULT;

        @Nullable
        Duration keepAlive;

        Duration keepAliveTimeout = Duration.ofSeconds(20);
        boolean keepAliveIdle;

        @Nullable
        Duration idle;

        private @Nullable CallCredentials credentials;
        CompressorRegistry compressors = MessageEncodings.compressors();
        DecompressorRegistry decompressors = MessageEncodings.decompressors();

        @Nullable
        String compression;

        @Nullable
        ProxyDetector proxies;

        private final List<ClientInterceptor> interceptors = new ArrayList<>();

        private Builder(Loop loop, @Nullable ChannelHost host) {
            this.loop = loop;
            this.host = host;
        }

        /** Servers: all addresses that DNS has for {@code host}. */
        public Builder dns(String host, int port) {
            return target(new Target.Name(new Address.Tcp(host, port)));
        }

        /** Servers: these. One Unix socket, or any number of TCP addresses. */
        public Builder to(Address... servers) {
            return target(new Target.Servers(List.of(servers)));
        }

        /** Servers: those of the latest list, such as the members of a cluster. TCP addresses. Each connection subscribes when it is made, and again after it was idle. */
        public Builder to(Flow.Publisher<List<Address>> servers) {
            return target(new Target.Lists(servers));
        }

        /**
         * Servers: wherever the channels lead that {@code channels} makes, one for each connection. For transports of grpc-java that this builder has no word for, such as {@code
         * InProcessChannelBuilder} of {@code grpc-inprocess}: calls within the process, which pass messages on as they are, so that limits of their size do not hold. Encryption is for whoever
         * makes them; what this builder is told besides is set on them as well.
         */
        public Builder over(Supplier<? extends ManagedChannelBuilder<?>> channels) {
            return target(new Target.Made(channels));
        }

        private Builder target(Target servers) {
            target = servers;
            targets++;
            return this;
        }

        /** Connections are encrypted: {@link io.grpc.TlsChannelCredentials} name the authorities to trust and the own certificate. */
        public Builder tls(ChannelCredentials with) {
            tls = with;
            return this;
        }

        /** Connections can be read by whoever carries them. */
        public Builder plaintext() {
            plaintext = true;
            return this;
        }

        /** The host that requests name and that the server's certificate must have; that of the target unless this is called. */
        public Builder authority(String host) {
            authority = host;
            return this;
        }

        /** How calls are spread over servers; all to the first unless this is called. */
        public Builder balancing(Balancing by) {
            balancing = by;
            return this;
        }

        /**
         * Leaves out servers that tell by {@code grpc.health.v1.Health} that {@code service} does not serve; those without that service are taken to serve. Only {@link
         * Balancing.RoundRobin} looks at it.
         */
        public Builder healthOf(String service) {
            healthOf = service;
            return this;
        }

        /** What holds for some methods. */
        public Builder policy(MethodPolicy policy) {
            policies.add(policy);
            return this;
        }

        /** Bounds retries and hedges of all calls: each failure takes a token of {@code tokens} (1..1000), each success gives {@code ratio} of one back; below half there are no more. */
        public Builder retryBudget(int tokens, double ratio) {
            ServiceConfig.between("tokens", tokens, 1, 1000);
            if (!(ratio > 0)) {
                throw new IllegalArgumentException("ratio must be more than 0, not " + ratio);
            }
            budgetTokens = tokens;
            budgetRatio = ratio;
            return this;
        }

        /** Connections to each server, 1 unless this is called: a call goes to the one with the fewest. */
        public Builder connections(int number) {
            return connections(number, number, Integer.MAX_VALUE);
        }

        /**
         * Connections to each server, as many as its calls need. A server bounds the calls of one connection, and further ones wait until others have ended; HTTP/2 asks it to allow 100.
         *
         * @param least among which calls are spread as long as one has room; at least 1
         * @param most 1000 at most. What there is beyond {@code least} closes when it had no call for the idle timeout
         * @param calls of one connection at a time before another one is used; for servers that are known to allow so many. At least 1
         */
        public Builder connections(int least, int most, int calls) {
            ServiceConfig.between("most", most, 1, 1000);
            ServiceConfig.between("least", least, 1, most);
            ServiceConfig.between("calls", calls, 1, Integer.MAX_VALUE);
            leastConnections = least;
            mostConnections = most;
            callsEach = calls;
            return this;
        }

        /** Bounds of messages, of what a call leaves behind that does not heed readiness, and of the metadata that a server sends. */
        public Builder limits(Limits bounds) {
            limits = bounds;
            return this;
        }

        /** Bounds of what is kept of calls to send them again that no server has begun. */
        public Builder limits(Limits.Repeats bounds) {
            repeats = bounds;
            return this;
        }

        /**
         * Pings a silent connection to find out whether it is still there.
         *
         * @param after silence; at least 10 seconds. Servers end connections that ping more often than they allow
         * @param timeout time for the answer, after which the connection is given up
         * @param idleToo whether connections without calls are pinged as well
         */
        public Builder keepAlive(Duration after, Duration timeout, boolean idleToo) {
            if (after.compareTo(Duration.ofSeconds(10)) < 0) {
                throw new IllegalArgumentException(
                        "keep-alive pings come every 10 seconds at most, not every " + after);
            }
            ServiceConfig.positive("timeout", timeout);
            keepAlive = after;
            keepAliveTimeout = timeout;
            keepAliveIdle = idleToo;
            return this;
        }

        /** Closes connections that had no call for {@code time}; at least a second, 30 minutes unless this is called. */
        public Builder idleTimeout(Duration time) {
            if (time.compareTo(Duration.ofSeconds(1)) < 0) {
                throw new IllegalArgumentException("the idle timeout is at least a second, not " + time);
            }
            idle = time;
            return this;
        }

        /** Added to each call that has none of its own; see {@link TokenCredentials}. */
        public Builder credentials(CallCredentials added) {
            credentials = added;
            return this;
        }

        /** How requests and answers may be compressed; as {@link MessageEncodings} has it unless this is called. */
        public Builder encodings(CompressorRegistry ofRequests, DecompressorRegistry ofAnswers) {
            compressors = ofRequests;
            decompressors = ofAnswers;
            return this;
        }

        /** Compresses the requests of each call that says nothing itself. */
        public Builder compress(String encoding) {
            compression = encoding;
            return this;
        }

        /** Goes through the proxies that {@code detector} names; those of the environment unless this is called. */
        public Builder proxies(ProxyDetector detector) {
            proxies = detector;
            return this;
        }

        /** Lets {@code interceptor} see each call; the one that was added first sees it first. Answers reach it on the connection's thread, where it must not block. */
        public Builder intercept(ClientInterceptor interceptor) {
            interceptors.add(interceptor);
            return this;
        }

        /**
         * The client. Nothing is connected yet.
         *
         * @throws IllegalStateException if something is missing or contradicts something else
         */
        public GrpcClient build() {
            ChannelMaker maker = new ChannelMaker(this);
            List<ManagedChannel> channels = maker.channels();
            List<ClientInterceptor> all = new ArrayList<>(interceptors);
            Defaults defaults = new Defaults(credentials, compression, limits.outboundMessageBytes());
            all.addFirst(defaults);
            all.addLast(new QueueLimit(limits.queuedBytes()));
            return new GrpcClient(
                    loop,
                    new Connections(channels, maker::entrance, leastConnections, callsEach),
                    new StateStream(loop, channels.subList(0, leastConnections)),
                    all,
                    defaults.added(CallOptions.DEFAULT),
                    limits.inboundMessageBytes());
        }
    }
}
