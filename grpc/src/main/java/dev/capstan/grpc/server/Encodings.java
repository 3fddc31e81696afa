package dev.capstan.grpc.server;

import io.grpc.Codec;
import io.grpc.Compressor;
import io.grpc.CompressorRegistry;
import io.grpc.Decompressor;
import io.grpc.DecompressorRegistry;
import io.grpc.Status;
import java.util.Arrays;
import java.util.List;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** How the messages of one call may be compressed, by what the server knows and the client says. */
final class Encodings {
    private static final String IDENTITY = Codec.Identity.NONE.getMessageEncoding();

    private final CompressorRegistry compressors;
    private final String accepted;
    private final @Nullable Decompressor ofRequests;
    private final List<String> acceptedByClient;

    private Encodings(
            CompressorRegistry compressors,
            String accepted,
            @Nullable Decompressor ofRequests,
            List<String> acceptedByClient) {
        this.compressors = compressors;
        this.accepted = accepted;
        this.ofRequests = ofRequests;
        this.acceptedByClient = acceptedByClient;
    }

    /**
     * By the client's headers {@code grpc-encoding} and {@code grpc-accept-encoding}.
     *
     * @throws io.grpc.StatusRuntimeException UNIMPLEMENTED if it uses one that is not known here
     */
    static Encodings of(
            CompressorRegistry compressors,
            DecompressorRegistry decompressors,
            @Nullable String used,
            @Nullable String accepts) {
        String known = accepted(decompressors);
        Decompressor by = null;
        if (used != null && !used.equals(IDENTITY)) {
            by = decompressors.lookupDecompressor(used);
            if (by == null) {
                throw Status.UNIMPLEMENTED
                        .withDescription(
                                "messages compressed with '" + used + "' cannot be read here; use one of " + known)
                        .asRuntimeException();
            }
        }
        List<String> theirs = accepts == null
                ? List.of()
                : Arrays.stream(accepts.split(",", -1)).map(String::strip).toList();
        return new Encodings(compressors, known, by, theirs);
    }

    /** What the server can read, as a header has it. */
    static String accepted(DecompressorRegistry decompressors) {
        return String.join(",", new TreeSet<>(decompressors.getAdvertisedMessageEncodings()));
    }

    String accepted() {
        return accepted;
    }

    /** Null if the client compresses nothing. */
    @Nullable
    Decompressor ofRequests() {
        return ofRequests;
    }

    /**
     * What compresses answers; null if nothing is to, or the client could not read them.
     *
     * @throws IllegalArgumentException if there is none of this name
     */
    @Nullable
    Compressor ofAnswers(String name) {
        if (name.equals(IDENTITY)) {
            return null;
        }
        Compressor compressor = compressors.lookupCompressor(name);
        if (compressor == null) {
            throw new IllegalArgumentException("there is no compressor '" + name + "': register it with the server");
        }
        return acceptedByClient.contains(name) ? compressor : null;
    }
}
