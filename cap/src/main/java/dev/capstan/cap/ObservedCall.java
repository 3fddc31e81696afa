package dev.capstan.cap;

import org.jspecify.annotations.Nullable;

/**
 * A call as an {@link Observer} sees it. A value.
 *
 * @param direction whose call it is
 * @param method what is called; of gRPC a member whose path is the full name of the service and the name of the method. What a peer calls need not exist
 * @param id of the question in the table of whoever asks, from 0; several calls may have one id if they came in one message. Of gRPC a number that the session counts up
 * @param parent the question in whose result the target is a place, so that the call went ahead of that answer; -1 if none
 * @param bytes of the message, as far as it was written when this was made; of gRPC 0, as the request is still to come
 * @param carried the {@link CallWatch#carried} of the peer's watch, unchecked but for its length and characters; null if nothing came, and for outgoing calls
 */
public record ObservedCall(
        Direction direction,
        Method method,
        long id,
        long parent,
        long bytes,
        @Nullable String carried) {
    /** Longest text that travels with a call: a {@code traceparent} has 55 characters. Stops peers that would have us keep and log long ones. */
    public static final int MOST_CARRIED = 128;

    /** Whose call it is. */
    public enum Direction {
        /** One of the peer's, of something of ours. */
        INCOMING,
        /** One of ours, of something of the peer's. */
        OUTGOING
    }

    /** What a peer has sent to travel with a call, if it is such a text; else null. */
    public static @Nullable String carried(@Nullable String said) {
        return said != null
                        && !said.isEmpty()
                        && said.length() <= MOST_CARRIED
                        && said.chars().allMatch(each -> each > ' ' && each <= '~')
                ? said
                : null;
    }
}
