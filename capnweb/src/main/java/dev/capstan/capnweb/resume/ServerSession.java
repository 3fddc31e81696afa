package dev.capstan.capnweb.resume;

import dev.capstan.async.Loop;
import dev.capstan.cap.Failure;
import java.time.Duration;

/**
 * A session as its server keeps it: which tokens it has given out, and whether it waits for its client.
 *
 * <p><b>Single use.</b> Showing a token brings the next one. Until the client has confirmed that, the one it has shown is still good, since the answer may have been lost with its connection. From the
 * confirmation on, everything older is refused. So of a session's tokens those of {@code [confirmed, issued]} are good.
 */
final class ServerSession implements ReliableStream.Owner {
    private final ResumableServer server;
    private final Loop loop;
    private final ResumeLimits limits;
    private final Token.Id id;
    private final String principal;
    private final ReliableStream stream;
    private final Alarm grace;
    private final Alarm renewal;
    private long issued;
    private long confirmed;

    ServerSession(ResumableServer server, Loop loop, Token.Id id, String principal, Kept.Budget budget) {
        this.server = server;
        this.loop = loop;
        this.limits = server.limits();
        this.id = id;
        this.principal = principal;
        this.stream = new ReliableStream(loop, limits, budget, this);
        this.grace = new Alarm(loop);
        this.renewal = new Alarm(loop);
    }

    ReliableStream stream() {
        return stream;
    }

    Token.Id id() {
        return id;
    }

    /** Whether a token of that generation may still be shown. */
    boolean accepts(long generation) {
        return generation >= confirmed && generation <= issued;
    }

    /** Goes on over {@code line}, whose client has {@code count} messages, which is in the stream's reach. */
    void begin(Line line, long count) {
        stream.detach(Failure.disconnected("the client has come back over another connection"));
        grace.cancel();
        String token = nextToken();
        line.send(new Control.Welcome(
                token, issued, stream.received(), limits.grace().toMillis()));
        stream.attach(line, count);
        renewLater();
    }

    private String nextToken() {
        issued++;
        long expires = loop.timer().nanoTime() + limits.tokenTime().toNanos();
        return new Token(id, issued, expires, Token.ownerOf(id, principal)).signed(server.keys());
    }

    private void renewLater() {
        Duration half = limits.tokenTime().dividedBy(2);
        renewal.set(half, () -> {
            stream.tell(new Control.Renewal(nextToken(), issued));
            renewLater();
        });
    }

    /** The client is not waited for any longer. */
    void expire(String why) {
        stream.fail(Failure.disconnected(why));
    }

    // ---- what the stream tells

    @Override
    public void cut(Throwable cause) {
        // Also if no token was confirmed: it may have arrived, and what says so be lost.
        renewal.cancel();
        grace.set(limits.grace(), () -> expire("the client has not come back within " + limits.grace()));
        server.suspended(this);
    }

    @Override
    public void control(Control message) {
        switch (message) {
            case Control.Confirm(long generation) -> {
                if (!accepts(generation)) {
                    throw new ControlCodec.Mistake("there is no token " + generation + " to be confirmed");
                }
                confirmed = generation;
            }
            case Control.Refuse(String word, String reason) ->
                stream.fail(Failure.disconnected("the client has ended the session (" + word + "): " + reason));
            case Control other ->
                throw new ControlCodec.Mistake("this is said at the beginning of a connection, or by servers");
        }
    }

    @Override
    public boolean hasRoom() {
        return server.hasRoom();
    }

    @Override
    public void over(boolean untold) {
        // A client that is away hears of it when it comes back.
        stream.forget();
        grace.cancel();
        renewal.cancel();
        server.over(this);
    }
}
