package dev.capstan.capnweb;

import dev.capstan.async.Loop;
import dev.capstan.async.Promise;
import dev.capstan.cap.Failure;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Where the chunks of a {@link Writable} go. Used on its loop's thread. What is written takes effect in the order of the calls, whether or not somebody waits for
 * what they return, and after an end or a failure everything fails and changes nothing.
 */
interface ChunkSink {
    /** Takes ownership of {@code chunk}, always. Settles when the next may be written. */
    Promise<Void> write(@Nullable Object chunk);

    /** Nothing more comes. Settles when that has arrived, behind all that was written. */
    Promise<Void> end();

    /** Nothing more comes, and what has not arrived is lost. Settles when that has arrived. */
    Promise<Void> abort(Failure reason);

    /** Whoever wrote has gone without a word. */
    default void dropped() {
        abort(Failure.failed(Writable.DROPPED)).listen(loop(), (done, failure) -> {});
    }

    /** {@code listener} is told once, at once if it has happened already, when what is written can arrive nowhere; not of what the writer itself has done. */
    void onBroken(Consumer<Failure> listener);

    /** The loop on whose thread this is used. */
    Loop loop();
}
