package dev.capstan.capnweb;

import java.time.Duration;
import java.util.function.Consumer;

/**
 * What one message may cost before it is refused. Messages come from peers, so each of these stops an attack. They are local: the
 * protocol does not negotiate, and the first three default to what the TypeScript implementation enforces.
 *
 * @param messageBytes UTF-8 bytes of one message, read or written. Stops messages from filling memory, and a list that is held in many
 *     places from becoming a large message.
 * @param depth how deep values may nest, an object, an array, a call's arguments and an error's properties counting one each; 500 at most.
 *     Stops messages from overflowing the stack, and cycles from being written for ever.
 * @param bigIntDigits decimal digits of one bigint; of one that is read, the sign is not counted. Stops conversions, which take quadratic time.
 * @param names members of one object. Stops objects that are expensive to look into.
 * @param elements elements of one array, and of the arguments of one call.
 * @param values values in one message, in all places together, and of which a value is made when the results that it names have taken their places in it, each
 *     as often as it is there. Stops short texts that become large: {@code {}} has two bytes as text and some sixty in memory, and a thousand times the
 *     result of a thousand times a result is a million of it.
 * @param calls calls of ours whose results the peer keeps. Stops a program that forgets to close what it gets from filling the peer.
 * @param imports objects and promises of the peer that are held here. Stops a peer from filling the table.
 * @param exports objects of ours, and results of its calls, that the peer holds; and calls of the peer that run, whether or not it wants their results. Stops a
 *     peer that calls and releases nothing, and one that calls and gives up.
 * @param queuedBytes bytes that wait to be written; beyond them nothing is read, and calls that nobody waits for ({@link Stub#tellAt}) are lost. Stops a peer that asks, or
 *     listens, and does not read.
 * @param streams what streams may cost.
 * @param maps what maps may cost.
 * @param transport bounds of what carries a session: WebSockets and batches.
 * @param stubStacks whether each stub remembers where it was made, for the report when a program forgets to close it ({@link Leftovers}). For finding such programs:
 *     it makes stubs expensive.
 */
