package dev.capstan.grpc.server;

import io.grpc.Codec;
import io.grpc.Compressor;
import io.grpc.CompressorRegistry;
import io.grpc.Decompressor;
import io.grpc.DecompressorRegistry;
import io.grpc.Status;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** How messages may be compressed, by what the server knows and a client says. */
final class Encodings {
    private static final String IDENTITY = Codec.Identity.NONE.getMessageEncoding();

    private final CompressorRegistry compressors;
    private final DecompressorRegistry decompressors;
    private final String accepted;

    Encodings(CompressorRegistry compressors, DecompressorRegistry decompressors) {
        this.compressors = compressors;
        this.decompressors = decompressors;
        this.accepted = String.join(",", new TreeSet<>(decompressors.getAdvertisedMessageEncodings()));
    }

    /** What the server can read, as a header has it. */
    String accepted() {
        return accepted;
    }

    /**
     * By the client's header {@code grpc-encoding}; null if it compresses nothing.
     *
     * @throws io.grpc.StatusRuntimeException UNIMPLEMENTED if it is not known here
     */
    @Nullable
    Decompressor ofRequests(@Nullable String used) {
        if (used == null || used.equals(IDENTITY)) {
            return null;
        }
        Decompressor by = decompressors.lookupDecompressor(used);
        if (by == null) {
            throw Status.UNIMPLEMENTED
                    .withDescription(
                            "messages compressed with '" + used + "' cannot be read here; use one of " + accepted)
                    .asRuntimeException();
        }
        return by;
    }

    /**
     * What compresses answers, by the client's header {@code grpc-accept-encoding}; null if nothing is to, or the client could not read them.
     *
     * @throws IllegalArgumentException if there is none of this name
     */
    @Nullable
    Compressor ofAnswers(String name, @Nullable String accepts) {
        if (name.equals(IDENTITY)) {
            return null;
        }
        Compressor compressor = compressors.lookupCompressor(name);
        if (compressor == null) {
            throw new IllegalArgumentException("there is no compressor '" + name + "': register it with the server");
        }
        if (accepts != null) {
            for (String each : accepts.split(",", -1)) {
                if (each.strip().equals(name)) {
                    return compressor;
                }
            }
        }
        return null;
    }
}
