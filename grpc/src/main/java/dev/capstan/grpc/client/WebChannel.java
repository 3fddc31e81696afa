package dev.capstan.grpc.client;

import dev.capstan.async.Loop;
import dev.capstan.grpc.Limits;
import dev.capstan.grpc.MessageEncodings;
import dev.capstan.net.http.HttpClient;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.CompressorRegistry;
import io.grpc.ConnectivityState;
import io.grpc.DecompressorRegistry;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import java.net.URI;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * gRPC-Web as a channel of grpc-java, for servers behind what speaks HTTP/1.1 alone or loses trailers. Stubs of all kinds take it, and {@link GrpcClient#over} makes a client of it.
 *
 * <p>Answers come when the server sends them. All requests of a call are one body, which is sent when they have ended and is as long as {@code outboundMessageBytes} at most: a call that
 * waits for an answer before its requests have ended waits for ever, or until its deadline. Nothing is tried again, and there is one server.
 *
 * <p>May be used from any thread. Whoever makes it shuts it down; the HTTP client is borrowed, and its connections are used as it says ({@link HttpClient#keepAlive}).
 */
public final class WebChannel extends ManagedChannel {
    /** What all calls of a channel have. */
    record Settings(
            Loop loop,
            HttpClient http,
            URI base,
            boolean text,
            Limits limits,
            CompressorRegistry compressors,
            DecompressorRegistry decompressors) {}

    private final Settings settings;
    private final Set<WebCall<?, ?>> calls = new HashSet<>();
    private final List<Runnable> watchers = new ArrayList<>();
    private final CountDownLatch terminated = new CountDownLatch(1);
    private boolean shutdown;

    /**
     * A channel to the services below {@code base}, such as {@code https://host/api}, for which the HTTP client has to be {@link HttpClient#secure}.
     *
     * @param loop that of {@code http}
     * @param base has scheme and host, and a path if there is one before the services' names
     * @param text whether requests are sent as text ({@code application/grpc-web-text}), and answers asked for as such, for what does not pass bytes on
     */
    public WebChannel(Loop loop, HttpClient http, URI base, boolean text, Limits limits) {
        if (!Set.of("http", "https").contains(String.valueOf(base.getScheme())) || base.getHost() == null) {
            throw new IllegalArgumentException(
                    "the address of a server of gRPC-Web is http://host:port/path or https://..., not " + base);
        }
        String path = base.toString();
        this.settings = new Settings(
                loop,
                http,
                path.endsWith("/") ? base : URI.create(path + "/"),
                text,
                limits,
                MessageEncodings.compressors(),
                MessageEncodings.decompressors());
    }

    @Override
    public String authority() {
        return settings.base().getRawAuthority();
    }

    /**
     * A call, as a stub wants it.
     *
     * @throws IllegalArgumentException if {@code options} have an authority: a request names the host that it goes to
     */
    @Override
    public <Q, S> ClientCall<Q, S> newCall(MethodDescriptor<Q, S> method, CallOptions options) {
        if (options.getAuthority() != null) {
            throw new IllegalArgumentException(
                    "calls of gRPC-Web have no authority of their own: make a channel to " + options.getAuthority());
        }
        return new WebCall<>(settings, method, options, this);
    }

    /** Why a call must not begin; null if it has. */
    synchronized @Nullable Status begin(WebCall<?, ?> call) {
        if (shutdown) {
            return Status.UNAVAILABLE.withDescription("the channel was shut down: it begins no more calls");
        }
        calls.add(call);
        return null;
    }

    synchronized void ended(WebCall<?, ?> call) {
        calls.remove(call);
        tellIfTerminated();
    }

    private void tellIfTerminated() {
        if (shutdown && calls.isEmpty()) {
            terminated.countDown();
        }
    }

    /** READY until it is shut down: what connections there are is the HTTP client's business. */
    @Override
    public synchronized ConnectivityState getState(boolean requestConnection) {
        return shutdown ? ConnectivityState.SHUTDOWN : ConnectivityState.READY;
    }

    @Override
    public void notifyWhenStateChanged(ConnectivityState seen, Runnable callback) {
        synchronized (this) {
            if (getState(false) == seen) {
                watchers.add(callback);
                return;
            }
        }
        callback.run();
    }

    @Override
    public WebChannel shutdown() {
        List<Runnable> told;
        synchronized (this) {
            shutdown = true;
            told = List.copyOf(watchers);
            watchers.clear();
            tellIfTerminated();
        }
        told.forEach(Runnable::run);
        return this;
    }

    @Override
    public WebChannel shutdownNow() {
        shutdown();
        List<WebCall<?, ?>> left;
        synchronized (this) {
            left = List.copyOf(calls);
        }
        left.forEach(WebCall::channelClosed);
        return this;
    }

    @Override
    public synchronized boolean isShutdown() {
        return shutdown;
    }

    @Override
    public boolean isTerminated() {
        return terminated.getCount() == 0;
    }

    @Override
    public boolean awaitTermination(long timeout, TimeUnit unit) throws InterruptedException {
        return terminated.await(timeout, unit);
    }
}
