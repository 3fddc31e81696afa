package dev.capstan.capnp.rpc;

import dev.capstan.async.Address;
import dev.capstan.async.ByteStream;
import dev.capstan.async.Completer;
import dev.capstan.async.Loop;
import dev.capstan.async.MessageStream;
import dev.capstan.async.Network;
import dev.capstan.async.Promise;
import dev.capstan.cap.BrokenCap;
import dev.capstan.cap.Cap;
import dev.capstan.cap.Failure;
import dev.capstan.cap.LocalCap;
import dev.capstan.cap.ObservedSession.Origin;
import dev.capstan.cap.ObservedSession.Side;
import dev.capstan.cap.Observer;
import dev.capstan.cap.Target;
import dev.capstan.capnp.io.FrameStream;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A participant in Cap'n Proto RPC: objects that others may call, and connections to others.
 *
 * <p><b>The life of a call.</b> A typed client builds the parameters inside the Call message itself. Sending posts it to the vat's loop, if the caller is
 * elsewhere; there it becomes a <em>question</em>: it gets an id, capabilities in it become <em>exports</em>, and the message is queued on the
 * connection, which writes everything of a turn at once. At the other vat it becomes an <em>answer</em>: capabilities in it become
 * <em>imports</em>, the target is found among that vat's exports, or inside an answer that has not returned, and the call takes a slot in the loop's
 * queue. The object builds its results inside the Return message. When that arrives, what was pipelined on the question is led to where it belongs (held
 * back for a moment if it would overtake earlier calls), the promise settles, and a Finish lets the other vat forget the answer. Closing a client
 * releases the import; when the other vat's count is zero, its object is released.
 *
 * <p><b>Threads.</b> A vat belongs to its loop; all methods may be called from any thread.
 *
 * <p><b>Ownership.</b> Whoever builds a vat closes it, which ends its connections; the loop is not stopped.
 */
public final class Vat implements AutoCloseable {
    private static final Logger LOG = System.getLogger(Vat.class.getName());
    /** As many at a time are told why they are refused; the sockets of others are just closed. */
    private static final int REFUSED_IN_WORDS = 100;

    private final Loop loop;
    private final Function<? super Peer, ? extends Cap> bootstrap;
    /** The bootstrap object of every peer; null if each is given one of its own. */
    private final @Nullable Cap served;

    private final Limits limits;
    private final @Nullable Function<Failure, String> traceEncoder;
    private final Set<Fault> faults;
    private final Observer observer;
    private final Set<Connection> connections = new LinkedHashSet<>();
    /** Connections of others whose streams are not closed; some of them may be over. */
    private final Set<Connection> accepted = new HashSet<>();
    /** Streams of those who were refused and have not closed them. */
    private final Set<MessageStream> refused = new HashSet<>();

    private boolean leaving;
    private boolean closed;

    private Vat(Builder builder) {
        this.loop = builder.loop;
        this.bootstrap = builder.bootstrap;
        this.served = builder.served == null ? null : new LocalCap(builder.loop, builder.served);
        this.limits = builder.limits;
        this.traceEncoder = builder.traceEncoder;
        this.faults = builder.faults;
        this.observer = builder.observer;
    }

    /** A vat to be built on {@code loop}. */
    public static Builder on(Loop loop) {
        return new Builder(loop);
    }

    /** What a vat is made of. */
    public static final class Builder {
        private final Loop loop;
        private Function<? super Peer, ? extends Cap> bootstrap =
                peer -> new BrokenCap(Failure.failed("This vat does not expose any public/bootstrap interfaces."));
        private @Nullable Target served;
        private Limits limits = Limits.DEFAULT;
        private @Nullable Function<Failure, String> traceEncoder;
        private Observer observer = Observer.NONE;
        private final Set<Fault> faults = EnumSet.noneOf(Fault.class);

        private Builder(Loop loop) {
            this.loop = Objects.requireNonNull(loop);
        }

