package dev.capstan.net.webtransport;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.Set;
import java.util.function.LongSupplier;

/**
 * Which clients were heard: a second connection of the same name is a repetition of what somebody has recorded.
 *
 * <p><b>Why the name tells.</b> A client draws the connection id that its first packets are sent to. The id is in the header of each packet, which is authenticated with it (RFC 9001 section 5.3), and who
 * has only recorded early data has no key to write it anew with another id. What is sent to one id reaches one connection of the server, so early data cannot be brought to another id's connection either.
 * An id that a Retry packet has given was chosen before by whoever asked for it, and is not trusted: after a Retry nothing is early, and the id that counts is the one before it, which is in the token.
 *
 * <p>A name is spent when something was heard early, and when a handshake is over: early data that was lost is said again then. It is kept for as long as the tickets live that its early data can have been
 * made with. While too many are kept nothing is taken early; and when one more had to be left out, not before the tickets of that time are dead. Belongs to the loop's thread.
 */
final class FirstFlights {
    private final LongSupplier nanoTime;
    private final long keptNanos;
    private final int most;
    private final ArrayDeque<Flight> oldestFirst = new ArrayDeque<>();
    private final Set<ByteBuffer> spent = new HashSet<>();
    private boolean isIncomplete;
    private long incompleteUntilNanos;

    private record Flight(ByteBuffer id, long untilNanos) {}

    FirstFlights(LongSupplier nanoTime, Duration kept, int most) {
        this.nanoTime = nanoTime;
        this.keptNanos = kept.toNanos();
        this.most = most;
    }

    /** Whether what comes early for {@code id} is certainly heard for the first time. */
    boolean isNew(byte[] id) {
        forget();
        return !isIncomplete && spent.size() < most && !spent.contains(ByteBuffer.wrap(id));
    }

    private void forget() {
        long now = nanoTime.getAsLong();
        for (Flight first = oldestFirst.peek();
                first != null && first.untilNanos() - now < 0;
                first = oldestFirst.peek()) {
            spent.remove(oldestFirst.remove().id());
        }
        isIncomplete = isIncomplete && incompleteUntilNanos - now >= 0;
    }

    /** The client of {@code id} was heard. */
    void spent(byte[] id) {
        forget();
        ByteBuffer key = ByteBuffer.wrap(id.clone());
        if (spent.contains(key)) {
            return;
        }
        long until = nanoTime.getAsLong() + keptNanos;
        if (spent.size() < most) {
            spent.add(key);
            oldestFirst.add(new Flight(key, until));
        } else {
            isIncomplete = true;
            incompleteUntilNanos = until;
        }
    }
}
