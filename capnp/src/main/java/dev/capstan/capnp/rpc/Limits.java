package dev.capstan.capnp.rpc;

import java.time.Duration;

/**
 * Bounds of a vat, and of each of its connections. Whatever a peer can make grow is here.
 *
 * @param connections connections that others have made to one vat; one more is ended with a word on why. One counts until its socket is closed. Stops strangers from using all descriptors and
 *     memory. One stranger may use them all with connections that say nothing: put a limit for each address before it
 * @param answers calls of the peer that may be open at once, with those that it has given up and that have not stopped; more are answered OVERLOADED. Stops a peer that calls without end
 * @param imports capabilities of the peer that it may give us, and of any kind in one message; more end the connection. Stops a peer that fills our memory with references
 * @param exports capabilities of ours that the peer may hold; a call or result that would pass more fails. So many places in unfinished answers may
 *     be addressed besides; more end the connection. Stops a peer that collects objects
 * @param embargoes paths that may be in the course of being shortened, on either side; more end the connection
 * @param messageWords largest message in words, sent or received. Stops allocation of what a length field claims
 * @param queuedBytes bytes waiting to be written above which nothing more is read. Stops a peer that asks and does not read
 * @param streamWindowBytes bytes of a stream of calls that may be on their way to one capability: the window adapts itself to the connection ({@link
 *     dev.capstan.cap.Flow}), up to this. Stops a peer that reads slowly from filling our memory
 * @param pathLength steps in the path of a pipelined call
 * @param linger time in which the peer must take our last words and end too, once we have ended; then the connection is cut. Stops a peer that
 *     keeps a socket open for ever
 * @param failures what a failure may hold that crosses the wire, in either direction
 */
public record Limits(
        int connections,
        int answers,
        int imports,
        int exports,
        int embargoes,
        long messageWords,
        long queuedBytes,
        long streamWindowBytes,
        int pathLength,
        Duration linger,
        Failures failures) {
    /**
     * 10,000 connections and answers, 100,000 imports and exports, 1,000 embargoes, 8 Mi words, 16 MiB queued, 1 GiB window, 64 steps, 10 seconds, {@link
     * Failures#DEFAULT}.
     */
    public static final Limits DEFAULT = new Limits(
            10_000,
            10_000,
            100_000,
            100_000,
            1_000,
            8L << 20,
            16L << 20,
            1L << 30,
            64,
            Duration.ofSeconds(10),
            Failures.DEFAULT);

    /**
     * What is kept of one failure; the rest is cut off. A failure is logged, and passed on as often as there are calls that it ends: a peer must not
     * make it large, nor so large that telling the next of it does not fit into a message.
     *
     * @param chars characters of its reason, and of its trace
     * @param details how many details
     * @param detailBytes bytes in all details together
     */
    public record Failures(int chars, int details, int detailBytes) {
        /** 16 Ki characters, 64 details, 1 MiB. */
        public static final Failures DEFAULT = new Failures(16 << 10, 64, 1 << 20);

        /** Checks the ranges: at least 1 character, the others 0 or more. */
        public Failures {
            if (chars < 1 || details < 0 || detailBytes < 0) {
                throw new IllegalArgumentException("a failure needs at least 1 character, and no limit is negative: "
                        + chars + ", " + details + ", " + detailBytes);
            }
        }
    }

    /** Checks the ranges: all positive. */
    public Limits {
        if (connections < 1
                || answers < 1
                || imports < 1
                || exports < 1
                || embargoes < 1
                || messageWords < 1
                || queuedBytes < 1
                || streamWindowBytes < 1
                || pathLength < 1
                || !linger.isPositive()) {
            throw new IllegalArgumentException("every limit must be at least 1: " + connections + ", " + answers + ", "
                    + imports + ", "
                    + exports + ", " + embargoes + ", " + messageWords + ", " + queuedBytes + ", " + streamWindowBytes
                    + ", " + pathLength + ", " + linger);
        }
    }

    /** The same with another number of connections. */
    public Limits withConnections(int count) {
        return new Limits(
                count,
                answers,
                imports,
                exports,
                embargoes,
                messageWords,
                queuedBytes,
                streamWindowBytes,
                pathLength,
                linger,
                failures);
    }

    /** The same with another window. */
    public Limits withStreamWindowBytes(long bytes) {
        return new Limits(
                connections,
                answers,
                imports,
                exports,
                embargoes,
                messageWords,
                queuedBytes,
                bytes,
                pathLength,
                linger,
                failures);
    }

    /** The same with another number of answers. */
    public Limits withAnswers(int count) {
        return new Limits(
                connections,
                count,
                imports,
                exports,
                embargoes,
                messageWords,
                queuedBytes,
                streamWindowBytes,
                pathLength,
                linger,
                failures);
    }

    /** The same with another number of imports. */
    public Limits withImports(int count) {
        return new Limits(
                connections,
                answers,
                count,
                exports,
                embargoes,
                messageWords,
                queuedBytes,
                streamWindowBytes,
                pathLength,
                linger,
                failures);
    }

    /** The same with another number of exports. */
    public Limits withExports(int count) {
        return new Limits(
                connections,
                answers,
                imports,
                count,
                embargoes,
                messageWords,
                queuedBytes,
                streamWindowBytes,
                pathLength,
                linger,
                failures);
    }

    /** The same with another number of embargoes. */
    public Limits withEmbargoes(int count) {
        return new Limits(
                connections,
                answers,
                imports,
                exports,
                count,
                messageWords,
                queuedBytes,
                streamWindowBytes,
                pathLength,
                linger,
                failures);
    }

    /** The same with another size of messages. */
    public Limits withMessageWords(long words) {
        return new Limits(
                connections,
                answers,
                imports,
                exports,
                embargoes,
                words,
                queuedBytes,
                streamWindowBytes,
                pathLength,
                linger,
                failures);
    }

    /** The same with another queue. */
    public Limits withQueuedBytes(long bytes) {
        return new Limits(
                connections,
                answers,
                imports,
                exports,
                embargoes,
                messageWords,
                bytes,
                streamWindowBytes,
                pathLength,
                linger,
                failures);
    }

    /** The same with another length of paths. */
    public Limits withPathLength(int steps) {
        return new Limits(
                connections,
                answers,
                imports,
                exports,
                embargoes,
                messageWords,
                queuedBytes,
                streamWindowBytes,
                steps,
                linger,
                failures);
    }

    /** The same with another time to linger. */
    public Limits withLinger(Duration time) {
        return new Limits(
                connections,
                answers,
                imports,
                exports,
                embargoes,
                messageWords,
                queuedBytes,
                streamWindowBytes,
                pathLength,
                time,
                failures);
    }

    /** The same with another size of failures. */
    public Limits withFailures(Failures each) {
        return new Limits(
                connections,
                answers,
                imports,
                exports,
                embargoes,
                messageWords,
                queuedBytes,
                streamWindowBytes,
                pathLength,
                linger,
                each);
    }

    /** The limits under which a received message is read. */
    dev.capstan.capnp.Limits reading() {
        return dev.capstan.capnp.Limits.DEFAULT.withTraversalWords(messageWords);
    }
}
