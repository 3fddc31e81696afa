package dev.capstan.gateway.console;

import dev.capstan.cap.Cap;
import dev.capstan.capnweb.bind.Remote;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** What a page may call that has shown a token. Times are milliseconds, durations of calls microseconds. */
@Remote
interface ConsoleApi {
    /** A token to come back with, as often as the page likes, as long as the program runs. What has "token" in its name is shown by no trace. */
    String sessionToken();

    /** A link's token for somebody else, or for another window: it can be used once. */
    String invitationToken();

    /** Calls {@code listener} now and each second, until what is returned is closed. */
    Watch watch(Consumer<Overview> listener);

    /** The last two minutes, second by second, oldest first. */
    List<Point> history();

    /** Those that began first, and no more than {@link Ledger#SHOWN}. */
    List<SessionRow> sessions();

    /** What peers hold of ours and we of theirs: oldest first, and no more than {@link Ledger#SHOWN}. */
    List<CapabilityRow> capabilities();

    /** The last calls, oldest first. */
    Calls calls();

    List<LimitRow> limits();

    List<Description.Service> services();

    /** The object that is served under that name. */
    Cap service(String name);

    /** Cuts the connection of a session; false if it is gone already. */
    boolean kill(long session);

    /** Ends when it is closed, or its session is over. */
    @Remote
    interface Watch extends AutoCloseable {
        @Override
        void close();
    }

    /**
     * A second of traffic.
     *
     * @param calls that ended in it
     * @param errors of those
     * @param p50 median of their durations; 0 without calls
     * @param p99 its 99th percentile
     */
    record Point(int calls, int errors, double p50, double p99) {}

    /**
     * A wire and its traffic.
     *
     * @param latest the last second that is over, and durations of the last ten
     */
    record Wire(String name, int sessions, int inFlight, long calls, long errors, Point latest) {}

    /**
     * All at a glance.
     *
     * @param second counts up by one for each second of the server, so that a page sees what it has missed
     */
    record Overview(
            long second,
            double upMillis,
            int sessions,
            int inFlight,
            int capabilities,
            long queuedBytes,
            long calls,
            long errors,
            Point latest,
            List<Wire> wires) {}

    /**
     * A session and the sizes of its tables.
     *
     * @param window bytes that may be on their way without being acknowledged; 0 if it is not known
     */
    record SessionRow(
            long id,
            String wire,
            String peer,
            boolean incoming,
            double ageMillis,
            long calls,
            long errors,
            int questions,
            int answers,
            int exports,
            int imports,
            long queuedBytes,
            long window) {}

    /**
     * A capability that crossed a wire and was not released.
     *
     * @param session who holds it, or from whom it is held
     * @param exported whether the peer holds ours; otherwise we hold the peer's
     * @param references how often it was given and not released
     */
    record CapabilityRow(
            long session,
            String wire,
            String peer,
            boolean exported,
            long id,
            String type,
            long references,
            double ageMillis) {}

    /**
     * A call that runs, or has ended.
     *
     * @param parent the call in whose result this one was made before it was there; 0 if there is none
     * @param beganMillis on the clock of {@link Calls#nowMillis}
     * @param endedMillis null while it runs
     * @param failure why it failed; empty if it did not
     */
    record CallRow(
            long id,
            long parent,
            long session,
            String wire,
            boolean incoming,
            String method,
            double beganMillis,
            @Nullable Double endedMillis,
            String failure) {}

    record Calls(double nowMillis, List<CallRow> rows) {}

    /**
     * A limit.
     *
     * @param group what has it, such as {@code capnweb}
     * @param name with dots between the names of nested ones
     * @param configured as text, with its unit if it is no number
     * @param value the same as a number; null if it is none
     * @param peak the most that was seen; null if nobody looks at it
     */
    record LimitRow(
            String group,
            String name,
            String configured,
            @Nullable Double value,
            @Nullable Double peak) {}
}
