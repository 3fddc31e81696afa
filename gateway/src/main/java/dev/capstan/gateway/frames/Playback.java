package dev.capstan.gateway.frames;

import dev.capstan.async.Address;
import dev.capstan.async.ByteStream;
import dev.capstan.async.Completer;
import dev.capstan.async.Loop;
import dev.capstan.async.Network;
import dev.capstan.async.Promise;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Plays the clients' side of a capture against a server: the same bytes in the same order, each when the server has said as many messages on that connection as it had said then. So what the client's bytes refer to is there, if the
 * server gives the same numbers again. What the server says is compared by {@link Frame#structure}: kinds, ids, targets, methods, kinds of failures and capabilities, not contents, times and sizes.
 *
 * <p>Blocking; used by one thread, which is not that of the loop.
 */
public final class Playback implements AutoCloseable {
    /** Of what a server says beyond what it said then, so much is kept. */
    private static final int MOST_NEW = 1_000;

    private final Loop loop;
    private final Network network;
    private final Address server;
    private final Decoding decoding;
    private final Duration patience;
    private final Map<Integer, Session> sessions = new LinkedHashMap<>();

    /**
     * What came of one session.
     *
     * @param session its number in the capture
     * @param frames of the server that were compared
     * @param differences a line for each
     * @param isLate whether the server did not say in time what it had said then; what the client said later was not played
     */
    public record Outcome(int session, int frames, List<String> differences, boolean isLate) {}

    /** What the server said then and says now, over one connection. */
    private final class Session implements ByteStream.Receiver {
        private final int number;
        private final ByteStream stream;
        private final List<Frame> then = new ArrayList<>();
        private final List<Frame> now = new ArrayList<>();
        private final FrameDecoder thenDecoder;
        private final FrameDecoder nowDecoder;
        private boolean isLate;
        private boolean isOver;
        private @Nullable Completer<Void> waiting;
        private int awaited;

        Session(int number, ByteStream stream) {
            this.number = number;
            this.stream = stream;
            this.thenDecoder = new FrameDecoder(decoding, number, kept(then, Integer.MAX_VALUE));
            this.nowDecoder = new FrameDecoder(decoding, number, frame -> {
                kept(now, then.size() + MOST_NEW).accept(frame);
                changed();
            });
        }

        private Consumer<Frame> kept(List<Frame> frames, int most) {
            return frame -> {
                boolean counts = frame.direction() == Direction.TO_CLIENT
                        && frame.standing() != Frame.Standing.CONTROL
                        && !frame.wire().equals("connection");
                if (counts && frames.size() < most) {
                    frames.add(frame);
                }
            };
        }

        @Override
        public void received(byte[] array, int offset, int length) {
            nowDecoder.received(0, Direction.TO_CLIENT, array, offset, length);
        }

        @Override
        public void ended() {
            over("");
        }

        @Override
        public void failed(Throwable cause) {
            over(Watch.reason(cause));
        }

        private void over(String reason) {
            isOver = true;
            nowDecoder.ended(0, Direction.TO_CLIENT, reason);
            changed();
        }

        private void changed() {
            Completer<Void> completer = waiting;
            if (completer != null && (isOver || now.size() >= awaited)) {
                waiting = null;
                completer.complete(Promise.nothing());
            }
        }

        /** Settles when the server has said as much as it had said then, or will say nothing more. */
        Promise<Void> caughtUp(boolean untilOver) {
            awaited = untilOver ? Integer.MAX_VALUE : then.size();
            if (isOver || now.size() >= awaited) {
                return Promise.done();
            }
            Completer<Void> completer = new Completer<>(loop);
            waiting = completer;
            return loop.timer().timeout(patience, completer.promise());
        }

        Outcome outcome() {
            return new Outcome(number, then.size(), Comparison.differences(then, now), isLate);
        }
    }

    /** A playback over a network of {@code loop}; {@code patience} is how long the server may take for each step. */
    public Playback(Loop loop, Network network, Address server, Decoding decoding, Duration patience) {
        this.loop = loop;
        this.network = network;
        this.server = server;
        this.decoding = decoding;
        this.patience = patience;
    }

    /**
     * Plays the whole capture.
     *
     * @return what came of each session, in the order in which they began
     * @throws IOException if the capture cannot be read, or has more sessions than {@link Limits#streams} says
     * @throws CompletionException with the reason, if the server cannot be reached
     */
    public List<Outcome> play(Capture.Reader capture) throws IOException {
        Capture.Entry entry;
        while ((entry = capture.next()) != null) {
            Session session = session(entry.session());
            if (!session.isLate) {
                step(session, entry);
            }
        }
        sessions.values().stream().filter(session -> !session.isLate).forEach(session -> waitFor(session, false));
        return loop.fetch(() -> Promise.of(
                        sessions.values().stream().map(Session::outcome).toList()))
                .await();
    }

    private Session session(int number) throws IOException {
        Session known = sessions.get(number);
        if (known != null) {
            return known;
        }
        if (sessions.size() >= decoding.limits().streams()) {
            throw new IOException("the capture has more than "
                    + decoding.limits().streams() + " sessions, which is the most that is played at once");
        }
        Session made = loop.fetch(() -> network.connect(server).map(stream -> {
                    Session session = new Session(number, stream);
                    stream.start(session);
                    return session;
                }))
                .await();
        sessions.put(number, made);
        return made;
    }

    private void step(Session session, Capture.Entry entry) {
        byte[] content = entry.content();
        switch (entry.kind()) {
            case BYTES_TO_SERVER -> {
                if (waitFor(session, false)) {
                    onLoop(() -> {
                        session.thenDecoder.received(0, Direction.TO_SERVER, content, 0, content.length);
                        session.nowDecoder.received(0, Direction.TO_SERVER, content, 0, content.length);
                        session.stream.write(content, 0, content.length);
                    });
                }
            }
            case BYTES_TO_CLIENT ->
                onLoop(() -> session.thenDecoder.received(0, Direction.TO_CLIENT, content, 0, content.length));
            case END_TO_SERVER -> {
                if (waitFor(session, false)) {
                    onLoop(() -> {
                        session.thenDecoder.ended(0, Direction.TO_SERVER, entry.reason());
                        session.nowDecoder.ended(0, Direction.TO_SERVER, entry.reason());
                        if (entry.reason().isEmpty()) {
                            session.stream.end();
                        } else {
                            session.stream.abort(new IOException("the client broke the connection then"));
                        }
                    });
                }
            }
            case END_TO_CLIENT -> {
                onLoop(() -> session.thenDecoder.ended(0, Direction.TO_CLIENT, entry.reason()));
                if (entry.reason().isEmpty()) {
                    waitFor(session, true);
                }
            }
        }
    }

    private void onLoop(Runnable work) {
        loop.fetch(() -> {
                    work.run();
                    return Promise.done();
                })
                .await();
    }

    /** Whether the server caught up in time. */
    private boolean waitFor(Session session, boolean untilOver) {
        try {
            loop.fetch(() -> session.caughtUp(untilOver)).await();
            return true;
        } catch (CompletionException e) {
            if (!(e.getCause() instanceof TimeoutException)) {
                throw e;
            }
            session.isLate = true;
            return false;
        }
    }

    /** Cuts the connections. */
    @Override
    public void close() {
        onLoop(() -> sessions.values().forEach(session -> session.stream.close()));
    }
}
