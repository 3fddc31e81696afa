package dev.capstan.testprotos;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Calls through any channel of grpc-java's API. */
public final class ChannelCaller implements Caller {
    private final Channel channel;
    private final Runnable close;

    /** Calls through {@code channel}, which {@code close} closes. */
    public ChannelCaller(Channel channel, Runnable close) {
        this.channel = channel;
        this.close = close;
    }

    @Override
    public <Q, S> Talk<Q, S> begin(MethodDescriptor<Q, S> method, Settings settings) {
        CallOptions options = settings.gzip() ? CallOptions.DEFAULT.withCompression("gzip") : CallOptions.DEFAULT;
        if (!settings.deadline().isZero()) {
            options = options.withDeadlineAfter(settings.deadline().toNanos(), TimeUnit.NANOSECONDS);
        }
        Metadata headers = new Metadata(); // The channel adds to them.
        headers.merge(settings.metadata());
        Spoken<Q, S> spoken = new Spoken<>(channel.newCall(method, options));
        spoken.call.start(spoken, headers);
        spoken.call.request(1);
        return spoken;
    }

    @Override
    public void close() {
        close.run();
    }

    private static final class Spoken<Q, S> extends ClientCall.Listener<S> implements Talk<Q, S> {
        /** How the call has ended. */
        private record End(Status status, Metadata trailers) {}

        private final ClientCall<Q, S> call;
        private final BlockingQueue<Runnable> answers = new LinkedBlockingQueue<>();
        private final CompletableFuture<Metadata> headers = new CompletableFuture<>();
        private final CompletableFuture<End> end = new CompletableFuture<>();
        private @Nullable S last;

        Spoken(ClientCall<Q, S> call) {
            this.call = call;
        }

        @Override
        public void onHeaders(Metadata came) {
            headers.complete(came);
        }

        @Override
        public void onMessage(S message) {
            answers.add(() -> last = message);
        }

        @Override
        public void onClose(Status status, Metadata trailers) {
            headers.complete(new Metadata());
            end.complete(new End(status, trailers));
            answers.add(() -> {
                answers.add(() -> {}); // Whoever reads on meets the end again.
                if (!status.isOk()) {
                    throw new StatusRuntimeException(status, trailers);
                }
            });
        }

        @Override
        public void compress(boolean enabled) {
            call.setMessageCompression(enabled);
        }

        @Override
        public void write(Q message) {
            call.sendMessage(message);
        }

        @Override
        public void end() {
            call.halfClose();
        }

        @Override
        public @Nullable S read() {
            last = null;
            try {
                answers.take().run();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException("interrupted while an answer was waited for", e);
            }
            if (last != null) {
                call.request(1);
            }
            return last;
        }

        @Override
        public Metadata headers() {
            return headers.join();
        }

        @Override
        public Metadata trailers() {
            return end.join().trailers();
        }

        @Override
        public void cancel() {
            call.cancel("given up", null);
        }
    }
}
