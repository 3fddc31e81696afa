package dev.capstan.capnweb;

import dev.capstan.async.Completer;
import dev.capstan.async.Loop;
import dev.capstan.async.Promise;
import dev.capstan.cap.Failure;
import java.io.OutputStream;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The end of a stream that chunks are written to, the {@code WritableStream} of JavaScript. A chunk is any value that can be sent: most are {@code byte[]}.
 *
 * <p>It can be sent in arguments and results: the peer writes then, and nobody here can any more.
 *
 * <p><b>Ownership.</b> A reference is counted. Arguments are borrowed until the call ends, so a handler that goes on writing after that does it with {@link
 * #share}; results belong to whoever gets them. When the last reference is closed and the stream was not ended, it is aborted: whoever reads it sees that it is not complete.
 *
 * <p><b>Threads.</b> All methods may be called from any thread; what one thread writes arrives in its order. What is written is on its way when the method returns, whether
 * or not somebody waits for the promise, which is of the stream's {@link #loop}.
 */
public final class Writable implements AutoCloseable {
    /** What TypeScript says, too. */
    static final String DROPPED = "WritableStream RPC stub was disposed without calling close()";

    private final Loop loop;
    private final ChunkSink sink;
    private final AtomicInteger references = new AtomicInteger(1);
    /** It was sent: the peer writes, and nobody else. */
    private boolean claimed;
    /** Ended or aborted. */
    private boolean over;

    /** Takes ownership of {@code sink}. */
    Writable(ChunkSink sink) {
        this.loop = sink.loop();
        this.sink = sink;
    }

    /**
     * Two ends of a stream in this process. A write settles when the chunk was read.
     *
     * @param readable what is written to the other is read here; the caller owns it
     * @param writable the caller owns it
     */
    public record Pair(Readable readable, Writable writable) {}

    /** A stream in this process, such as a callback that writes is given to one side of and a method that reads to the other. */
    public static Pair pipe(Loop loop) {
        Pipe pipe = new Pipe(loop);
        return new Pair(new Readable(loop, pipe), new Writable(pipe));
    }

    /** What a program does with what is written. Called on the loop as user code, once at a time, and not again after it has failed. */
    public interface Sink {
        /** Takes a chunk, which is borrowed until the promise settles. Nothing more comes before that. */
        Promise<Void> write(Readable.Chunk chunk) throws Exception;

        /** There is nothing more. */
        Promise<Void> end() throws Exception;

        /** What there is more of will not come. A write that still runs is cancelled. */
        void abort(Failure reason) throws Exception;
    }

    /** A stream into {@code sink}. */
    public static Writable of(Loop loop, Sink sink) {
        return new Writable(new SerialSink(loop, sink));
    }

    /** A stream of bytes into {@code out}, of which this becomes the owner; it is written on threads of its own, and may block. */
    public static Writable of(Loop loop, OutputStream out) {
        return new Writable(new SerialSink(loop, new OutputStreamSink(loop, out)));
    }

    /** The loop that promises of this stream are of. */
    public Loop loop() {
        return loop;
    }

    // ---- writing

    /**
     * Writes a chunk, of which this takes ownership, always. Settles when there is room for the next one, which is not when it has arrived: whoever waits writes as fast
     * as the reader reads. Fails when the stream has failed, for whatever reason.
     */
    public Promise<Void> write(@Nullable Object chunk) {
        return inLoop(() -> {
            if (claimed) {
                Values.close(Values.owned(chunk));
                return Promise.failed(inUse());
            }
            return sink.write(chunk);
        });
    }

    /** Ends the stream: what {@code close()} is in JavaScript. Settles when the reader has all of it; fails if it does not get it. */
    public Promise<Void> end() {
        return inLoop(() -> {
            if (claimed) {
                return Promise.failed(inUse());
            }
            over = true;
            return sink.end();
        });
    }

    /** Ends the stream with a failure: the reader sees it instead of what it has not read. Settles when it was told. */
    public Promise<Void> abort(Failure reason) {
        return inLoop(() -> {
            if (claimed) {
                return Promise.failed(inUse());
            }
            over = true;
            return sink.abort(reason);
        });
    }

    /**
     * {@code listener} is told once, on the loop's thread and at once if it has happened already, when what is written can arrive nowhere, as when the reader has given up; not of what the writer
     * itself has done. On the loop's thread.
     */
    public void onBroken(Consumer<Failure> listener) {
        sink.onBroken(listener);
    }

    static Failure inUse() {
        return Failure.failed("This stream was sent to somebody else, or was ended: a stream can be used once.");
    }

    private Promise<Void> inLoop(Callable<Promise<Void>> work) {
        if (loop.inLoop()) {
            return called(work);
        }
        Completer<Void> completer = new Completer<>(loop);
        loop.post(() -> completer.follow(called(work)));
        return completer.promise();
    }

    private static Promise<Void> called(Callable<Promise<Void>> work) {
        try {
            return work.call();
        } catch (Exception e) {
            return Promise.failed(e);
        }
    }

    /** For bytes, and fibers and threads outside of the loop. They are sent when there are 64 KiB of them, and by {@code flush()}. Closing it ends the stream, and waits for that. */
    public OutputStream outputStream() {
        return new ChunkOutputStream(share());
    }

    // ---- sending

    /** Takes what is behind this for oneself; null if somebody else has it or it is over. */
    @Nullable
    ChunkSink claim() {
        if (claimed || over || references.get() <= 0) {
            return null;
        }
        claimed = true;
        return sink;
    }

    /** It was not used after all. */
    void unclaim() {
        claimed = false;
    }

    // ---- ownership

    /** Another reference to this stream; the caller owns it. */
    public Writable share() {
        if (references.getAndIncrement() <= 0) {
            references.getAndDecrement();
            throw new IllegalStateException("this stream was closed: share() it before closing the last reference");
        }
        return this;
    }

    /** Gives this reference back. The last one aborts a stream that was not ended. */
    @Override
    public void close() {
        int left = references.decrementAndGet();
        if (left < 0) {
            references.incrementAndGet();
            throw new IllegalStateException("this stream was closed more often than it was shared");
        }
        if (left == 0) {
            if (loop.inLoop()) {
                dropped();
            } else {
                loop.post(this::dropped);
            }
        }
    }

    private void dropped() {
        if (!claimed && !over) {
            over = true;
            sink.dropped();
        }
    }
}
