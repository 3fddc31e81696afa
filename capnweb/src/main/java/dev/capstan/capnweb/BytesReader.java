package dev.capstan.capnweb;

import dev.capstan.async.Completer;
import dev.capstan.async.Promise;
import dev.capstan.cap.Failure;
import java.io.ByteArrayOutputStream;
import org.jspecify.annotations.Nullable;

/** Reads a stream of bytes to its end, of which it is the owner, as far as it is allowed to hold them. */
final class BytesReader {
    private final Readable content;
    private final Allowance allowance;
    private final Completer<byte[]> result;
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private Promise.@Nullable Cancelable reading;

    /** Who decides how much may be held. */
    interface Allowance {
        /**
         * So many bytes more are held.
         *
         * @throws Failure if that is too much; they are not held then
         */
        void taken(int more);

        /** So many bytes, all that were, are held no longer. */
        void givenBack(int all);
    }

    BytesReader(Readable content, Allowance allowance) {
        this.content = content;
        this.allowance = allowance;
        this.result = new Completer<>(content.loop());
    }

    /** Begins. Cancelling closes the stream. */
    Promise<byte[]> start() {
        result.onCancel(() -> {
            Promise.Cancelable running = reading;
            if (running != null) {
                running.cancel();
            }
            over();
        });
        read();
        return result.promise();
    }

    private void read() {
        reading = content.read().listen(content.loop(), (chunk, failure) -> {
            reading = null;
            if (chunk == null) {
                over();
                result.fail(failure == null ? Failure.failed("no content") : failure);
            } else if (chunk.isEnd()) {
                over();
                result.complete(bytes.toByteArray());
            } else {
                add(chunk);
            }
        });
    }

    private void add(Readable.Chunk chunk) {
        try (chunk) {
            byte[] more = chunk.bytes();
            allowance.taken(more.length);
            bytes.write(more, 0, more.length);
        } catch (Failure e) {
            content.cancel(e);
            over();
            result.fail(e);
            return;
        }
        read();
    }

    private void over() {
        allowance.givenBack(bytes.size());
        content.close();
    }
}
