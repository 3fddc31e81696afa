package dev.capstan.grpc.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.capstan.grpc.Limits;
import io.grpc.Attributes;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientStreamTracer;
import io.grpc.Context;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import java.io.InputStream;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Calls before a channel whose connections the test plays. */
abstract class PlayedConnections {
    static final MethodDescriptor<Object, String> METHOD = MethodDescriptor.<Object, String>newBuilder(
                    new Never<>(), new Never<>())
            .setType(MethodDescriptor.MethodType.BIDI_STREAMING)
            .setFullMethodName("a.B/C")
            .build();

    static final MethodDescriptor<Object, String> SINGLE =
            METHOD.toBuilder().setType(MethodDescriptor.MethodType.UNARY).build();

    static final Metadata.Key<String> OWN = Metadata.Key.of("own", Metadata.ASCII_STRING_MARSHALLER);
    static final Metadata.Key<String> ADDED = Metadata.Key.of("added", Metadata.ASCII_STRING_MARSHALLER);
    static final Status LOST = Status.UNAVAILABLE.withDescription("the connection is going away");
    static final Status REFUSED =
            Status.UNAVAILABLE.withDescription("RST_STREAM closed stream. HTTP/2 error code: REFUSED_STREAM\nRefused");
    static final Status LEFT_OUT = Status.UNAVAILABLE.withDescription(
            "Abrupt GOAWAY closed sent stream. HTTP/2 error code: NO_ERROR, debug data: bye");

    final Line line = new Line();
    final Kept kept = new Kept(Limits.Repeats.DEFAULT);
    final Told told = new Told();

    /** Does nothing with messages, which go nowhere. */
    private static final class Never<T> implements MethodDescriptor.Marshaller<T> {
        @Override
        public InputStream stream(T value) {
            throw new AssertionError("nothing is sent");
        }

        @Override
        public T parse(InputStream stream) {
            throw new AssertionError("nothing comes");
        }
    }

    /** One time that the call is sent; as strict as grpc-java's, but it ends when the test says so. */
    static final class Attempt extends ClientCall<Object, String> {
        final CallOptions options;
        final Context context = Context.current();
        final List<String> done = new CopyOnWriteArrayList<>();
        private final Consumer<Attempt> onStart;
        private @Nullable ClientStreamTracer tracer;
        private @Nullable Listener<String> listener;
        private boolean compressed = true;
        private volatile boolean ended;
        private volatile boolean cancelled;

        Attempt(CallOptions options, Consumer<Attempt> onStart) {
            this.options = options;
            this.onStart = onStart;
        }

        /** A connection takes it. */
        Attempt taken() {
            assertEquals(1, options.getStreamTracerFactories().size());
            ClientStreamTracer made = options.getStreamTracerFactories()
                    .getFirst()
                    .newClientStreamTracer(
                            ClientStreamTracer.StreamInfo.newBuilder().build(), new Metadata());
            made.streamCreated(Attributes.EMPTY, new Metadata());
            tracer = made;
            return this;
        }

        ClientStreamTracer tracer() {
            ClientStreamTracer now = tracer;
            if (now == null) {
                throw new AssertionError("no connection has taken it");
            }
            return now;
        }

        Attempt written() {
            tracer().outboundHeaders();
            return this;
        }

        Listener<String> listener() {
            Listener<String> now = listener;
            if (now == null) {
                throw new AssertionError("it was not started");
            }
            return now;
        }

        void ends(Status status) {
            listener().onClose(status, new Metadata());
        }

        private void check(boolean holds) {
            if (!holds) {
                throw new IllegalStateException("not now");
            }
        }

        @Override
        public void start(Listener<String> heard, Metadata headers) {
            check(listener == null && !cancelled);
            listener = heard;
            done.add("start " + headers.keys() + " " + headers.get(OWN));
            headers.put(ADDED, "by whoever sends it");
            onStart.accept(this);
        }

        @Override
        public void request(int messages) {
            check(listener != null && messages >= 0);
            done.add("request " + messages);
        }

        @Override
        public void setMessageCompression(boolean enabled) {
            check(listener != null);
            compressed = enabled;
        }

        @Override
        public void sendMessage(Object message) {
            check(listener != null && !ended && !cancelled);
            done.add((compressed ? "send " : "send plainly ") + message);
        }

        @Override
        public void halfClose() {
            check(listener != null && !ended && !cancelled);
            ended = true;
            done.add("end");
        }

        @Override
        public void cancel(@Nullable String message, @Nullable Throwable cause) {
            cancelled = true;
            done.add("cancel " + message);
        }

        @Override
        public boolean isReady() {
            return done.contains("ready");
        }
    }

    static final class Line extends Channel {
        final List<Attempt> attempts = new CopyOnWriteArrayList<>();
        Consumer<Attempt> onStart = attempt -> {};

        @Override
        @SuppressWarnings("unchecked") // there is one method
        public <Q, S> ClientCall<Q, S> newCall(MethodDescriptor<Q, S> method, CallOptions options) {
            assertTrue(method == METHOD || method == SINGLE);
            Attempt made = new Attempt(options, onStart);
            attempts.add(made);
            return (ClientCall<Q, S>) made;
        }

        @Override
        public String authority() {
            return "nowhere";
        }
    }

    static final class Told extends ClientCall.Listener<String> {
        final List<String> events = new CopyOnWriteArrayList<>();
        Consumer<String> onMessage = message -> {};

        @Override
        public void onHeaders(Metadata headers) {
            events.add("headers");
        }

        @Override
        public void onMessage(String message) {
            events.add(message);
            onMessage.accept(message);
        }

        @Override
        public void onReady() {
            events.add("ready");
        }

        @Override
        public void onClose(Status status, Metadata trailers) {
            events.add(status.getCode() + " " + status.getDescription());
        }
    }

    ClientCall<Object, String> begin() {
        return begin(CallOptions.DEFAULT, Map.of());
    }

    ClientCall<Object, String> begin(CallOptions options, Map<String, Duration> deadlines) {
        return begin(METHOD, options, deadlines);
    }

    ClientCall<Object, String> begin(
            MethodDescriptor<Object, String> method, CallOptions options, Map<String, Duration> deadlines) {
        ClientCall<Object, String> call = new TransparentRetries(line, kept, deadlines).newCall(method, options);
        Metadata headers = new Metadata();
        headers.put(OWN, "mine");
        call.start(told, headers);
        return call;
    }

    Attempt attempt(int number) {
        assertEquals(number, line.attempts.size(), "the number of times that it was sent");
        return line.attempts.get(number - 1);
    }

    /** It was sent so often, and its caller knows how it ended. */
    void assertEnded(int attempts, Status status) {
        attempt(attempts);
        assertEquals(List.of(status.getCode() + " " + status.getDescription()), told.events);
    }

    /** Does {@code what} on a thread that must not have to wait for this one. */
    static void elsewhere(Runnable what) {
        Thread other = Thread.ofPlatform().start(what);
        try {
            other.join(TimeUnit.SECONDS.toMillis(30));
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
        assertFalse(other.isAlive(), "it waits for what sends the call again");
    }

    /** What {@code then} does while the call is being sent the second time. */
    void whileSentAgain(Consumer<Attempt> then) {
        line.onStart = attempt -> {
            line.onStart = later -> {};
            then.accept(attempt);
        };
        attempt(1).taken().ends(LOST);
    }
}
