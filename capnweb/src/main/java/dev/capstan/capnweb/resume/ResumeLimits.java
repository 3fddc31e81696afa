package dev.capstan.capnweb.resume;

import java.time.Duration;

/**
 * What sessions that outlive their connections may cost, and for how long. Local: of these a server tells its clients {@link #grace} alone.
 *
 * @param keptBytes bytes of messages of one session that the peer has not acknowledged. While there is a connection the oldest are forgotten beyond it, and until the peer has acknowledged
 *     those the session cannot be resumed; while there is none the session ends. Stops a peer that acknowledges nothing from filling memory
 * @param keptBytesInAll the same for all sessions of a server together; sessions without a connection end for it, those first that have been without for longest. Stops many such peers
 * @param suspended sessions of a server without a connection; one more ends the one that has been without for longest. Stops peers that open sessions and go away
 * @param grace how long a server keeps a session without a connection. Stops what peers that are gone for good hold from being held for ever
 * @param away how long a client tries to come back before its session ends
 * @param tokenTime how long a token can be used. While there is a connection a new one is given at half of that time. Stops tokens that leak late
 * @param handshakeTime time from a new connection to the first message, or to its answer. Stops connections that say nothing
 * @param silence time after which a peer of which nothing was heard is asked for a sign of life, and time that it has to give one; then the connection counts as cut. A client takes no more than a quarter of its server's grace period for each. Stops connections
 *     whose other end is gone without a word
 * @param controlBytes bytes of one control message. Stops tokens and reasons without end
 */
public record ResumeLimits(
        long keptBytes,
        long keptBytesInAll,
        int suspended,
        Duration grace,
        Duration away,
        Duration tokenTime,
        Duration handshakeTime,
        Duration silence,
        int controlBytes) {
    /** 16 MiB for a session and 256 MiB for all, 1,000 suspended sessions for 30 seconds; clients try for two minutes; tokens last a day; 10 seconds to begin, 30 of silence; 4 KiB. */
    public static final ResumeLimits DEFAULT = new ResumeLimits(
            16 << 20,
            256 << 20,
            1_000,
            Duration.ofSeconds(30),
            Duration.ofMinutes(2),
            Duration.ofDays(1),
            Duration.ofSeconds(10),
            Duration.ofSeconds(30),
            4 << 10);

    /** Our own longest control message, a welcome, has some 250 bytes. */
    private static final int LEAST_CONTROL_BYTES = 512;

    /** Refuses limits that are not positive, and control messages in which no token has room. */
    public ResumeLimits {
        if (keptBytes < 1 || keptBytesInAll < 1 || suspended < 1) {
            throw new IllegalArgumentException("Limits are positive numbers.");
        }
        if (controlBytes < LEAST_CONTROL_BYTES) {
            throw new IllegalArgumentException("A control message needs " + LEAST_CONTROL_BYTES + " bytes.");
        }
        if (!grace.isPositive()
                || !away.isPositive()
                || !tokenTime.isPositive()
                || !handshakeTime.isPositive()
                || !silence.isPositive()) {
            throw new IllegalArgumentException("Limits of time are longer than nothing.");
        }
    }

    /** These limits with other bytes for one session, and for all. */
    public ResumeLimits withKeptBytes(long one, long all) {
        return new ResumeLimits(one, all, suspended, grace, away, tokenTime, handshakeTime, silence, controlBytes);
    }

    /** These limits with another number of suspended sessions. */
    public ResumeLimits withSuspended(int most) {
        return new ResumeLimits(
                keptBytes, keptBytesInAll, most, grace, away, tokenTime, handshakeTime, silence, controlBytes);
    }

    /** These limits with another grace period, and another time for a client to come back. */
    public ResumeLimits withGrace(Duration kept, Duration longestAway) {
        return new ResumeLimits(
                keptBytes,
                keptBytesInAll,
                suspended,
                kept,
                longestAway,
                tokenTime,
                handshakeTime,
                silence,
                controlBytes);
    }

    /** These limits with another time for tokens. */
    public ResumeLimits withTokenTime(Duration longest) {
        return new ResumeLimits(
                keptBytes, keptBytesInAll, suspended, grace, away, longest, handshakeTime, silence, controlBytes);
    }

    /** These limits with other times for a peer that says nothing: at the beginning, and later. */
    public ResumeLimits withSilence(Duration handshake, Duration later) {
        return new ResumeLimits(
                keptBytes, keptBytesInAll, suspended, grace, away, tokenTime, handshake, later, controlBytes);
    }

    /** These limits with another size of control messages, in bytes. */
    public ResumeLimits withControlBytes(int most) {
        return new ResumeLimits(
                keptBytes, keptBytesInAll, suspended, grace, away, tokenTime, handshakeTime, silence, most);
    }
}