        /** Every peer's bootstrap object is {@code target}. It is released when the vat is closed and nobody refers to it any more. */
        public Builder serving(Target target) {
            this.served = target;
            return this;
        }

        /** Each peer's bootstrap object is what {@code factory} gives, which the vat owns. Called on the loop's thread for every request. */
        public Builder servingEach(Function<? super Peer, ? extends Cap> factory) {
            this.bootstrap = factory;
            this.served = null;
            return this;
        }

        /** Bounds of the vat and of each of its connections. */
        public Builder limits(Limits value) {
            this.limits = value;
            return this;
        }

        /** Sends a text about each failure to the peer as its trace. Off by default: it tells strangers about our insides. */
        public Builder traces(Function<Failure, String> encoder) {
            this.traceEncoder = encoder;
            return this;
        }

        /** {@code who} is told of each connection and its calls. A Bootstrap counts as no call. */
        public Builder observer(Observer who) {
            this.observer = who;
            return this;
        }

        /** Deliberate faults, for tests of tests. */
        Builder faults(Set<Fault> value) {
            this.faults.addAll(value);
            return this;
        }

        /** The vat. */
        public Vat build() {
            return new Vat(this);
        }
    }

    /** The loop it lives on. */
    public Loop loop() {
        return loop;
    }

    /** Speaks with whoever is at the other end of {@code stream}, which the vat takes over. Both ends do the same. On the loop's thread. */
    public Peer connect(MessageStream stream) {
        return connect(stream, Origin.UNKNOWN);
    }

    /** As {@link #connect(MessageStream)}; observers are told that the connection is {@code origin}'s. On the loop's thread. */
    public Peer connect(MessageStream stream, Origin origin) {
        if (closed || leaving) {
            Failure failure = Failure.disconnected(closed ? "this vat was closed" : "this vat is going away");
            stream.abort(failure);
            throw failure;
        }
        return begin(new Connection(this, stream, origin));
    }

    private Connection begin(Connection connection) {
        connections.add(connection);
        connection.start();
        return connection;
    }

    /** As {@link #connect(MessageStream)}, over bytes. On the loop's thread. */
    public Peer connect(ByteStream stream) {
        Address remote = stream.remote();
        return connect(stream, remote == null ? Origin.UNKNOWN : new Origin(Side.UNKNOWN, remote.toString()));
    }

    /** As {@link #accept(MessageStream, Origin)}, over bytes. On the loop's thread. */
    public void accept(ByteStream stream) {
        Address remote = stream.remote();
        accept(new FrameStream(stream, limits.reading()), Origin.from(remote == null ? "" : remote.toString()));
    }

    /**
     * As {@link #connect(MessageStream, Origin)} with somebody who has connected to us. There are no more of these than {@link Limits#connections}: who comes then hears so, and the connection is
     * ended; neither it nor one that comes when the vat is going away is an error of whoever listens. On the loop's thread.
     *
     * @throws RuntimeException if {@code stream} cannot be started; it is aborted then
     */
    public void accept(MessageStream stream, Origin origin) {
        if (closed || leaving) {
            stream.abort(Failure.disconnected("this vat is going away"));
        } else if (accepted.size() < limits.connections()) {
            Connection connection = new Connection(this, stream, origin);
            accepted.add(connection);
            try {
                begin(connection);
            } catch (RuntimeException e) {
                gone(connection);
                forget(connection);
                stream.abort(e);
                throw e;
            }
        } else {
            refuse(
                    stream,
                    Failure.overloaded(
                            limits.connections()
                                    + " connections are open, which is the limit of this server (Limits.connections): close some, come back later, or raise it there"));
        }
    }

    private void refuse(MessageStream stream, Failure why) {
        if (refused.size() < REFUSED_IN_WORDS) {
            refused.add(stream);
            Refusal.begin(this, stream, why, () -> refused.remove(stream));
        } else {
            stream.abort(why);
        }
    }

