package dev.capstan.gateway.watch;

import dev.capstan.async.Loop;
import dev.capstan.cap.CallWatch;
import dev.capstan.cap.Failure;
import dev.capstan.cap.Method;
import dev.capstan.cap.ObservedCall;
import dev.capstan.cap.ObservedCall.Direction;
import dev.capstan.cap.ObservedSession;
import dev.capstan.cap.Observer;
import dev.capstan.cap.Path;
import dev.capstan.cap.SessionWatch;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.ForwardingClientCall.SimpleForwardingClientCall;
import io.grpc.ForwardingClientCallListener.SimpleForwardingClientCallListener;
import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Tells an {@link Observer} of the calls of a gRPC server or client. All of them are one session, since what there is of gRPC does not say which connection a call came by; it begins with this, and ends with {@link #close()}. To be added last, so
 * that nothing is hidden by other interceptors. Any thread.
 */
public final class GrpcCalls implements AutoCloseable {
    private final Loop loop;
    private final Observer observer;
    private final Session session;

    private GrpcCalls(Loop loop, Observer observer, ObservedSession.Origin origin, Consumer<Failure> onClose) {
        this.loop = loop;
        this.observer = Observer.all(observer);
        this.session = new Session(loop, origin, onClose);
        onLoop(() -> session.watch = this.observer.began(session));
    }

    /**
     * Of a server or client on {@code loop}.
     *
     * @param origin who is at the other end: of a server, {@link ObservedSession.Origin#from} with its address
     * @param onClose what ends the server or client when an observer asks for that; on any thread
     */
    public static GrpcCalls on(Loop loop, Observer observer, ObservedSession.Origin origin, Consumer<Failure> onClose) {
        return new GrpcCalls(loop, observer, origin, onClose);
    }

    private void onLoop(Runnable task) {
        if (loop.inLoop()) {
            task.run();
        } else {
            loop.post(task);
        }
    }

    /** The server or client is gone. */
    @Override
    public void close() {
        onLoop(session::end);
    }

    /** Sees the calls of a server. */
    public ServerInterceptor server() {
        return new ServerInterceptor() {
            @Override
            public <Q, S> ServerCall.Listener<Q> interceptCall(
                    ServerCall<Q, S> call, Metadata headers, ServerCallHandler<Q, S> next) {
                return served(call, headers, next);
            }
        };
    }

    private <Q, S> ServerCall.Listener<Q> served(
            ServerCall<Q, S> call, Metadata headers, ServerCallHandler<Q, S> next) {
        Watched watched = begin(Direction.INCOMING, call.getMethodDescriptor());
        ServerCall<Q, S> answering = new SimpleForwardingServerCall<>(call) {
            @Override
            public void close(Status status, Metadata trailers) {
                watched.end(status);
                super.close(status, trailers);
            }
        };
        ServerCall.Listener<Q> listener;
        try {
            listener = next.startCall(answering, headers);
        } catch (RuntimeException | Error e) {
            watched.end(Status.fromThrowable(e));
            throw e;
        }
        return new SimpleForwardingServerCallListener<>(listener) {
            @Override
            public void onCancel() {
                watched.end(Status.CANCELLED);
                super.onCancel();
            }
        };
    }

    /** Sees the calls of a client. */
    public ClientInterceptor client() {
        return new ClientInterceptor() {
            @Override
            public <Q, S> ClientCall<Q, S> interceptCall(
                    MethodDescriptor<Q, S> method, CallOptions options, Channel next) {
                return asked(method, next.newCall(method, options));
            }
        };
    }

    private <Q, S> ClientCall<Q, S> asked(MethodDescriptor<Q, S> method, ClientCall<Q, S> call) {
        return new SimpleForwardingClientCall<>(call) {
            @Override
            public void start(Listener<S> listener, Metadata headers) {
                Watched watched = begin(Direction.OUTGOING, method);
                try {
                    super.start(
                            new SimpleForwardingClientCallListener<>(listener) {
                                @Override
                                public void onClose(Status status, Metadata trailers) {
                                    watched.end(status);
                                    super.onClose(status, trailers);
                                }
                            },
                            headers);
                } catch (RuntimeException | Error e) {
                    watched.end(Status.fromThrowable(e));
                    throw e;
                }
            }
        };
    }

    private Watched begin(Direction direction, MethodDescriptor<?, ?> method) {
        String service = method.getServiceName();
        String name = method.getBareMethodName();
        Watched watched = new Watched(
                direction,
                new Method.Member(
                        Path.Names.of(service == null ? "" : service, name == null ? method.getFullMethodName() : name),
                        false));
        onLoop(watched::begin);
        return watched;
    }

    /** A call, told on the loop whichever thread says so. */
    private final class Watched {
        private final Direction direction;
        private final Method.Member method;
        private @Nullable CallWatch watch;
        /** How it ended, if that was heard before its beginning. */
        private @Nullable Status early;

        Watched(Direction direction, Method.Member method) {
            this.direction = direction;
            this.method = method;
        }

        void begin() {
            watch = session.began(this, new ObservedCall(direction, method, session.nextId++, -1, 0, null));
            if (early != null) {
                told(early);
            }
        }

        void end(Status status) {
            onLoop(() -> told(status));
        }

        private void told(Status status) {
            CallWatch known = watch;
            if (known == null) {
                early = status;
            } else if (session.over(this)) {
                if (status.getCode() == Status.Code.CANCELLED) {
                    known.cancelled();
                } else {
                    known.ended(failure(status), 0);
                }
            }
        }
    }

    private static @Nullable Failure failure(Status status) {
        String said = status.getDescription();
        String reason = status.getCode() + (said == null ? "" : ": " + said);
        return switch (status.getCode()) {
            case OK -> null;
            case UNAVAILABLE -> Failure.remote(Failure.Kind.DISCONNECTED, reason, List.of(), null);
            case RESOURCE_EXHAUSTED, DEADLINE_EXCEEDED ->
                Failure.remote(Failure.Kind.OVERLOADED, reason, List.of(), null);
            case UNIMPLEMENTED -> Failure.remote(Failure.Kind.UNIMPLEMENTED, reason, List.of(), null);
            default -> Failure.remote(Failure.Kind.FAILED, reason, List.of(), null);
        };
    }

    private static final class Session implements ObservedSession {
        private final Loop loop;
        private final Origin origin;
        private final Consumer<Failure> onClose;
        private final long beganNanos;
        private SessionWatch watch = SessionWatch.NONE;
        private long nextId;
        private final Set<Watched> open = new LinkedHashSet<>();
        private int incoming;
        private boolean over;

        Session(Loop loop, Origin origin, Consumer<Failure> onClose) {
            this.loop = loop;
            this.origin = origin;
            this.onClose = onClose;
            this.beganNanos = loop.timer().nanoTime();
        }

        CallWatch began(Watched call, ObservedCall observed) {
            if (over) {
                return CallWatch.NONE;
            }
            open.add(call);
            incoming += call.direction == Direction.INCOMING ? 1 : 0;
            return watch.began(observed);
        }

        /** Whether it was open. */
        boolean over(Watched call) {
            boolean was = open.remove(call);
            incoming -= was && call.direction == Direction.INCOMING ? 1 : 0;
            return was;
        }

        void end() {
            if (!over) {
                over = true;
                List.copyOf(open).forEach(call -> call.told(Status.CANCELLED));
                watch.ended(Failure.disconnected("the server or client of gRPC was closed"));
            }
        }

        @Override
        public String wire() {
            return "grpc";
        }

        @Override
        public Origin origin() {
            return origin;
        }

        @Override
        public Loop loop() {
            return loop;
        }

        @Override
        public Duration age() {
            return Duration.ofNanos(loop.timer().nanoTime() - beganNanos);
        }

        @Override
        public Counts counts() {
            return new Counts(open.size() - incoming, incoming, 0, 0, 0, 0, 0, 0, 0, 0, 0);
        }

        @Override
        public List<Held> exports(int most) {
            return List.of();
        }

        @Override
        public List<Held> imports(int most) {
            return List.of();
        }

        @Override
        public void close(Failure why) {
            onClose.accept(why);
        }
    }
}
