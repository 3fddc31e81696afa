package dev.capstan.cap;

import org.jspecify.annotations.Nullable;

/**
 * What an {@link Observer} makes for a call that it wants to hear of. Of {@link #ended} and {@link #cancelled} one comes, once, on the loop's thread of the session.
 */
public interface CallWatch {
    /** Wants to hear nothing. */
    CallWatch NONE = new CallWatch() {};

    /**
     * The call was answered. Of one whose caller wants the effect and not the answer, it is over.
     *
     * @param failure what was answered; null if results were, or if nobody asked
     * @param bytes of the message with the answer, as far as it is known; else 0
     */
    default void ended(@Nullable Failure failure, long bytes) {}

    /** The caller has given the call up before it was answered; what it does may go on. */
    default void cancelled() {}

    /**
     * Of an outgoing call in a session that {@linkplain SessionWatch#carries carries} such, a text of at most {@value ObservedCall#MOST_CARRIED} visible ASCII characters that travels with it; null
     * for none. Asked once, right after {@link SessionWatch#began}.
     */
    default @Nullable String carried() {
        return null;
    }

    /** Code that runs for this call is about to run on this thread, which may be any; until the result is closed, on the same thread. May be nested. */
    default Running running() {
        return Running.NOTHING;
    }

    /** The time in which code runs for a call. */
    @FunctionalInterface
    interface Running extends AutoCloseable {
        /** Nothing to end. */
        Running NOTHING = () -> {};

        @Override
        void close();
    }
}
