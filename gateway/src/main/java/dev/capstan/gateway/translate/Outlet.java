package dev.capstan.gateway.translate;

import dev.capstan.capnp.dynamic.StructSchema;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An interface that is a stream and nothing else, which JavaScript has as a {@code WritableStream}.
 *
 * @param write takes a chunk, its only parameter
 * @param end takes nothing and gives nothing
 */
record Outlet(Methods.Entry write, Methods.Entry end) {
    /** {@code ByteStream} of Cap'n Proto's own schemas: what else it has serves to shorten paths, and nothing is lost without. */
    private static final long BYTE_STREAM = 0x8f5d14e1c273738dL;

    private static final List<String> ENDS = List.of("end", "close", "done");

    /** What {@code methods} have of that; null if they are something else, or more. */
    static @Nullable Outlet of(long interfaceId, Collection<Methods.Entry> methods) {
        Methods.Entry write = null;
        Methods.Entry end = null;
        for (Methods.Entry method : methods) {
            List<StructSchema.Field> params = method.params().fields();
            if (method.isStreaming()
                    && write == null
                    && params.size() == 1
                    && !params.getFirst().isGroup()) {
                write = method;
            } else if (ENDS.contains(method.name())
                    && end == null
                    && !method.isStreaming()
                    && params.isEmpty()
                    && method.results().fields().isEmpty()) {
                end = method;
            } else if (interfaceId != BYTE_STREAM) {
                return null;
            }
        }
        return write == null || end == null ? null : new Outlet(write, end);
    }
}
