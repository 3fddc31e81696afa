package dev.capstan.grpc;

import com.google.protobuf.MessageLite;
import io.grpc.KnownLength;
import java.io.IOException;
import java.io.InputStream;

/** How long messages are, as far as that can be told without writing them. */
public final class MessageSize {
    private MessageSize() {}

    /** Bytes of {@code message} before compression: a message of Protocol Buffers, an array of bytes, or a stream of a known length; -1 for all others. */
    public static long of(Object message) {
        return switch (message) {
            case MessageLite lite -> lite.getSerializedSize();
            case byte[] bytes -> bytes.length;
            case InputStream stream when stream instanceof KnownLength -> available(stream);
            default -> -1;
        };
    }

    private static long available(InputStream stream) {
        try {
            return stream.available();
        } catch (IOException e) {
            return -1; // Whoever reads it is told.
        }
    }
}
