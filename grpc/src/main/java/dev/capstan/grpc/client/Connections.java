package dev.capstan.grpc.client;

import io.grpc.Attributes;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import java.nio.channels.ClosedChannelException;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.UnaryOperator;
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
    private volatile boolean closed;
    private volatile @Nullable Runnable whenEmpty;

    /** One channel and what is counted of it. */
    private static final class Line {
        private final ManagedChannel channel;
        /** The same, or what stands before it. */
        private final Channel entrance;

        private final AtomicInteger calls = new AtomicInteger();
        private final AtomicLong started = new AtomicLong();
        private final AtomicLong failed = new AtomicLong();

        Line(ManagedChannel channel, Channel entrance) {
            this.channel = channel;
            this.entrance = entrance;
        }
    }

    /** The first {@code least} of {@code channels} share all calls, until each has {@code callsEach}. Calls go through what {@code entrance} puts before a channel. */
    Connections(List<ManagedChannel> channels, UnaryOperator<Channel> entrance, int least, int callsEach) {
        lines = channels.stream()
                .map(channel -> new Line(channel, entrance.apply(channel)))
                .toList();
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
        int all = 0;
        for (Line line : lines) {
            all += line.calls.get();
        }
        return all;
    }

    /** No more calls begin; {@code then} runs when the last has ended, on whichever thread, at least once. */
    void refuse(Runnable then) {
        whenEmpty = then;
        closed = true;
        if (calls() == 0) {
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
        return new Counted<>(line, line.entrance.newCall(method, options));
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

    /** A call that is counted from its start to its end. Small calls pass here by the hundred thousand, so it hands over by itself, without the forwarding classes' lookups. */
    private final class Counted<Q, S> extends ClientCall<Q, S> {
        private final Line line;
        private final ClientCall<Q, S> call;
        private final AtomicBoolean over = new AtomicBoolean();
        private volatile boolean refused;

        Counted(Line line, ClientCall<Q, S> call) {
            this.line = line;
            this.call = call;
        }

        @Override
        public void start(Listener<S> listener, Metadata headers) {
            line.calls.incrementAndGet();
            line.started.incrementAndGet();
            Listener<S> counting = new Counting<>(this, listener);
            // Looked at after it was counted, so that whoever drains sees this call or is seen by it.
            if (closed) {
                refused = true;
                counting.onClose(
                        Status.UNAVAILABLE.withDescription("the client is closing: it begins no more calls"),
                        new Metadata());
                return;
            }
            try {
                call.start(counting, headers);
            } catch (RuntimeException | Error e) {
                over(Status.UNKNOWN);
                throw e;
            }
        }

        // A refused call was never started: what its caller does before it has read why goes nowhere.

        @Override
        public void request(int count) {
            if (!refused) {
                call.request(count);
            }
        }

        @Override
        public void sendMessage(Q message) {
            if (!refused) {
                call.sendMessage(message);
            }
        }

        @Override
        public void halfClose() {
            if (!refused) {
                call.halfClose();
            }
        }

        @Override
        public void cancel(@Nullable String message, @Nullable Throwable cause) {
            if (!refused) {
                call.cancel(message, cause);
            }
        }

        @Override
        public boolean isReady() {
            return !refused && call.isReady();
        }

        @Override
        public void setMessageCompression(boolean enabled) {
            if (!refused) {
                call.setMessageCompression(enabled);
            }
        }

        @Override
        public Attributes getAttributes() {
            return refused ? Attributes.EMPTY : call.getAttributes();
        }

        private void over(Status status) {
            if (!over.compareAndSet(false, true)) {
                return;
            }
            line.calls.decrementAndGet();
            if (!status.isOk()) {
                line.failed.incrementAndGet();
            }
            Runnable then = whenEmpty;
            if (closed && then != null && calls() == 0) {
                then.run();
            }
        }
    }

    /** Tells a counted call of its end, before its listener. */
    private static final class Counting<S> extends HandingOver<S> {
        private final Connections.Counted<?, S> counted;

        Counting(Connections.Counted<?, S> counted, ClientCall.Listener<S> listener) {
            super(listener);
            this.counted = counted;
        }

        @Override
        public void onClose(Status status, Metadata trailers) {
            Status told = honest(status);
            counted.over(told);
            super.onClose(told, trailers);
        }

        /** grpc-java says UNKNOWN of a call that was about to be sent when its connection was lost. */
        private static Status honest(Status status) {
            return status.getCode() == Status.Code.UNKNOWN && status.getCause() instanceof ClosedChannelException
                    ? Status.UNAVAILABLE
                            .withDescription("the connection was lost")
                            .withCause(status.getCause())
                    : status;
        }
    }
}
