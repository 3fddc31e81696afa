package dev.capstan.grpc;

import dev.capstan.async.CanceledException;
import io.grpc.Context;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** Messages of a writer. Who carries them runs it on its own thread; who reads them has it run on another, one message ahead. */
final class Written<T> implements Messages<T> {
    private final Writer<T> writer;
    private final Context context = Context.current();
    private final Changes changes = new Changes();
    private final AtomicReference<@Nullable T> ahead = new AtomicReference<>();
    private @Nullable Thread thread;
    private boolean begun;
    private volatile @Nullable Throwable failure;
    private volatile boolean ended;
    private volatile boolean closed;

    Written(Writer<T> writer) {
        this.writer = writer;
    }

    private void begin() {
        if (begun) {
            throw new IllegalStateException("these messages were taken before: they can be had once");
        }
        begun = true;
    }

    @Override
    public void writeTo(Out<? super T> out) throws Exception {
        begin();
        if (!closed) {
            writer.write(out);
        }
    }

    @Override
    public @Nullable T read() {
        if (thread == null && !closed) {
            begin();
            thread = Thread.ofVirtual().name("messages").start(context.wrap(this::write));
        }
        changes.until(() -> ahead.get() != null || ended || closed);
        T message = closed ? null : ahead.getAndSet(null);
        if (message != null) {
            changes.tell();
            return message;
        }
        Throwable why = failure;
        if (why != null && !closed) {
            throw switch (why) {
                case RuntimeException unchecked -> unchecked;
                case Error error -> throw error;
                default -> new CompletionException(why);
            };
        }
        return null;
    }

    private void write() {
        try {
            writer.write(message -> {
                changes.until(() -> ahead.get() == null || closed);
                if (closed) {
                    throw new CanceledException("nobody reads these messages any more");
                }
                ahead.set(message);
                changes.tell();
            });
        } catch (Throwable e) {
            failure = e;
        } finally {
            ended = true;
            changes.tell();
        }
    }

    @Override
    public void close() {
        closed = true;
        Thread running = thread;
        if (running != null) {
            running.interrupt();
        }
        changes.tell();
    }
}