public record Limits(
        int messageBytes,
        int depth,
        int bigIntDigits,
        int names,
        int elements,
        int values,
        int calls,
        int imports,
        int exports,
        long queuedBytes,
        Streams streams,
        Maps maps,
        Transport transport,
        boolean stubStacks) {
    /** 32 MiB, 256 levels, 16,384 digits, 65,536 names, a million elements, four million values. */
    public static final Limits DEFAULT = new Limits(
            32 << 20,
            256,
            16_384,
            65_536,
            1_000_000,
            4_000_000,
            100_000,
            100_000,
            100_000,
            4 << 20,
            Streams.DEFAULT,
            Maps.DEFAULT,
            Transport.DEFAULT,
            false);

    private static final int MOST_DEPTH = 500;

    /** Refuses limits that are not positive, and a depth that no stack has room for. */
    public Limits {
        if (messageBytes < 1
                || depth < 1
                || bigIntDigits < 1
                || names < 1
                || elements < 1
                || values < 1
                || calls < 1
                || imports < 1
                || exports < 1
                || queuedBytes < 1) {
            throw new IllegalArgumentException("Limits are positive numbers.");
        }
        if (depth > MOST_DEPTH) {
            throw new IllegalArgumentException(
                    "A depth of " + depth + " may overflow the stack; " + MOST_DEPTH + " is the most.");
        }
    }

    /**
     * What streams of values, and streams of calls, may cost.
     *
     * @param sending streams and blobs that are being sent at a time, and streams of the peer that are being written. Stops a peer that asks for streams and reads
     *     none of them.
     * @param windowBytes bytes of one that we send and that the peer has not answered: the window adapts itself to the connection ({@link dev.capstan.cap.Flow}), up
     *     to this. Stops a peer that reads slowly from filling memory here.
     * @param unreadBytes bytes of all streams of a session that came and that nobody here has read. A stream that passes it fails. Stops a peer that sends without
     *     waiting for answers.
     * @param blobBytes bytes of all blobs of a session that are coming in at a time: a blob is handed over when all of it is here. A call whose blob passes it
     *     fails. Stops blobs from filling memory.
     */
    public record Streams(int sending, long windowBytes, long unreadBytes, long blobBytes) {
        /** 1,000 at a time, windows up to 1 GiB, 64 MiB unread, 64 MiB of blobs. */
        public static final Streams DEFAULT = new Streams(1_000, 1L << 30, 64L << 20, 64L << 20);

        /** Refuses limits that are not positive. */
        public Streams {
            if (sending < 1 || windowBytes < 1 || unreadBytes < 1 || blobBytes < 1) {
                throw new IllegalArgumentException("Limits are positive numbers.");
            }
        }
    }

    /**
     * What the maps that a peer sends may cost. A map is a small message that makes this process work: it is run for each element of an array, and another map inside of it for
     * each element of that.
     *
     * @param elements elements of an array that one map runs over. Stops a map from making very many calls at once.
     * @param instructions instructions of one map, those of maps inside not counted. Stops long programs.
     * @param depth maps inside of maps, the outermost counted. Stops products of products, and the stack from overflowing.
     * @param values values that the instructions of all maps of one message make, for all elements together, also if they run later: each number, text, list or object in
     *     an instruction counts each time it is run. Stops maps whose product is large though each is small, as that of 300 elements in 300.
     */
    public record Maps(int elements, int instructions, int depth, int values) {
        /** 10,000 elements, 1,000 instructions, 16 levels, half a million values. */
        public static final Maps DEFAULT = new Maps(10_000, 1_000, 16, 500_000);

        private static final int MOST_DEPTH = 64;

        /** Refuses limits that are not positive, and a depth that no stack has room for. */
        public Maps {
            if (elements < 1 || instructions < 1 || depth < 1 || values < 1) {
                throw new IllegalArgumentException("Limits are positive numbers.");
            }
            if (depth > MOST_DEPTH) {
                throw new IllegalArgumentException(
                        "Maps nested " + depth + " deep may overflow the stack; " + MOST_DEPTH + " is the most.");
            }
        }
    }

    /**
     * Bounds of what carries a session. Counted for each server, session or batch by itself.
     *
     * @param sessions sessions and batches that one {@link WebServer} serves at a time; one more is refused with status 503. Stops the use of all memory
     *     by opening sessions
     * @param batchBytes bytes of a batch, and of its answer. Stops bodies without end, and short batches that are answered at length
     * @param batchMessages messages in a batch, and in its answer. Stops a request from keeping the loop to itself
     * @param batchTime time from the arrival of a batch to its answer; calls that have not ended then are answered with a failure. Stops batches that
     *     hold a connection with calls that never end; on the client, servers that never answer
     * @param messagesPerSecond messages of one session within a second; after them nothing is read until the second is over. Stops a peer from taking the
     *     time of all others
     * @param idleTime time after which a session ends in which neither side has said anything. Stops sessions that are held for nothing
     * @param silence time after which a peer of which nothing was heard is asked for a sign of life (a ping of the WebSocket, which no program sees), and
     *     time that it has to give one. Stops sessions whose peer is gone without a word
     */
    public record Transport(
            int sessions,
            int batchBytes,
            int batchMessages,
            Duration batchTime,
            int messagesPerSecond,
            Duration idleTime,
            Duration silence) {
        /** 10,000 sessions; batches of 32 MiB, 10,000 messages, 30 seconds; 2,000,000 messages a second; one hour idle; 30 seconds of silence. */
        public static final Transport DEFAULT = new Transport(
                10_000,
                32 << 20,
                10_000,
                Duration.ofSeconds(30),
                2_000_000,
                Duration.ofHours(1),
                Duration.ofSeconds(30));

        /** Refuses limits that are not positive. */
        public Transport {
            if (sessions < 1 || batchBytes < 1 || batchMessages < 1 || messagesPerSecond < 1) {
                throw new IllegalArgumentException("Limits are positive numbers.");
            }
            if (!batchTime.isPositive() || !idleTime.isPositive() || !silence.isPositive()) {
                throw new IllegalArgumentException("Limits of time are longer than nothing.");
            }
        }

        /** These limits with another number of sessions of a server. */
        public Transport withSessions(int most) {
            return new Transport(most, batchBytes, batchMessages, batchTime, messagesPerSecond, idleTime, silence);
        }

        /** These limits with another size of batches, in bytes. */
        public Transport withBatchBytes(int most) {
            return new Transport(sessions, most, batchMessages, batchTime, messagesPerSecond, idleTime, silence);
        }

        /** These limits with another number of messages in a batch. */
        public Transport withBatchMessages(int most) {
            return new Transport(sessions, batchBytes, most, batchTime, messagesPerSecond, idleTime, silence);
        }

        /** These limits with another time for a batch. */
        public Transport withBatchTime(Duration longest) {
            return new Transport(sessions, batchBytes, batchMessages, longest, messagesPerSecond, idleTime, silence);
        }

        /** These limits with another rate of messages. */
        public Transport withMessagesPerSecond(int most) {
            return new Transport(sessions, batchBytes, batchMessages, batchTime, most, idleTime, silence);
        }

        /** These limits with another time for a session in which nothing is said. */
        public Transport withIdleTime(Duration longest) {
            return new Transport(sessions, batchBytes, batchMessages, batchTime, messagesPerSecond, longest, silence);
        }

        /** These limits with another time for a peer of which nothing is heard. */
        public Transport withSilence(Duration longest) {
            return new Transport(sessions, batchBytes, batchMessages, batchTime, messagesPerSecond, idleTime, longest);
        }
    }

    /** Limits in the making, so that a limit is named once to be changed. */
    private static final class Draft {
        int messageBytes;
        int depth;
        int bigIntDigits;
        int names;
        int elements;
        int values;
        int calls;
        int imports;
        int exports;
        long queuedBytes;
        Streams streams;
        Maps maps;
        Transport transport;
        boolean stubStacks;

        Draft(Limits from) {
            messageBytes = from.messageBytes;
            depth = from.depth;
            bigIntDigits = from.bigIntDigits;
            names = from.names;
            elements = from.elements;
            values = from.values;
            calls = from.calls;
            imports = from.imports;
            exports = from.exports;
            queuedBytes = from.queuedBytes;
            streams = from.streams;
            maps = from.maps;
            transport = from.transport;
            stubStacks = from.stubStacks;
        }

        Limits done() {
            return new Limits(
                    messageBytes,
                    depth,
                    bigIntDigits,
                    names,
                    elements,
                    values,
                    calls,
                    imports,
                    exports,
                    queuedBytes,
                    streams,
                    maps,
                    transport,
                    stubStacks);
        }
    }

    private Limits with(Consumer<Draft> change) {
        Draft draft = new Draft(this);
        change.accept(draft);
        return draft.done();
    }

    /** These limits with another size of messages, in bytes. */
    public Limits withMessageBytes(int bytes) {
        return with(draft -> draft.messageBytes = bytes);
    }

    /** These limits with another depth. */
    public Limits withDepth(int levels) {
        return with(draft -> draft.depth = levels);
    }

    /** These limits with another number of digits. */
    public Limits withBigIntDigits(int digits) {
        return with(draft -> draft.bigIntDigits = digits);
    }

    /** These limits with another number of members of an object. */
    public Limits withNames(int most) {
        return with(draft -> draft.names = most);
    }

    /** These limits with another number of elements of an array. */
    public Limits withElements(int most) {
        return with(draft -> draft.elements = most);
    }

    /** These limits with another number of values in a message. */
    public Limits withValues(int most) {
        return with(draft -> draft.values = most);
    }

    /** These limits with another number of calls. */
    public Limits withCalls(int most) {
        return with(draft -> draft.calls = most);
    }

    /** These limits with another number of objects of the peer. */
    public Limits withImports(int most) {
        return with(draft -> draft.imports = most);
    }

    /** These limits with another number of objects for the peer. */
    public Limits withExports(int most) {
        return with(draft -> draft.exports = most);
    }

    /** These limits with another length of the queue, in bytes. */
    public Limits withQueuedBytes(long bytes) {
        return with(draft -> draft.queuedBytes = bytes);
    }

    /** These limits with others for streams. */
    public Limits withStreams(Streams other) {
        return with(draft -> draft.streams = other);
    }

    /** These limits with others for maps. */
    public Limits withMaps(Maps other) {
        return with(draft -> draft.maps = other);
    }

    /** These limits with other bounds of what carries a session. */
    public Limits withTransport(Transport other) {
        return with(draft -> draft.transport = other);
    }

    /** These limits, and each stub remembers where it was made, or not. */
    public Limits withStubStacks(boolean remembered) {
        return with(draft -> draft.stubStacks = remembered);
    }

    /**
     * How deep the brackets of a message may nest so that every value of the allowed depth gets through: an array is two brackets, as are a call's
     * arguments, and the message itself and a map's instructions have some.
     */
    int brackets() {
        return 2 * depth + 32;
    }
}
