package dev.capstan.grpc.client;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ForwardingClientCall.SimpleForwardingClientCall;
import io.grpc.ForwardingClientCallListener.SimpleForwardingClientCallListener;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import java.nio.channels.ClosedChannelException;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Channels to the same servers as one: each call goes to that with the fewest among the first ones; when all of these are full, to the first other one that is not. So those that are there
 * for a rush are the first to be idle after it. Used from any thread; a choice may be out of date by the calls that begin at the same time.
 */
final class Connections extends Channel {
    private final List<Line> lines;
    private final int least;
    private final int callsEach;
    private final AtomicInteger turn = new AtomicInteger();
    private final AtomicInteger calls = new AtomicInteger();
    private volatile boolean closed;
    private volatile @Nullable Runnable whenEmpty;

    /** One channel and what is counted of it. */
    private static final class Line {
        private final ManagedChannel channel;
        private final AtomicInteger calls = new AtomicInteger();
        private final AtomicLong started = new AtomicLong();
        private final AtomicLong failed = new AtomicLong();

        Line(ManagedChannel channel) {
            this.channel = channel;
        }
    }

    /** The first {@code least} of {@code channels} share all calls, until each has {@code callsEach}. */
    Connections(List<ManagedChannel> channels, int least, int callsEach) {
        lines = channels.stream().map(Line::new).toList();
        this.least = least;
        this.callsEach = callsEach;
    }

    List<ManagedChannel> channels() {
        return lines.stream().map(line -> line.channel).toList();
    }

    /** Of those that share all calls, and of those others that were needed. */
    List<Connection> states() {
        Stream<Line> needed = lines.stream().skip(least).filter(line -> line.started.get() > 0);
        return Stream.concat(lines.stream().limit(least), needed)
                .map(line -> new Connection(
                        line.channel.getState(false), line.calls.get(), line.started.get(), line.failed.get()))
                .toList();
    }

    int calls() {
        return calls.get();
    }

    /** No more calls begin; {@code then} runs when the last has ended, on whichever thread, at least once. */
    void refuse(Runnable then) {
        whenEmpty = then;
        closed = true;
        if (calls.get() == 0) {
            then.run();
        }
    }

    @Override
    public String authority() {
        return lines.getFirst().channel.authority();
    }

    @Override
    public <Q, S> ClientCall<Q, S> newCall(MethodDescriptor<Q, S> method, CallOptions options) {
        Line line = choose();
        return new Counted<>(line, line.channel.newCall(method, options));
    }

    private Line choose() {
        Line first = leastBusy(least);
        if (first.calls.get() < callsEach) {
            return first;
        }
        for (Line other : lines.subList(least, lines.size())) {
            if (other.calls.get() < callsEach) {
                return other;
            }
        }
        return leastBusy(lines.size());
    }

    private Line leastBusy(int among) {
        if (among == 1) {
            return lines.getFirst();
        }
        // Equals take turns, so that all are connected.
        int first = Math.floorMod(turn.getAndIncrement(), among);
        Line best = lines.get(first);
        for (int i = 1; i < among; i++) {
            Line other = lines.get((first + i) % among);
            if (other.calls.get() < best.calls.get()) {
                best = other;
            }
        }
        return best;
    }

    /** A call that is counted from its start to its end. */
    private final class Counted<Q, S> extends SimpleForwardingClientCall<Q, S> {
        private final Line line;
        private final AtomicBoolean over = new AtomicBoolean();
        private volatile boolean refused;

        Counted(Line line, ClientCall<Q, S> call) {
            super(call);
            this.line = line;
        }

        @Override
        public void start(Listener<S> listener, Metadata headers) {
            calls.incrementAndGet();
            line.calls.incrementAndGet();
            line.started.incrementAndGet();
            Listener<S> counting = new SimpleForwardingClientCallListener<>(listener) {
                @Override
                public void onClose(Status status, Metadata trailers) {
                    Status told = honest(status);
                    over(told);
                    super.onClose(told, trailers);
                }
            };
            // Looked at after it was counted, so that whoever drains sees this call or is seen by it.
            if (closed) {
                refused = true;
                counting.onClose(
                        Status.UNAVAILABLE.withDescription("the client is closing: it begins no more calls"),
                        new Metadata());
                return;
            }
            try {
                super.start(counting, headers);
            } catch (RuntimeException e) {
                over(Status.UNKNOWN);
                throw e;
            }
        }

        // A refused call was never started: what its caller does before it has read why goes nowhere.

        @Override
        public void request(int count) {
            if (!refused) {
                super.request(count);
            }
        }

        @Override
        public void sendMessage(Q message) {
            if (!refused) {
                super.sendMessage(message);
            }
        }

        @Override
        public void halfClose() {
            if (!refused) {
                super.halfClose();
            }
        }

        @Override
        public void cancel(@Nullable String message, @Nullable Throwable cause) {
            if (!refused) {
                super.cancel(message, cause);
            }
        }

        @Override
        public boolean isReady() {
            return !refused && super.isReady();
        }

        /** grpc-java says UNKNOWN of a call that was about to be sent when its connection was lost. */
        private static Status honest(Status status) {
            return status.getCode() == Status.Code.UNKNOWN && status.getCause() instanceof ClosedChannelException
                    ? Status.UNAVAILABLE
                            .withDescription("the connection was lost")
                            .withCause(status.getCause())
                    : status;
        }

        private void over(Status status) {
            if (over.compareAndSet(false, true)) {
                line.calls.decrementAndGet();
                if (!status.isOk()) {
                    line.failed.incrementAndGet();
                }
                Runnable then = whenEmpty;
                if (calls.decrementAndGet() == 0 && closed && then != null) {
                    then.run();
                }
            }
        }
    }
}
