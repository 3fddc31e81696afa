package dev.capstan.net;

import java.time.Duration;

/**
 * Bounds of the sockets of one {@link NetLoop}.
 *
 * @param readChunkBytes bytes that one read asks for; a loop has one buffer of this size for all its sockets
 * @param readsPerWake reads from one socket before others get their turn, and before what was answered leaves: a peer that streams cannot starve the rest, and works on answers while more is read
 * @param writeChunkBytes size of the pieces that output is gathered in; one write carries as many as there are
 * @param idleChunks pieces that a loop keeps for reuse; more are left to the garbage collector
 * @param maxQueuedBytes output queued for one peer above which a warning names it: it does not read what it asks for. Whoever writes is to
 *     heed {@link dev.capstan.async.ByteStream#drained}; nothing is cut here
 * @param acceptsPerWake connections accepted from one listener before others get their turn
 * @param backlog connections that the operating system holds for a listener until they are accepted
 * @param connectTimeout time for one attempt to connect to one address
 * @param spin time for which a loop on epoll looks for input again and again before it sleeps, as long as input has mostly come within it; zero for never. Going to sleep and being woken
 *     costs tens of microseconds: two peers that wait for each other's next word are faster without, and use no more of a processor. Input that comes every few
 *     tens of microseconds, in time as often as not, keeps a core awake that would sleep in between
 */
