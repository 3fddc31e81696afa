package dev.capstan.grpc.telemetry;

import io.grpc.Metadata;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.TraceFlags;
import io.opentelemetry.api.trace.TraceState;
import java.nio.ByteBuffer;
import java.util.HexFormat;

/**
 * A span's identity in {@code grpc-trace-bin}, the binary form of OpenCensus: version 0; field 0, a trace id of 16 bytes; field 1, a span id of 8; field 2, a byte of flags. Each field is
 * led by its number, and fields that are not known end it.
 */
final class TraceBin {
    static final Metadata.Key<byte[]> KEY = Metadata.Key.of("grpc-trace-bin", Metadata.BINARY_BYTE_MARSHALLER);

    private static final int BYTES = 29;

    private TraceBin() {}

    static byte[] of(SpanContext span) {
        return ByteBuffer.allocate(BYTES)
                .put((byte) 0)
                .put((byte) 0)
                .put(span.getTraceIdBytes())
                .put((byte) 1)
                .put(span.getSpanIdBytes())
                .put((byte) 2)
                .put(span.getTraceFlags().asByte())
                .array();
    }

    /** The span that {@code value} names; the invalid one if it names none. */
    static SpanContext parse(byte[] value) {
        ByteBuffer left = ByteBuffer.wrap(value);
        if (!left.hasRemaining() || left.get() != 0) {
            return SpanContext.getInvalid();
        }
        String trace = field(left, 0, 16);
        String span = field(left, 1, 8);
        String flags = field(left, 2, 1);
        return SpanContext.createFromRemoteParent(
                trace,
                span,
                flags.isEmpty() ? TraceFlags.getDefault() : TraceFlags.fromHex(flags, 0),
                TraceState.getDefault());
    }

    /** In hexadecimal; empty if it does not come next. */
    private static String field(ByteBuffer from, int number, int length) {
        if (from.remaining() <= length || from.get(from.position()) != number) {
            return "";
        }
        from.get();
        byte[] bytes = new byte[length];
        from.get(bytes);
        return HexFormat.of().formatHex(bytes);
    }
}
