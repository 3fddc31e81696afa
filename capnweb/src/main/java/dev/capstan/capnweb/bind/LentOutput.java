package dev.capstan.capnweb.bind;

import dev.capstan.async.Promise;
import dev.capstan.cap.Failure;
import dev.capstan.capnweb.Writable;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;

/**
 * What a method may write to until it is through. If it has not closed it by then, the stream is aborted: its reader must not take what it has for the whole. Nothing waits for that, as
 * the loop may be where it is found out.
 */
final class LentOutput extends OutputStream {
    private static final Logger LOG = System.getLogger(LentOutput.class.getName());

    private final Writable stream;
    private final OutputStream out;
    private volatile boolean closed;

    /** Takes ownership of {@code stream}. */
    LentOutput(Writable stream) {
        this.stream = stream;
        this.out = stream.outputStream();
    }

    @Override
    public void write(int octet) throws IOException {
        out.write(octet);
    }

    @Override
    public void write(byte[] from, int offset, int count) throws IOException {
        out.write(from, offset, count);
    }

    @Override
    public void flush() throws IOException {
        out.flush();
    }

    @Override
    public void close() throws IOException {
        if (!closed) {
            closed = true;
            try (stream) {
                out.close();
            }
        }
    }

    /** The method is through. */
    void takenBack() {
        if (closed) {
            return;
        }
        closed = true;
        Promise<Void> told = stream.abort(Failure.failed("the method that was to write this stream did not close it"));
        told.then(done -> stream.loop().offload(() -> {
                    // It gives back its own reference, and has nobody to write to any more.
                    try (stream) {
                        out.close();
                    }
                    return Promise.nothing();
                }))
                .detach(failure -> LOG.log(Level.DEBUG, "a stream that was not closed could not be aborted", failure));
    }
}
