package dev.capstan.grpc;

import com.aayushatharva.brotli4j.Brotli4jLoader;
import com.aayushatharva.brotli4j.encoder.BrotliOutputStream;
import com.aayushatharva.brotli4j.encoder.Encoder;
import io.airlift.compress.v3.snappy.SnappyCompressor;
import io.airlift.compress.v3.snappy.SnappyDecompressor;
import io.airlift.compress.v3.snappy.SnappyFramedOutputStream;
import io.airlift.compress.v3.snappy.SnappyJavaCompressor;
import io.airlift.compress.v3.snappy.SnappyJavaDecompressor;
import io.airlift.compress.v3.zstd.ZstdInputStream;
import io.airlift.compress.v3.zstd.ZstdJavaCompressor;
import io.grpc.Codec;
import io.grpc.Compressor;
import io.grpc.CompressorRegistry;
import io.grpc.Decompressor;
import io.grpc.DecompressorRegistry;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import java.util.zip.InflaterInputStream;
import org.brotli.dec.BrotliInputStream;

/**
 * The encodings of messages that there are libraries for, under the names that other implementations have for them: {@code gzip} and {@code deflate} (with the header of zlib) always;
 * {@code zstd} and {@code snappy} (with its framing) if {@code io.airlift:aircompressor-v3} is on the class path; {@code br} for reading with {@code org.brotli:dec}, and for writing with
 * {@code com.aayushatharva.brotli4j:brotli4j} and its natives. Clients and servers have all of them unless they are told others.
 *
 * <p>What they decompress is read piece by piece, so that whoever reads decides how much: servers and clients stop at {@link Limits#inboundMessageBytes}. No encoding takes memory for what
 * a message only announces.
 */
public final class MessageEncodings {
    /** Of eleven: what is gained beyond this takes far longer than sending it. */
    private static final int BROTLI_QUALITY = 5;

    private MessageEncodings() {}

    /** What messages can be compressed with; a new registry, which the caller may add to. */
    public static CompressorRegistry compressors() {
        CompressorRegistry registry = CompressorRegistry.newEmptyInstance();
        registry.register(Codec.Identity.NONE);
        all().forEach(registry::register);
        present(() -> Brotli.compressor()).forEach(registry::register);
        return registry;
    }

    /** What messages can be decompressed with, all of which the other side is told. */
    public static DecompressorRegistry decompressors() {
        DecompressorRegistry registry = DecompressorRegistry.emptyInstance().with(Codec.Identity.NONE, false);
        for (Decompressor each : all()) {
            registry = registry.with(each, true);
        }
        for (Decompressor each : present(() -> Brotli.decompressor())) {
            registry = registry.with(each, true);
        }
        return registry;
    }

    private static List<Coded> all() {
        List<Coded> all = new ArrayList<>();
        all.add(new Coded("gzip", GZIPInputStream::new, GZIPOutputStream::new));
        all.add(new Coded("deflate", InflaterInputStream::new, DeflaterOutputStream::new));
        all.addAll(present(() -> Airlift.codecs()));
        return all;
    }

    /** What {@code library} gives, a lambda, since a reference to a method needs the library already where it is written. */
    private static <T> List<T> present(Supplier<List<T>> library) {
        try {
            return library.get();
        } catch (NoClassDefFoundError e) {
            return List.of(); // The library is not there, so what it does is not offered.
        }
    }

    private interface Reading {
        InputStream of(InputStream compressed) throws IOException;
    }

    private interface Writing {
        OutputStream to(OutputStream compressed) throws IOException;
    }

    private record Coded(String name, Reading reading, Writing writing) implements Codec {
        @Override
        public String getMessageEncoding() {
            return name;
        }

        @Override
        public InputStream decompress(InputStream compressed) {
            return new Decompressed(compressed, reading);
        }

        @Override
        public OutputStream compress(OutputStream compressed) throws IOException {
            return writing.to(compressed);
        }
    }

    /** Begins to decompress when it is read, so that a bad message fails there, and always with IOException. */
    private static final class Decompressed extends InputStream {
        private final InputStream compressed;
        private final Reading reading;
        private InputStream open = InputStream.nullInputStream();
        private boolean begun;

        Decompressed(InputStream compressed, Reading reading) {
            this.compressed = compressed;
            this.reading = reading;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] array, int offset, int length) throws IOException {
            try {
                if (!begun) {
                    begun = true;
                    open = reading.of(compressed);
                }
                return open.read(array, offset, length);
            } catch (RuntimeException e) {
                throw new IOException("the compressed bytes are malformed", e);
            }
        }

        @Override
        public void close() throws IOException {
            try {
                open.close();
            } finally {
                compressed.close();
            }
        }
    }

    /** What needs aircompressor. */
    private static final class Airlift {
        private Airlift() {}

        static List<Coded> codecs() {
            SnappyCompressor compressor = new SnappyJavaCompressor();
            SnappyDecompressor decompressor = new SnappyJavaDecompressor();
            return List.of(
                    new Coded("zstd", ZstdInputStream::new, ZstdMessage::new),
                    new Coded(
                            "snappy",
                            in -> new SnappyFrames(in, decompressor),
                            out -> new SnappyFramedOutputStream(compressor, out)));
        }
    }

    /** Compressed as a whole when it is closed: the library's stream takes more than a megabyte for each message. */
    private static final class ZstdMessage extends ByteArrayOutputStream {
        private final OutputStream out;
        private boolean closed;

        ZstdMessage(OutputStream out) {
            this.out = out;
        }

        @Override
        public void close() throws IOException {
            if (!closed) {
                closed = true;
                ZstdJavaCompressor compressor = new ZstdJavaCompressor();
                byte[] compressed = new byte[compressor.maxCompressedLength(count)];
                out.write(compressed, 0, compressor.compress(buf, 0, count, compressed, 0, compressed.length));
                out.close();
            }
        }
    }

    /** What needs the libraries of Brotli, of which one may be there without the other. */
    private static final class Brotli {
        private static final String NAME = "br";

        private Brotli() {}

        static List<Decompressor> decompressor() {
            // A reference to the constructor, unlike a lambda, needs the library here and not with the first message.
            return List.of(new Coded(NAME, BrotliInputStream::new, out -> out));
        }

        static List<Compressor> compressor() {
            if (!Brotli4jLoader.isAvailable()) {
                return List.of();
            }
            Encoder.Parameters parameters = Encoder.Parameters.create(BROTLI_QUALITY);
            return List.of(new Coded(NAME, in -> in, out -> new BrotliOutputStream(out, parameters)));
        }
    }
}
