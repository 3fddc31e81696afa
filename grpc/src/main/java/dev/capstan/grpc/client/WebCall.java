package dev.capstan.grpc.client;

import com.google.common.util.concurrent.MoreExecutors;
import dev.capstan.async.Promise;
import dev.capstan.grpc.MessageFrames;
import dev.capstan.grpc.Metadatas;
import dev.capstan.net.http.Headers;
import dev.capstan.net.http.HttpAnswer;
import io.grpc.Attributes;
import io.grpc.CallCredentials;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ClientStreamTracer;
import io.grpc.Codec;
import io.grpc.Compressor;
import io.grpc.Context;
import io.grpc.Deadline;
import io.grpc.Grpc;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.SecurityLevel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.io.ByteArrayOutputStream;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeSet;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** One call of a {@link WebChannel}: its requests become the body of a POST, and a {@link WebAnswer} reads what comes. Asked from any thread; its state is the loop's. */
final class WebCall<Q, S> extends ClientCall<Q, S> {
    private static final Logger LOG = System.getLogger(WebCall.class.getName());

    private final WebChannel.Settings to;
    private final MethodDescriptor<Q, S> method;
    private final CallOptions options;
    private final WebChannel channel;
    private final Context context = Context.current();
    private final Context.CancellationListener givenUp = this::contextCancelled;
    private List<ClientStreamTracer> tracers = List.of();
    private final ByteArrayOutputStream body = new ByteArrayOutputStream();
    private Metadata metadata = new Metadata();
    private @Nullable Deadline deadline;
    private @Nullable Compressor compressor;
    private Promise.@Nullable Cancelable timer;
    private Promise.@Nullable Cancelable asking;
    private @Nullable WebAnswer<S> answer;
    private int demand;
    /** Why it is to end as soon as it starts. */
    private @Nullable Status early;

    /** Null until it has started. */
    private @Nullable Teller<S> teller;

    private volatile boolean compressing = true;
    private volatile boolean over;

    WebCall(WebChannel.Settings to, MethodDescriptor<Q, S> method, CallOptions options, WebChannel channel) {
        this.to = to;
        this.method = method;
        this.options = options;
        this.channel = channel;
    }

    /** Tells the listener, one thing after the other and in the call's context: by the call's executor if it has one, else on the loop. */
    record Teller<S>(Listener<S> listener, Executor executor, WebCall<?, S> call) {
        void tell(Runnable callback) {
            executor.execute(() -> {
                Context before = call.context.attach();
                try {
                    callback.run();
                } catch (RuntimeException e) {
                    call.log("what listens to", e);
                    call.cancel("what listens to the call has failed", e);
                } finally {
                    call.context.detach(before);
                }
            });
        }
    }

    private void log(String who, RuntimeException thrown) {
        LOG.log(Level.WARNING, () -> who + " a call of " + method.getFullMethodName() + " has thrown", thrown);
    }

    private void post(Runnable task) {
        to.loop().post(() -> {
            if (over) {
                return;
            }
            try {
                task.run();
            } catch (RuntimeException e) {
                close(
                        Status.INTERNAL
                                .withDescription("the call of " + method.getFullMethodName() + " cannot be made")
                                .withCause(e),
                        new Metadata());
            }
        });
    }

    /** What is asked for when {@code count} more are. */
    static int more(int demand, int count) {
        return (int) Math.min(Integer.MAX_VALUE, (long) demand + count);
    }

    @Override
    public void start(Listener<S> listener, Metadata headers) {
        Executor by = options.getExecutor();
        Executor inTurn = by == null ? Runnable::run : MoreExecutors.newSequentialExecutor(by);
        Teller<S> tells = new Teller<>(listener, inTurn, this);
        metadata = headers;
        Status unable = null;
        String encoding = options.getCompressor();
        if (encoding != null && !encoding.equals(Codec.Identity.NONE.getMessageEncoding())) {
            compressor = to.compressors().lookupCompressor(encoding);
            if (compressor == null) {
                unable = Status.INTERNAL.withDescription("there is no compressor '" + encoding + "' here");
            }
        }
        ClientStreamTracer.StreamInfo info = ClientStreamTracer.StreamInfo.newBuilder()
                .setCallOptions(options)
                .build();
        tracers = options.getStreamTracerFactories().stream()
                .map(each -> each.newClientStreamTracer(info, headers))
                .collect(Collectors.toUnmodifiableList());
        Deadline own = options.getDeadline();
        Deadline outer = context.getDeadline();
        deadline = own == null ? outer : outer == null ? own : own.minimum(outer);
        // From here on the channel may end it, on the loop: nothing is set on this thread any more.
        Status refused = channel.begin(this);
        Status end = unable == null ? refused : unable;
        post(() -> started(tells, end));
    }

