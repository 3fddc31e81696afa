package dev.capstan.capnweb;

import dev.capstan.async.Loop;
import dev.capstan.async.Promise;
import dev.capstan.cap.Failure;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;

/** Bytes into an output stream. It blocks, so it is written on threads outside of the loop; it is closed at the end, and when that does not come. */
final class OutputStreamSink implements Writable.Sink {
    private static final Logger LOG = System.getLogger(OutputStreamSink.class.getName());

    private final Loop loop;
    private final OutputStream out;

    OutputStreamSink(Loop loop, OutputStream out) {
        this.loop = loop;
        this.out = out;
    }

    @Override
    public Promise<Void> write(Readable.Chunk chunk) {
        byte[] bytes;
        try {
            bytes = chunk.bytes();
        } catch (Failure e) {
            abort(e);
            throw e;
        }
        return loop.offload(() -> {
            try {
                out.write(bytes);
            } catch (Throwable e) {
                closeAfter(e);
                throw e;
            }
            return Promise.nothing();
        });
    }

    private void closeAfter(Throwable cause) {
        try {
            out.close();
        } catch (IOException e) {
            cause.addSuppressed(e);
        }
    }

    @Override
    public Promise<Void> end() {
        return loop.offload(() -> {
            out.close();
            return Promise.nothing();
        });
    }

    @Override
    public void abort(Failure reason) {
        end().detach(failure ->
                LOG.log(Level.WARNING, "an output stream that is not complete cannot be closed", failure));
    }
}
