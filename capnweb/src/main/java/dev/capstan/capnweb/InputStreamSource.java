package dev.capstan.capnweb;

import dev.capstan.async.Loop;
import dev.capstan.async.Promise;
import dev.capstan.cap.Failure;
import java.io.InputStream;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.Arrays;

/** The bytes of an input stream. It blocks, so it is read on a thread outside of the loop; it is closed when nobody reads any more. */
final class InputStreamSource implements ChunkSource {
    private static final Logger LOG = System.getLogger(InputStreamSource.class.getName());

    private final Loop loop;
    private final InputStream in;

    InputStreamSource(Loop loop, InputStream in) {
        this.loop = loop;
        this.in = in;
    }

    @Override
    public Promise<Readable.Chunk> next() {
        return loop.offload(() -> {
            byte[] buffer = new byte[BytesSource.PIECE_BYTES];
            int length = in.read(buffer);
            if (length < 0) {
                in.close();
                return Readable.Chunk.end();
            }
            return Readable.Chunk.of(length == buffer.length ? buffer : Arrays.copyOf(buffer, length));
        });
    }

    @Override
    public void cancel(Failure reason) {
        loop.offload(() -> {
                    in.close();
                    return Promise.nothing();
                })
                .detach(failure ->
                        LOG.log(Level.WARNING, "an input stream that nobody reads cannot be closed", failure));
    }
}