    private void started(Teller<S> tells, @Nullable Status refused) {
        teller = tells;
        Status end = early == null ? refused : early;
        if (end != null) {
            close(end, new Metadata());
            return;
        }
        context.addListener(givenUp, MoreExecutors.directExecutor());
        Deadline until = deadline;
        if (until != null) {
            Duration left = Duration.ofNanos(Math.max(0, until.timeRemaining(TimeUnit.NANOSECONDS)));
            timer = to.loop().timer().after(left).listen(to.loop(), (done, failure) -> {
                if (failure == null) {
                    close(
                            Status.DEADLINE_EXCEEDED.withDescription("the deadline of the call has passed"),
                            new Metadata());
                }
            });
        }
    }

    // ---- requests

    @Override
    public void sendMessage(Q message) {
        int limit = to.limits().outboundMessageBytes();
        Integer own = options.getMaxOutboundMessageSize();
        try {
            byte[] frame = MessageFrames.frame(
                    method.streamRequest(message),
                    compressing ? compressor : null,
                    own == null ? limit : Math.min(own, limit));
            post(() -> {
                if (frame.length > limit + 5L - body.size()) {
                    fail(Status.RESOURCE_EXHAUSTED.withDescription("all requests of a call are one body, and those of "
                            + method.getFullMethodName() + " are longer than " + limit
                            + " bytes; send less, or raise outboundMessageBytes"));
                } else {
                    body.writeBytes(frame);
                }
            });
        } catch (StatusRuntimeException e) {
            fail(e.getStatus());
        }
    }

    @Override
    public void setMessageCompression(boolean enabled) {
        compressing = enabled;
    }

    @Override
    public void halfClose() {
        post(() -> {
            CallCredentials credentials = options.getCredentials();
            if (credentials == null) {
                ask();
            } else {
                authorize(credentials);
            }
        });
    }

    private void authorize(CallCredentials credentials) {
        try {
            credentials.applyRequestMetadata(new Asking(), to.loop(), new CallCredentials.MetadataApplier() {
                @Override
                public void apply(Metadata more) {
                    post(() -> {
                        metadata.merge(more);
                        ask();
                    });
                }

                @Override
                public void fail(Status status) {
                    WebCall.this.fail(status);
                }
            });
        } catch (RuntimeException e) {
            close(
                    Status.UNAUTHENTICATED
                            .withDescription("the credentials of the call threw")
                            .withCause(e),
                    new Metadata());
        }
    }

    /** What providers of credentials may know. */
    private final class Asking extends CallCredentials.RequestInfo {
        @Override
        public MethodDescriptor<?, ?> getMethodDescriptor() {
            return method;
        }

        @Override
        public SecurityLevel getSecurityLevel() {
            return "https".equalsIgnoreCase(to.base().getScheme())
                    ? SecurityLevel.PRIVACY_AND_INTEGRITY
                    : SecurityLevel.NONE;
        }

        @Override
        public String getAuthority() {
            return channel.authority();
        }

        @Override
        public Attributes getTransportAttrs() {
            return Attributes.EMPTY;
        }
    }

