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
    private final IdentityHashMap<Object, Share> shares = new IdentityHashMap<>();

    /** A call gets no more memory while the others of its connection hold more than {@code limit} bytes. */
    Unfinished(long limit) {
        this.limit = limit;
    }

    /** What the reader of a call of {@code connection}, which is known by identity, tells from now on; until {@link #leave}, when it holds nothing any more. */
    MessageReader.Memory enter(Object connection) {
        Share share = shares.computeIfAbsent(connection, same -> new Share());
        share.calls++;
        return share;
    }

    /** A call that has entered is over. */
    void leave(Object connection) {
        shares.computeIfPresent(connection, (same, share) -> --share.calls == 0 ? null : share);
    }

    /** Connections that have calls. */
    int connections() {
        return shares.size();
    }

    /** What one connection has: found once for each call, since it changes with each message. */
    private final class Share implements MessageReader.Memory {
        private int calls;
        private long bytes;

        /** @throws io.grpc.StatusRuntimeException RESOURCE_EXHAUSTED if that is more, and the others hold too much */
        @Override
        public void changed(int before, int now) {
            long others = bytes - before;
            if (now > before && others > limit) {
                throw Status.RESOURCE_EXHAUSTED
                        .withDescription(
                                "the other calls of this connection hold " + others
                                        + " bytes of messages that have not come to their end, and the limit is "
                                        + limit
                                        + ": send fewer long messages at a time, use another connection, or raise unfinishedBytes")
                        .asRuntimeException();
            }
            bytes = others + now;
        }
    }
}
