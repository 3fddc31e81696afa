package dev.capstan.cap;

import dev.capstan.async.Loop;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.function.ToLongFunction;

/**
 * A session as an {@link Observer} sees it. Valid from {@link Observer#began} until {@link SessionWatch#ended}; asked later, its tables are empty. It is compared by identity. Everything is on the
 * loop's thread but {@link #wire}, {@link #origin}, {@link #loop} and {@link #close}, which any thread may use.
 */
public interface ObservedSession {
    /** {@code capnp}, {@code capnweb} or {@code grpc}. */
    String wire();

    /** Who is at the other end. */
    Origin origin();

    /** Where the session lives. */
    Loop loop();

    /** How long ago it began. */
    Duration age();

    /** How much there is now. */
    Counts counts();

    /** Capabilities of ours that the peer holds, those first that it has held longest; at most {@code most} of them. */
    List<Held> exports(int most);

    /** Capabilities of the peer's that we hold, those first that we have held longest; at most {@code most} of them. */
    List<Held> imports(int most);

    /** Ends the session: what is open fails with {@code why}, as DISCONNECTED. */
    void close(Failure why);

    /**
     * Where a session comes from.
     *
     * @param opened who has connected
     * @param peer its address, or what else is known of it; for people, and empty if nothing is known
     */
    record Origin(Side opened, String peer) {
        /** Nothing is known. */
        public static final Origin UNKNOWN = new Origin(Side.UNKNOWN, "");

        /** We have connected to {@code peer}. */
        public static Origin to(String peer) {
            return new Origin(Side.HERE, peer);
        }

        /** {@code peer} has connected to us. */
        public static Origin from(String peer) {
            return new Origin(Side.PEER, peer);
        }
    }

    /** One of two sides. */
    enum Side {
        /** This one. */
        HERE,
        /** The other one. */
        PEER,
        /** Nobody has told. */
        UNKNOWN
    }

    /**
     * Sizes of tables and queues. What a wire does not have is 0.
     *
     * @param questions calls of ours that are not forgotten
     * @param answers calls of the peer that are not forgotten
     * @param imports capabilities of the peer that we hold
     * @param exports capabilities of ours that the peer holds
     * @param embargoes paths that are being shortened
     * @param queuedBytes bytes that wait to be written
     * @param sentBytes bytes of messages that were sent since the session began
     * @param receivedBytes bytes of messages that came since then
     * @param streams streams of calls of ours that have a window
     * @param windowBytes the largest of these windows
     * @param inFlightBytes bytes of such streams that are not acknowledged, all together
     */
    record Counts(
            int questions,
            int answers,
            int imports,
            int exports,
            int embargoes,
            long queuedBytes,
            long sentBytes,
            long receivedBytes,
            int streams,
            long windowBytes,
            long inFlightBytes) {}

    /**
     * A capability in a table.
     *
     * @param id in the table
     * @param references how many of them its holder has to give back
     * @param what kind of thing it is: the class of an object, or a word such as {@code promise}; for people
     * @param age how long it has been held
     */
    record Held(long id, long references, String what, Duration age) {
        /** The {@code most} entries of a table with the greatest ages, those first, of one age as they stand there. Asks each entry for its age once and sorts only what it gives: tables may be large. */
        public static <E> List<E> oldest(Iterable<? extends E> table, int most, ToLongFunction<? super E> age) {
            record Aged<E>(E entry, long age, int place) {}
            Comparator<Aged<E>> youngestFirst =
                    Comparator.<Aged<E>>comparingLong(Aged::age).thenComparing(Aged::place, Comparator.reverseOrder());
            PriorityQueue<Aged<E>> oldest = new PriorityQueue<>(youngestFirst);
            int place = 0;
            for (E each : table) {
                long of = age.applyAsLong(each);
                Aged<E> youngest = oldest.peek();
                if (oldest.size() < most) {
                    oldest.add(new Aged<>(each, of, place));
                } else if (youngest != null && youngest.age() < of) {
                    oldest.poll();
                    oldest.add(new Aged<>(each, of, place));
                }
                place++;
            }
            return oldest.stream()
                    .sorted(youngestFirst.reversed())
                    .map(Aged::entry)
                    .toList();
        }

        /** What {@code cap} is, for people. */
        public static String what(Cap cap) {
            Cap inner = cap.innermost();
            return switch (inner) {
                case LocalCap local
                when local.target() instanceof Target.Wrapper wrapper ->
                    wrapper.wrapped().getClass().getName();
                case LocalCap local -> local.target().getClass().getName();
                case QueuedCap queued -> "promise";
                case BrokenCap broken -> "broken";
                default -> inner.toString();
            };
        }
    }
}
