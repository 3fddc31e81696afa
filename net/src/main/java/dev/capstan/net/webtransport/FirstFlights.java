package dev.capstan.net.webtransport;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.Set;
import java.util.function.LongSupplier;

/**
 * Which connections have said something early: a second one of the same name is a repetition of what somebody has recorded.
 *
 * <p><b>Why the name tells.</b> A client draws the connection id that its first packets are sent to. The id is in the header of each packet, which is authenticated with it (RFC 9001 section 5.3), and who
 * has only recorded early data has no key to write it anew with another id. What is sent to one id reaches one connection of the server, so early data cannot be brought to another id's connection either.
 * An id that a Retry packet has given was chosen before by whoever asked for it, and is not trusted: after a Retry nothing is early.
 *
 * <p>An id is kept for as long as the tickets live that its early data can have been made with. When too many are kept, nothing is taken early. Belongs to the loop's thread.
 */
final class FirstFlights {
    private final LongSupplier nanoTime;
    private final long keptNanos;
    private final int most;
    private final ArrayDeque<Flight> oldestFirst = new ArrayDeque<>();
    private final Set<ByteBuffer> spent = new HashSet<>();

    private record Flight(ByteBuffer id, long untilNanos) {}

    FirstFlights(LongSupplier nanoTime, Duration kept, int most) {
        this.nanoTime = nanoTime;
        this.keptNanos = kept.toNanos();
        this.most = most;
    }

    /** Whether what comes early for {@code id} is certainly heard for the first time. */
    boolean isNew(byte[] id) {
        long now = nanoTime.getAsLong();
        for (Flight first = oldestFirst.peek();
                first != null && first.untilNanos() - now < 0;
                first = oldestFirst.peek()) {
            spent.remove(oldestFirst.remove().id());
        }
        return spent.size() < most && !spent.contains(ByteBuffer.wrap(id));
    }

    /** Something was heard early for {@code id}. */
    void spent(byte[] id) {
        ByteBuffer key = ByteBuffer.wrap(id.clone());
        if (spent.add(key)) {
            oldestFirst.add(new Flight(key, nanoTime.getAsLong() + keptNanos));
        }
    }
}