    private Peer connect(ByteStream stream, Origin origin) {
        return connect(new FrameStream(stream, limits.reading()), origin);
    }

    /** Connects to a vat that listens at {@code address}. Fails DISCONNECTED if nobody does. */
    public Promise<Peer> connect(Network network, Address address) {
        return onLoop(() -> network.connect(address)
                .<Peer>convert(stream -> connect(stream, Origin.to(address.toString())))
                .recover(cause -> Promise.failed(Failure.of(cause).as(Failure.Kind.DISCONNECTED))));
    }

    /** Accepts whoever connects to {@code address}. The listener may be closed from any thread. */
    public Promise<Network.Listener> listen(Network network, Address address) {
        return onLoop(() -> network.listen(address, this::accept)
                .<Network.Listener>convert(Listening::new)
                .recover(cause -> Promise.failed(Failure.of(cause))));
    }

    /** A listener whose owner may be on any thread. */
    private final class Listening implements Network.Listener {
        private final Network.Listener listener;

        Listening(Network.Listener listener) {
            this.listener = listener;
        }

        @Override
        public Address address() {
            return listener.address();
        }

        @Override
        public void close() {
            if (loop.inLoop()) {
                listener.close();
            } else {
                loop.post(listener::close);
            }
        }
    }

    private <T> Promise<T> onLoop(java.util.function.Supplier<Promise<T>> work) {
        if (loop.inLoop()) {
            return work.get();
        }
        Completer<T> completer = new Completer<>(loop);
        loop.post(() -> completer.follow(work.get()));
        return completer.promise();
    }

    /** The connections that are up. On the loop's thread. */
    public List<Peer> peers() {
        return List.copyOf(connections);
    }

    /**
     * Ends every connection when the calls that are under way on it, of either side, have returned, and gives the number of those that had to be cut; then the vat is closed. New connections are
     * refused at once. For the first half of the time new calls are served as ever; later ones fail at once as DISCONNECTED, so that callers know that they have not happened. The draining begins now,
     * whether or not somebody waits for the promise. On the loop's thread.
     *
     * @param longest when all ends even if something is under way, positive
     */
    public Promise<Integer> drain(Duration longest) {
        if (closed || leaving) {
            throw new IllegalStateException("the vat is being drained or was closed already");
        }
        leaving = true;
        List<Promise<Integer>> all = new ArrayList<>();
        List.copyOf(connections).forEach(connection -> all.add(connection.drain(longest)));
        return Promise.all(all)
                .convert(cut -> {
                    close();
                    return cut.stream().mapToInt(Integer::intValue).sum();
                })
                .eager();
    }

    /** Ends every connection: calls that are open fail DISCONNECTED. Gives the bootstrap object back. Does nothing the second time. */
    @Override
    public void close() {
        if (!loop.inLoop()) {
            loop.post(this::close);
            return;
        }
        if (closed) {
            return;
        }
        closed = true;
        for (Connection connection : List.copyOf(connections)) {
            connection.disconnect(Failure.disconnected("the vat was closed"));
        }
        if (served != null) {
            served.close();
        }
    }

    // ---- for connections

    Limits limits() {
        return limits;
    }

    Observer observer() {
        return observer;
    }

    Set<Fault> faults() {
        return faults;
    }

    @Nullable
    Function<Failure, String> traceEncoder() {
        return traceEncoder;
    }

    Cap bootstrapFor(Connection connection) {
        try {
            return served == null ? bootstrap.apply(connection) : served.share();
        } catch (RuntimeException e) {
            return new BrokenCap(Failure.of(e));
        }
    }

    void forget(Connection connection) {
        connections.remove(connection);
    }

    /** Its stream is closed. */
    void gone(Connection connection) {
        accepted.remove(connection);
    }

    void reportBug(Throwable bug) {
        LOG.log(Level.ERROR, "a message could not be handled because of a bug here; the connection is closed", bug);
    }
}