    private void ask() {
        URI uri = to.base().resolve(method.getFullMethodName());
        Attributes server = Attributes.newBuilder()
                .set(
                        Grpc.TRANSPORT_ATTR_REMOTE_ADDR,
                        InetSocketAddress.createUnresolved(uri.getHost(), Math.max(0, uri.getPort())))
                .build();
        tracers.forEach(each -> each.streamCreated(server, metadata));
        byte[] sent = to.text() ? Base64.getEncoder().encode(body.toByteArray()) : body.toByteArray();
        body.reset();
        asking = to.http().open("POST", uri, Headers.of(fields()), sent).listen(to.loop(), (opened, failure) -> {
            if (opened == null) {
                broken(Objects.requireNonNullElseGet(failure, () -> new IllegalStateException("no answer")));
            } else {
                answered(opened);
            }
        });
    }

    private List<Map.Entry<String, String>> fields() {
        String type = to.text() ? WebAnswer.TEXT : WebAnswer.BINARY;
        List<Map.Entry<String, String>> fields = new ArrayList<>(List.of(
                Map.entry("content-type", type + "+proto"), Map.entry("accept", type), Map.entry("x-grpc-web", "1")));
        Compressor by = compressor;
        if (by != null) {
            fields.add(Map.entry("grpc-encoding", by.getMessageEncoding()));
        }
        fields.add(Map.entry(
                "grpc-accept-encoding",
                String.join(",", new TreeSet<>(to.decompressors().getAdvertisedMessageEncodings()))));
        Deadline until = deadline;
        if (until != null) {
            fields.add(Map.entry("grpc-timeout", timeout(Math.max(1, until.timeRemaining(TimeUnit.NANOSECONDS)))));
        }
        Metadatas.add(fields, metadata);
        return fields;
    }

    /** At most eight digits, in the finest unit that they suffice for. */
    static String timeout(long nanos) {
        long most = 99_999_999;
        if (nanos <= most) {
            return nanos + "n";
        } else if (nanos / 1_000 <= most) {
            return nanos / 1_000 + "u";
        } else if (nanos / 1_000_000 <= most) {
            return nanos / 1_000_000 + "m";
        }
        return Math.min(most, nanos / 1_000_000_000) + "S";
    }

    // ---- the answer

    private void answered(HttpAnswer opened) {
        Teller<S> by = teller;
        if (over || by == null) {
            opened.close();
            return;
        }
        Integer own = options.getMaxInboundMessageSize();
        int limit = to.limits().inboundMessageBytes();
        WebAnswer<S> reading =
                new WebAnswer<>(opened, method, to, own == null ? limit : Math.min(own, limit), by, this);
        answer = reading;
        reading.start(demand);
        demand = 0;
    }

    @Override
    public void request(int count) {
        post(() -> {
            WebAnswer<S> reading = answer;
            if (reading == null) {
                demand = more(demand, count);
            } else {
                reading.request(count);
            }
        });
    }

    void broken(Throwable cause) {
        close(
                Status.UNAVAILABLE
                        .withDescription(
                                "the server cannot be reached, or has broken its answer off: " + cause.getMessage())
                        .withCause(cause),
                new Metadata());
    }

    // ---- the end

    @Override
    public void cancel(@Nullable String message, @Nullable Throwable cause) {
        fail(Status.CANCELLED.withDescription(message).withCause(cause));
    }

    private void contextCancelled(Context of) {
        cancel("what the call belongs to was cancelled", of.cancellationCause());
    }

    void channelClosed() {
        fail(Status.UNAVAILABLE.withDescription("the channel was shut down"));
    }

    private void fail(Status status) {
        post(() -> close(status, new Metadata()));
    }

    /** On the loop; the first end counts. */
    void close(Status status, Metadata trailers) {
        Teller<S> by = teller;
        if (over) {
            return;
        }
        if (by == null) {
            early = early == null ? status : early;
            return;
        }
        over = true;
        context.removeListener(givenUp);
        for (Promise.Cancelable each : new Promise.@Nullable Cancelable[] {timer, asking}) {
            if (each != null) {
                each.cancel();
            }
        }
        WebAnswer<S> reading = answer;
        if (reading != null) {
            reading.finish();
        }
        for (ClientStreamTracer each : tracers) {
            try {
                each.streamClosed(status);
            } catch (RuntimeException e) {
                log("what traces", e);
            }
        }
        channel.ended(this);
        by.tell(() -> by.listener().onClose(status, trailers));
    }

    boolean isOver() {
        return over;
    }
}
