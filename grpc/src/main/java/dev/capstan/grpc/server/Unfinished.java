package dev.capstan.grpc.server;

import dev.capstan.grpc.MessageReader;
import io.grpc.Status;
import java.util.IdentityHashMap;

/**
 * Bytes that the calls of each connection hold of messages that have not come to their end. Belongs to the loop.
 *
 * <p>Holding windows back instead would stop calls that could go on: the window of a connection is shared, and soon full of what waits for others.
 */
final class Unfinished {
    private final long limit;
    private final IdentityHashMap<Object, Long> bytes = new IdentityHashMap<>();

    /** A call gets no more memory while the others of its connection hold more than {@code limit} bytes. */
    Unfinished(long limit) {
        this.limit = limit;
    }

    /** What the readers of {@code connection}, which is known by identity, tell. */
    MessageReader.Memory of(Object connection) {
        return (before, now) -> changed(connection, before, now);
    }

    /**
     * A call of {@code connection} holds {@code now} bytes instead of {@code before}.
     *
     * @throws io.grpc.StatusRuntimeException RESOURCE_EXHAUSTED if that is more, and the others hold too much
     */
    private void changed(Object connection, int before, int now) {
        long all = bytes.getOrDefault(connection, 0L);
        if (now > before && all - before > limit) {
            throw Status.RESOURCE_EXHAUSTED
                    .withDescription("the other calls of this connection hold " + (all - before)
                            + " bytes of messages that have not come to their end, and the limit is " + limit
                            + ": send fewer long messages at a time, use another connection, or raise unfinishedBytes")
                    .asRuntimeException();
        }
        if (all - before + now == 0) {
            bytes.remove(connection);
        } else {
            bytes.put(connection, all - before + now);
        }
    }

    /** Connections that hold anything. */
    int connections() {
        return bytes.size();
    }
}
