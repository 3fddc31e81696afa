package dev.capstan.capnweb;

import dev.capstan.async.ByteStream;
import dev.capstan.async.Loop;
import dev.capstan.async.Promise;
import dev.capstan.cap.Failure;
import java.io.IOException;
import java.util.Arrays;

/** What arrives on a connection: it is held back while more is here than one would read at a time. */
final class ByteStreamSource implements ChunkSource, ByteStream.Receiver {
    private final ByteStream stream;
    private final Pipe pipe;
    private long heldBytes;

    ByteStreamSource(Loop loop, ByteStream stream) {
        this.stream = stream;
        this.pipe = new Pipe(loop);
        stream.start(this);
    }

    @Override
    public void received(byte[] array, int offset, int length) {
        heldBytes += length;
        if (heldBytes >= BytesSource.PIECE_BYTES) {
            stream.pause();
        }
        pipe.write(Arrays.copyOfRange(array, offset, offset + length)).listen(pipe.loop(), (taken, failure) -> {
            if (failure == null) {
                taken(length);
            }
        });
    }

    private void taken(int length) {
        boolean held = heldBytes >= BytesSource.PIECE_BYTES;
        heldBytes -= length;
        if (held && heldBytes < BytesSource.PIECE_BYTES) {
            stream.resume();
        }
    }

    @Override
    public void ended() {
        pipe.end().listen(pipe.loop(), (taken, failure) -> {});
    }

    @Override
    public void failed(Throwable cause) {
        pipe.abort(Failure.of(cause).as(Failure.Kind.DISCONNECTED)).listen(pipe.loop(), (told, failure) -> {});
    }

    @Override
    public Promise<Readable.Chunk> next() {
        return pipe.next();
    }

    @Override
    public void cancel(Failure reason) {
        pipe.cancel(reason);
        stream.abort(new IOException("nobody reads what arrives here", reason));
    }
}
