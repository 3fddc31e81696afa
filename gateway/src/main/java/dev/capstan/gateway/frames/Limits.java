package dev.capstan.gateway.frames;

import java.time.Duration;

/**
 * What decoding one connection may cost. What is beyond them is passed on by a relay as everything else, but shown by its size alone.
 *
 * @param messageBytes of a message that is decoded, at least 1. Stops announced lengths from filling memory.
 * @param headBytes of the head of an HTTP message, at least 1. Stops heads without end.
 * @param texts characters of what is told of a frame's content, at least 1. Stops small messages that stand for much, such as lists of nothing.
 * @param names calls of each direction whose methods are remembered for their answers, at least 1. Stops calls that are never answered.
 * @param streams of HTTP/2 that are followed at once, at least 1. Stops streams that never end.
 * @param aheadBytes that a relay holds for a side that does not read, above which it reads nothing more for it, at least 1. Stops slow readers from filling memory.
 * @param sessions that a relay serves at once, at least 1. Stops clients that connect and stay from taking all file descriptors.
 * @param halfClosed how long a session of a relay may be silent of which one side has ended. Stops clients that went away without a word from staying in memory.
 * @param recordBytes of one piece in a capture, at least 1. Stops a hostile file from announcing much.
 */
public record Limits(
        int messageBytes,
        int headBytes,
        int texts,
        int names,
        int streams,
        int aheadBytes,
        int sessions,
        Duration halfClosed,
        int recordBytes) {
    /** 4 MiB, 64 KiB, 200 characters, 10,000 names, 1,000 streams, 256 KiB, 1,000 sessions, 10 minutes, 1 MiB. */
    public static final Limits DEFAULT =
            new Limits(4 << 20, 64 << 10, 200, 10_000, 1_000, 256 << 10, 1_000, Duration.ofMinutes(10), 1 << 20);

    public Limits {
        if (messageBytes < 1
                || headBytes < 1
                || texts < 1
                || names < 1
                || streams < 1
                || aheadBytes < 1
                || sessions < 1
                || !halfClosed.isPositive()
                || recordBytes < 1) {
            throw new IllegalArgumentException("Every limit must be at least 1, and every time positive.");
        }
    }

    /** These limits with another size of messages. */
    public Limits withMessageBytes(int most) {
        return new Limits(most, headBytes, texts, names, streams, aheadBytes, sessions, halfClosed, recordBytes);
    }

    /** These limits with another length of texts. */
    public Limits withTexts(int most) {
        return new Limits(messageBytes, headBytes, most, names, streams, aheadBytes, sessions, halfClosed, recordBytes);
    }
}
