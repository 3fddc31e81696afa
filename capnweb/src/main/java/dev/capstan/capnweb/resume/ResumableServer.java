package dev.capstan.capnweb.resume;

import dev.capstan.async.Loop;
import dev.capstan.async.MessageStream;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.random.RandomGenerator;

/**
 * A server's sessions that outlive their connections. It is given connections; what it gives back are streams, one for each session, that go on over the next connection when one is cut.
 *
 * <p>A session ends when either side says so, when nobody comes back within the grace period, or when a budget is used up; its stream then ends or fails like any other. Whatever a stranger
 * says costs a connection and nothing else.
 *
 * <p>Belongs to its loop and is used on its thread. {@link #close} ends all sessions.
 */
public final class ResumableServer implements AutoCloseable {
    /** The subprotocol of WebSockets with which a client asks for all this. */
    public static final String SUBPROTOCOL = "capnweb.resume.v1";

    /** The parameter in the query of a WebTransport session's address with which a client asks for all this. */
    public static final String QUERY = "capnweb=resume.v1";

    private final Loop loop;
    private final RandomGenerator random;
    private final ResumeLimits limits;
    private final ControlCodec codec;
    private final Kept.Budget budget;
    private final Map<Token.Id, ServerSession> sessions = new LinkedHashMap<>();
    /** Longest without a connection first. */
    private final Set<ServerSession> suspended = new LinkedHashSet<>();

    private TokenKeys keys;
    private boolean closed;

    /** Takes new sessions. */
    @FunctionalInterface
    public interface Opener {
        /** {@code session} is the owner's now, who starts it. In a turn of the loop. */
        void opened(MessageStream session);
    }

    /**
     * A server without sessions.
     *
     * @param random draws the names of sessions; a {@link java.security.SecureRandom} outside of tests
     */
    public ResumableServer(Loop loop, TokenKeys keys, RandomGenerator random, ResumeLimits limits) {
        this.loop = loop;
        this.keys = keys;
        this.random = random;
        this.limits = limits;
        this.codec = new ControlCodec(limits.controlBytes());
        this.budget = new Kept.Budget(limits.keptBytesInAll());
    }

    /** Sessions, with or without a connection. */
    public int sessions() {
        return sessions.size();
    }

    /** Sessions without a connection. */
    public int suspended() {
        return suspended.size();
    }

    /** Bytes that all sessions keep because their peers have not acknowledged them. */
    public long keptBytes() {
        return budget.used();
    }

    /** From now on tokens are signed with the first of {@code next}, and accepted if one of them has signed. */
    public void rotate(TokenKeys next) {
        keys = next;
    }

    TokenKeys keys() {
        return keys;
    }

    ResumeLimits limits() {
        return limits;
    }

    /**
     * Serves one connection, which is this server's from now on.
     *
     * @param principal who the other end is, as far as the connection tells: a session goes on only with whom it began with. Empty if that is not known
     * @param opener is given the session's stream if the other end wants a new one
     */
    public void accept(MessageStream socket, String principal, Opener opener) {
        Greeting greeting = new Greeting(principal, opener);
        Line line = new Line(loop, socket, codec, limits.silence(), greeting);
        greeting.begin(line);
    }

    /** Ends all sessions, and takes no more. */
    @Override
    public void close() {
        closed = true;
        List.copyOf(sessions.values()).forEach(session -> session.stream().end());
    }

    // ---- the beginning of a connection

    private final class Greeting implements Line.Listener {
        private final String principal;
        private final Opener opener;
        private final Alarm alarm = new Alarm(loop);
        private Line line;

        @SuppressWarnings(
                "NullAway.Init") // begin() is the second half of the constructor: line and listener know one another
        Greeting(String principal, Opener opener) {
            this.principal = principal;
            this.opener = opener;
        }

        void begin(Line with) {
            line = with;
            alarm.set(
                    limits.handshakeTime(),
                    () -> line.refuse(Refusal.PROTOCOL, "nothing was said within " + limits.handshakeTime()));
            line.start();
        }

        @Override
        public void message(byte[] array, int offset, int length, boolean lent) {
            alarm.cancel();
            line.refuse(
                    Refusal.PROTOCOL, "a connection begins with {\"new\":true} or {\"resume\":token,\"received\":n}");
        }

        @Override
        public void control(Control message) {
            alarm.cancel();
            if (closed) {
                line.refuse(Refusal.FULL, "the server is closing");
                return;
            }
            switch (message) {
                case Control.New() -> open();
                case Control.Resume(String text, long received) -> resume(text, received);
                case Control other ->
                    throw new ControlCodec.Mistake(
                            "a connection begins with {\"new\":true} or {\"resume\":token,\"received\":n}");
            }
        }

        @Override
        public void cut(Throwable cause) {
            alarm.cancel();
        }

        private void open() {
            ServerSession session = new ServerSession(
                    ResumableServer.this, loop, new Token.Id(random.nextLong(), random.nextLong()), principal, budget);
            sessions.put(session.id(), session);
            session.begin(line, 0);
            opener.opened(session.stream());
        }

        private void resume(String text, long received) {
            Optional<Token> verified = Token.verified(text, keys);
            if (verified.isEmpty()) {
                line.refuse(Refusal.FORGED, "the token was not made here, or its key is not used any more");
                return;
            }
            Token token = verified.get();
            ServerSession session = sessions.get(token.session());
            if (!token.isOf(principal)) {
                line.refuse(Refusal.FOREIGN, "the token was given to somebody else");
            } else if (session == null) {
                line.refuse(Refusal.UNKNOWN, "the session has ended");
            } else if (!session.accepts(token.generation())) {
                line.refuse(Refusal.REUSED, "the token was used before");
            } else if (token.expiresNanos() - loop.timer().nanoTime() <= 0) {
                line.refuse(Refusal.EXPIRED, "the token was valid for " + limits.tokenTime());
            } else if (!session.stream().reaches(received)) {
                line.refuse(
                        Refusal.LOST,
                        "of what was sent to you " + received
                                + " messages cannot have come, or what came after them is not kept");
                session.expire("the client asked for messages that were never sent, or are not kept any more");
            } else {
                suspended.remove(session);
                session.begin(line, received);
            }
        }
    }

    // ---- for the sessions

    void suspended(ServerSession session) {
        suspended.add(session);
        while (suspended.size() > limits.suspended()) {
            suspended
                    .iterator()
                    .next()
                    .expire("the server has " + limits.suspended()
                            + " other sessions whose clients are away, which is its limit");
        }
    }

    /** Ends sessions that wait for their clients while more is kept than may be. */
    boolean hasRoom() {
        while (budget.isOver() && !suspended.isEmpty()) {
            suspended.iterator().next().expire("the client is away, and the server keeps too much for others");
        }
        return !budget.isOver();
    }

    void over(ServerSession session) {
        sessions.remove(session.id());
        suspended.remove(session);
    }
}
