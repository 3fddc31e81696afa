package dev.capstan.capnweb;

import dev.capstan.async.ByteStream;
import dev.capstan.async.Completer;
import dev.capstan.async.Loop;
import dev.capstan.async.Promise;
import dev.capstan.cap.Failure;
import java.io.InputStream;
import java.util.Iterator;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * The end of a stream that chunks are read from, the {@code ReadableStream} of JavaScript. A chunk is any value that can be sent: most are {@code byte[]}.
 *
 * <p>It can be sent in arguments and results, as the body of a request or response too: the chunks follow as fast as the peer reads them, and this end is used up by that.
 * There is one reader: whoever has sent a stream cannot read it or send it again.
 *
 * <p><b>Ownership.</b> A reference is counted. Arguments are borrowed until the call ends, so a handler that goes on reading after that does it with {@link
 * #share}; results belong to whoever gets them. When the last reference is closed before the end, the source is told that nobody reads any more. The
 * views hold a reference of their own until they are read to the end or closed.
 *
 * <p><b>Threads.</b> All methods may be called from any thread. Promises are of the stream's {@link #loop}; those of {@link #read} do what they do whether or not somebody waits for
 * them. {@link #inputStream} and {@link #iterator} block, so they are for fibers and threads outside of the loop.
 */
@SuppressWarnings("AvoidCommonTypeNames") // the name it has in JavaScript; nobody here reads text by java.lang.Readable
public final class Readable implements AutoCloseable {
    static final String CANCELED = "The stream was closed by its reader before its end.";

    private final Loop loop;
    private final ChunkSource source;
    private final AtomicInteger references = new AtomicInteger(1);

    /** It was sent: who sends it reads it, and nobody else. */
    private boolean claimed;

    private @Nullable Completer<Chunk> reader;
    private Promise.@Nullable Cancelable fetching;
    /** Came for a reader that did not wait for it. */
    private @Nullable Chunk ahead;

    private boolean ended;
    private @Nullable Failure failed;

    /** Takes ownership of {@code source}. */
    Readable(Loop loop, ChunkSource source) {
        this.loop = loop;
        this.source = source;
    }

    // ---- making one

    /** {@code bytes}, in pieces of 64 KiB. They are not copied, and must not be changed. */
    public static Readable of(Loop loop, byte[] bytes) {
        return new Readable(loop, new BytesSource(bytes));
    }

    /**
     * What {@code chunks} has, each chunk fetched when it is wanted, on the loop, as user code that does not block. A chunk that was fetched belongs to the stream; the others are left
     * alone.
     */
    public static Readable of(Loop loop, Iterable<?> chunks) {
        return new Readable(loop, new IterableSource(loop, chunks));
    }

    /** The bytes of {@code in}, of which this becomes the owner; it is read on threads of its own, and may block. */
    public static Readable of(Loop loop, InputStream in) {
        return new Readable(loop, new InputStreamSource(loop, in));
    }

    /**
     * What arrives on {@code stream}, a connection of {@code loop} that was not started; on the loop's thread. What is written there stays the caller's affair, but a reader that gives
     * up breaks the whole of it.
     */
    public static Readable of(Loop loop, ByteStream stream) {
        return new Readable(loop, new ByteStreamSource(loop, stream));
    }

    /** What {@code publisher} publishes, asked for as it is read. It is subscribed to when somebody reads, as user code of the loop. */
    public static Readable of(Loop loop, Flow.Publisher<?> publisher) {
        return new Readable(loop, new PublisherSource(loop, publisher));
    }

    /** A chunk, or the end. Its receiver owns it; closing it releases the capabilities and streams in its value. */
    public static final class Chunk implements AutoCloseable {
        private final boolean end;
        private @Nullable Object value;

        private Chunk(boolean end, @Nullable Object value) {
            this.end = end;
            this.value = value;
        }

        static Chunk of(@Nullable Object value) {
            return new Chunk(false, value);
        }

        static Chunk end() {
            return new Chunk(true, null);
        }

        /** Whether this is the end, and no chunk. */
        public boolean isEnd() {
            return end;
        }

        /** The value; borrowed. Null at the end. */
        public @Nullable Object value() {
            return value;
        }

        /**
         * The value as bytes; borrowed.
         *
         * @throws Failure if it is something else
         */
        public byte[] bytes() {
            return switch (value) {
                case byte[] bytes -> bytes;
                case TypedBytes typed -> typed.bytes();
                case null, default ->
                    throw Failure.failed("This stream is to be read as bytes, and a chunk of it is "
                            + (value == null ? "null" : "a " + value.getClass().getSimpleName()) + ".");
            };
        }

        /** The value, which the caller owns from now on. */
        public @Nullable Object take() {
            Object taken = value;
            value = null;
            return taken;
        }

        @Override
        public void close() {
            Values.close(Values.owned(take()));
        }
    }

    /** The loop that promises of this stream are of. */
    public Loop loop() {
        return loop;
    }

    // ---- reading

    /**
     * The next chunk, or the end, any number of times; the receiver owns it. Fails as the stream does. One read at a time: the next may begin when this one has settled or
     * was cancelled; a chunk that was on its way to it then is lost.
     */
    public Promise<Chunk> read() {
        if (loop.inLoop()) {
            return claimed ? Promise.failed(inUse()) : next();
        }
        Completer<Chunk> completer = new Completer<>(loop);
        loop.post(() -> completer.follow(read()));
        return completer.promise();
    }

    private static Failure inUse() {
        return Failure.failed("This stream was sent, or is read by somebody else: a stream can be used once.");
    }

    /** As {@link #read}, for whoever has claimed the stream. */
    Promise<Chunk> next() {
        if (reader != null) {
            return Promise.failed(Failure.failed("This stream is being read: wait for the read before."));
        }
        Chunk known = ahead;
        if (known != null) {
            ahead = null;
            return Promise.of(known);
        }
        Failure cause = failed;
        if (cause != null) {
            return Promise.failed(cause);
        }
        if (ended) {
            return Promise.of(Chunk.end());
        }
        Completer<Chunk> waiting = new Completer<>(loop);
        reader = waiting;
        waiting.onCancel(() -> reader = null);
        if (fetching == null) {
            fetching = source.next().listen(loop, this::fetched);
        }
        return waiting.promise();
    }

    private void fetched(@Nullable Chunk chunk, @Nullable Throwable failure) {
        fetching = null;
        if (chunk == null) {
            failed = Failure.of(failure == null ? Failure.failed("no chunk") : failure);
        } else {
            ended = chunk.isEnd();
        }
        Completer<Chunk> waiting = reader;
        reader = null;
        if (waiting == null) {
            ahead = chunk;
        } else if (chunk != null) {
            waiting.complete(chunk);
        } else if (failed != null) {
            waiting.fail(failed);
        }
    }

    /** Nobody reads any more: the source is told why, and what was not read is lost. Reads fail from now on. Does nothing after the end. */
    public void cancel(Failure reason) {
        if (!loop.inLoop()) {
            loop.post(() -> cancel(reason));
        } else if (!claimed) {
            stop(reason);
        }
    }

    private void done() {
        if (!loop.inLoop()) {
            loop.post(this::done);
        } else if (ended || failed != null) {
            // Most streams were read to their end: a reason, which has a trace, would be made for nobody.
            if (!claimed) {
                dropAhead();
            }
        } else {
            cancel(Failure.failed(CANCELED));
        }
    }

    private void dropAhead() {
        Chunk lost = ahead;
        ahead = null;
        if (lost != null) {
            lost.close();
        }
    }

    /** As {@link #cancel}, for whoever has claimed the stream. */
    void stop(Failure reason) {
        dropAhead();
        if (ended || failed != null) {
            return;
        }
        failed = reason;
        Promise.Cancelable running = fetching;
        fetching = null;
        if (running != null) {
            running.cancel();
        }
        source.cancel(reason);
        Completer<Chunk> waiting = reader;
        reader = null;
        if (waiting != null) {
            waiting.fail(reason);
        }
    }

    // ---- views

    /**
     * All bytes of the stream, if there are not more than {@code most}; more, and chunks that are no bytes, fail it and close the stream. Cancelling closes the stream.
     */
    public Promise<byte[]> bytes(int most) {
        Readable own = share();
        if (loop.inLoop()) {
            return new BytesReader(own, new Most(most)).start();
        }
        Completer<byte[]> completer = new Completer<>(loop);
        loop.post(() -> completer.follow(new BytesReader(own, new Most(most)).start()));
        return completer.promise();
    }

    private static final class Most implements BytesReader.Allowance {
        private final int most;
        private int left;

        Most(int most) {
            this.most = most;
            this.left = most;
        }

        @Override
        public void taken(int more) {
            if (more > left) {
                throw Failure.failed("This stream has more than " + most + " bytes.");
            }
            left -= more;
        }

        @Override
        public void givenBack(int all) {
            left = most;
        }
    }

    /** The bytes of the stream, for fibers and threads outside of the loop. Closing it closes the stream; so does reading to the end. What fails is an {@link java.io.IOException}. */
    public InputStream inputStream() {
        return new ChunkInputStream(share());
    }

    /** The chunks of the stream, each of which the caller owns, for fibers and threads outside of the loop. Borrows this reference. */
    public Iterator<@Nullable Object> iterator() {
        return new ChunkIterator(this);
    }

    /** The chunks of the stream for one subscriber, which owns each and hears of them on the loop, as user code. Cancelling closes the stream. */
    public Flow.Publisher<Chunk> publisher() {
        return new ChunkPublisher(share());
    }

    /**
     * Carries everything from here into {@code to}, the end and failures too. Nobody else can use either of them from now on. Settles when all of it has arrived; cancelling gives the
     * stream up on both sides.
     */
    public Promise<Void> pipeTo(Writable to) {
        if (!loop.inLoop()) {
            Completer<Void> completer = new Completer<>(loop);
            loop.post(() -> completer.follow(pipeTo(to)));
            return completer.promise();
        }
        if (!to.loop().equals(loop)) {
            return Promise.failed(Failure.failed("These two streams are of different loops."));
        }
        if (!claim()) {
            return Promise.failed(inUse());
        }
        ChunkSink sink = to.claim();
        if (sink == null) {
            unclaim();
            return Promise.failed(Writable.inUse());
        }
        return new Pump(this, sink).start();
    }

    // ---- sending

    /** Takes the stream for oneself, before anything was read or between two reads. False if somebody else has it. */
    boolean claim() {
        if (claimed || reader != null || references.get() <= 0) {
            return false;
        }
        claimed = true;
        return true;
    }

    /** It was not used after all. */
    void unclaim() {
        claimed = false;
    }

    // ---- ownership

    /** Another reference to this stream; the caller owns it. */
    public Readable share() {
        if (references.getAndIncrement() <= 0) {
            references.getAndDecrement();
            throw new IllegalStateException("this stream was closed: share() it before closing the last reference");
        }
        return this;
    }

    /** Gives this reference back. */
    @Override
    public void close() {
        int left = references.decrementAndGet();
        if (left == 0) {
            done();
        } else if (left < 0) {
            references.incrementAndGet();
            throw new IllegalStateException("this stream was closed more often than it was shared");
        }
    }
}