public record Limits(
        int readChunkBytes,
        int readsPerWake,
        int writeChunkBytes,
        int idleChunks,
        long maxQueuedBytes,
        int acceptsPerWake,
        int backlog,
        Duration connectTimeout,
        Duration spin) {
    private static final Duration LONGEST_SPIN = Duration.ofSeconds(1);

    /** Shorter than it takes both of two peers on one machine to sleep and to be woken. Whoever looks for input keeps a processor from the others, so there must be more than one. */
    private static final Duration USUAL_SPIN =
            Runtime.getRuntime().availableProcessors() > 1 ? Duration.ofNanos(50_000) : Duration.ZERO;

    /** 64 KiB and 2 reads; 16 KiB pieces, 256 of them kept; 64 MiB; 64 accepts, backlog 1024; 20 seconds; 50 microseconds of spinning, none where there is one processor only. */
    public static final Limits DEFAULT =
            new Limits(64 << 10, 2, 16 << 10, 256, 64L << 20, 64, 1024, Duration.ofSeconds(20), USUAL_SPIN);

    /** These limits with another time to look for input before sleeping; zero where cores are scarce. */
    public Limits withSpin(Duration longest) {
        return new Limits(
                readChunkBytes,
                readsPerWake,
                writeChunkBytes,
                idleChunks,
                maxQueuedBytes,
                acceptsPerWake,
                backlog,
                connectTimeout,
                longest);
    }

    /** Checks the ranges. */
    public Limits {
        atLeastOne("readChunkBytes", readChunkBytes);
        atLeastOne("readsPerWake", readsPerWake);
        atLeastOne("writeChunkBytes", writeChunkBytes);
        atLeastOne("maxQueuedBytes", maxQueuedBytes);
        atLeastOne("acceptsPerWake", acceptsPerWake);
        atLeastOne("backlog", backlog);
        if (idleChunks < 0) {
            throw new IllegalArgumentException("idleChunks must not be negative, but is " + idleChunks);
        }
        positive("connectTimeout", connectTimeout);
        if (spin.isNegative() || spin.compareTo(LONGEST_SPIN) > 0) {
            throw new IllegalArgumentException("spin must be from 0 to " + LONGEST_SPIN + ", not " + spin);
        }
    }

    /**
     * Bounds of what one peer may cost over HTTP/1.1 and WebSocket, on either side.
     *
     * @param connections connections that one server holds at a time, WebSockets included; one more is closed unread. Stops the use of all
     *     descriptors and memory by opening connections
     * @param headBytes bytes of the first line, and again of all headers together. Stops heads without end
     * @param bodyBytes bytes of one body, of a request on the server and of an answer on the client. Stops bodies without end; memory is taken
     *     for what has come, not for what is announced
     * @param messageBytes bytes of one WebSocket message that arrives, all its fragments together. Stops messages and fragments without end
     * @param queuedAnswerBytes bytes of answers queued on one connection above which its next request waits. Stops a client that asks and does
     *     not read
     * @param headTimeout time from connecting, and later from the first byte of a request, to the end of its head. Stops heads that trickle in
     *     (Slowloris)
     * @param requestTimeout time from the end of a head to the end of its body. Stops bodies that trickle in
     * @param idleTimeout time between two requests, time in which a client reads nothing of its answer, and over HTTP/1.1 time in which it sends
     *     nothing of a body that streams. Stops connections that are held for nothing
     * @param answerTimeout time that a client gives to a server, from connecting to the end of its answer. Stops servers that never answer
     * @param closeTimeout time for a peer to end its side after we have ended ours and the last of it has left, and time in which something of it
     *     has to leave. Stops connections that are half closed for ever, and peers that never read the end
     */
    public record Http(
            int connections,
            int headBytes,
            int bodyBytes,
            int messageBytes,
            long queuedAnswerBytes,
            Duration headTimeout,
            Duration requestTimeout,
            Duration idleTimeout,
            Duration answerTimeout,
            Duration closeTimeout) {
        /**
         * 10,000 connections; heads of 16 KiB, bodies and messages of 32 MiB, 1 MiB of queued answers; 10 seconds for a head, 60 for a body,
         * 60 idle, 60 for an answer, 5 to close.
         */
        public static final Http DEFAULT = new Http(
                10_000,
                16 << 10,
                32 << 20,
                32 << 20,
                1 << 20,
                Duration.ofSeconds(10),
                Duration.ofSeconds(60),
                Duration.ofSeconds(60),
                Duration.ofSeconds(60),
                Duration.ofSeconds(5));

        /** Checks the ranges. */
        public Http {
            atLeastOne("connections", connections);
            atLeastOne("headBytes", headBytes);
            atLeastOne("bodyBytes", bodyBytes);
            atLeastOne("messageBytes", messageBytes);
            atLeastOne("queuedAnswerBytes", queuedAnswerBytes);
            positive("headTimeout", headTimeout);
            positive("requestTimeout", requestTimeout);
            positive("idleTimeout", idleTimeout);
            positive("answerTimeout", answerTimeout);
            positive("closeTimeout", closeTimeout);
        }
    }

    /**
     * Bounds of what one connection of HTTP/2 may cost a server, besides those of {@link Http}.
     *
     * @param streams requests that a client may have under way at a time; one more is refused, and can be sent again. Stops the use of all memory by opening streams
     * @param windowBytes bytes of one request that a client may send ahead of its handler
     * @param connectionWindowBytes the same for all requests of a connection together; at least 65,535
     * @param resets requests that the client gives up, or that are so wrong that they are given up here, within {@code window}; one more ends the connection. Stops clients that
     *     begin work and give it up at once, by themselves or by provoking it (CVE-2023-44487, CVE-2025-55163)
     * @param controlFrames frames that say nothing (pings, settings, priorities, empty pieces of bodies, kinds that nobody knows) within {@code window}; one more ends the
     *     connection. Stops clients that only keep the server busy
     * @param continuations small frames that one list of headers may be continued in. Stops lists of headers without end (CVE-2024-27316)
     * @param window the time for which the above are counted
     * @param life how long a connection may last, and how its client is known to be there
     */
    public record Http2(
            int streams,
            int windowBytes,
            int connectionWindowBytes,
            int resets,
            int controlFrames,
            int continuations,
            Duration window,
            Life life) {
        /** 1,000 requests; 1 MiB of each, 8 MiB together; 1,000 resets and 10,000 control frames within 30 seconds; 16 small continuations. */
        public static final Http2 DEFAULT =
                new Http2(1_000, 1 << 20, 8 << 20, 1_000, 10_000, 16, Duration.ofSeconds(30), Life.DEFAULT);

        /** These with another life of connections. */
        public Http2 withLife(Life other) {
            return new Http2(
                    streams, windowBytes, connectionWindowBytes, resets, controlFrames, continuations, window, other);
        }

        /** Checks the ranges. */
        public Http2 {
            atLeastOne("streams", streams);
            atLeastOne("windowBytes", windowBytes);
            if (connectionWindowBytes < 65_535) {
                throw new IllegalArgumentException(
                        "connectionWindowBytes must be at least 65535, not " + connectionWindowBytes);
            }
            atLeastOne("resets", resets);
            atLeastOne("controlFrames", controlFrames);
            atLeastOne("continuations", continuations);
            positive("window", window);
        }
    }

    /**
     * Bounds of the life of one connection of HTTP/2 on a server.
     *
     * @param pings pings that a client may send within {@code Http2.window}, not counting one after each frame of an answer; one more ends the connection with {@code ENHANCE_YOUR_CALM} and {@code too_many_pings}, by which clients of
     *     gRPC learn to ping less. Stops clients that keep idle connections busy
     * @param keepAlive silence of the client, requests under way or not, after which it is sent a ping; zero for none. Stops requests of clients that are gone without a word
     * @param keepAliveTimeout time for the answer, or anything else, after which the connection is given up
     * @param maxAge age at which the client is told to send its next requests elsewhere (GOAWAY), and the connection ends with its last request; zero for none. Spreads clients again
     *     over servers that have been added
     * @param maxAgeGrace time for these requests, after which they are broken; zero for as long as they take
     */
    public record Life(
            int pings, Duration keepAlive, Duration keepAliveTimeout, Duration maxAge, Duration maxAgeGrace) {
        /** 1,000 pings; a ping after 2 hours of silence, 20 seconds for its answer; no greatest age. */
        public static final Life DEFAULT =
                new Life(1_000, Duration.ofHours(2), Duration.ofSeconds(20), Duration.ZERO, Duration.ZERO);

        /** Checks the ranges. */
        public Life {
            atLeastOne("pings", pings);
            notNegative("keepAlive", keepAlive);
            positive("keepAliveTimeout", keepAliveTimeout);
            notNegative("maxAge", maxAge);
            notNegative("maxAgeGrace", maxAgeGrace);
        }
    }

    /**
     * Bounds of TLS.
     *
     * @param handshakes handshakes that a server has under way at a time; one more connection is closed. Stops the use of all processor time and memory by beginning
     *     handshakes
     * @param handshakeTimeout time for a handshake, from the connection. Stops connections that begin one and go no further
     * @param closeTimeout time for a peer to close its connection after the session broke; also after both sides have ended it and the last of it
     *     has left, and time in which something of it has to leave. Stops connections that are half closed for ever
     */
    public record Tls(int handshakes, Duration handshakeTimeout, Duration closeTimeout) {
        /** 1,000 handshakes of 10 seconds each; 5 seconds to close. */
        public static final Tls DEFAULT = new Tls(1_000, Duration.ofSeconds(10), Duration.ofSeconds(5));

        /** Checks the ranges. */
        public Tls {
            atLeastOne("handshakes", handshakes);
            positive("handshakeTimeout", handshakeTimeout);
            positive("closeTimeout", closeTimeout);
        }
    }

    /**
     * Bounds of a port that several protocols share, before it is known what a connection speaks.
     *
     * @param undecided connections that have not said yet what they speak; with one more the oldest of them is closed. Stops the use of all memory and descriptors by connecting
     * @param firstBytes bytes that may come before that is known. Stops beginnings without end
     * @param firstBytesTimeout time until that is known. Stops connections that say nothing, or one byte now and then
     */
    public record Port(int undecided, int firstBytes, Duration firstBytesTimeout) {
        /** 1,000 connections, 64 bytes, 10 seconds. */
        public static final Port DEFAULT = new Port(1_000, 64, Duration.ofSeconds(10));

        /** Checks the ranges. */
        public Port {
            atLeastOne("undecided", undecided);
            atLeastOne("firstBytes", firstBytes);
            positive("firstBytesTimeout", firstBytesTimeout);
        }
    }

    /**
     * Bounds of what one peer may cost over WebTransport, on either side.
     *
     * @param sessions connections that one server holds at a time, each with one session at most; one more is closed at once. Stops the use of
     *     all memory by opening connections. From half of them on, a client has to prove first that it receives what is sent to its address, which
     *     costs it a round trip: stops one who writes packets in the names of others from taking all places
     * @param lineBytes bytes of one message that arrives, without its line end. Stops lines without end; memory is taken for what has come
     * @param headBytes bytes of the headers of a request or answer. Stops heads without end
     * @param windowBytes bytes that the peer may send ahead of what has been read. Stops a sender that is faster than its reader; the transport
     *     may let it grow sixteenfold for a reader that keeps up
     * @param streams streams of each direction that a client opens in the life of a connection, those that are refused included; one more ends
     *     it. Stops the opening of streams for ever. A session needs two in both directions and three in one
     * @param openTimeout time from the first packet of a connection to the session's stream, and time that the proof of an address is good for.
     *     Stops connections that are held for nothing
     * @param idleTimeout time without a packet from the peer after which it counts as gone; a client of ours sends something three times within
     *     it. Stops connections of peers that are gone without a word
     * @param connectTimeout time that a client gives to one address of a server, and to the server's answer
     * @param closeTimeout time for a peer to take notice of the end of a session
     */
    public record WebTransport(
            int sessions,
            int lineBytes,
            int headBytes,
            int windowBytes,
            int streams,
            Duration openTimeout,
            Duration idleTimeout,
            Duration connectTimeout,
            Duration closeTimeout) {
        /** 10,000 sessions; lines of 32 MiB, heads of 16 KiB; windows of 1 MiB; 16 streams; 10 seconds to open, 60 idle, 10 to connect, 5 to close. */
        public static final WebTransport DEFAULT = new WebTransport(
                10_000,
                32 << 20,
                16 << 10,
                1 << 20,
                16,
                Duration.ofSeconds(10),
                Duration.ofSeconds(60),
                Duration.ofSeconds(10),
                Duration.ofSeconds(5));

        /** Checks the ranges. */
        public WebTransport {
            atLeastOne("sessions", sessions);
            atLeastOne("lineBytes", lineBytes);
            atLeastOne("headBytes", headBytes);
            atLeastOne("windowBytes", windowBytes);
            if (streams < 4) {
                throw new IllegalArgumentException(
                        "streams must be at least 4, not " + streams + ": a session needs as many");
            }
            positive("openTimeout", openTimeout);
            positive("idleTimeout", idleTimeout);
            positive("connectTimeout", connectTimeout);
            positive("closeTimeout", closeTimeout);
        }
    }

    private static void positive(String name, Duration value) {
        if (value.isNegative() || value.isZero()) {
            throw new IllegalArgumentException(name + " must be positive, not " + value);
        }
    }

    private static void notNegative(String name, Duration value) {
        if (value.isNegative()) {
            throw new IllegalArgumentException(name + " must not be negative, but is " + value);
        }
    }

    private static void atLeastOne(String name, long value) {
        if (value < 1) {
            throw new IllegalArgumentException(name + " must be at least 1, not " + value);
        }
    }
}
