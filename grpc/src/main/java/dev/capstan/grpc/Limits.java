package dev.capstan.grpc;

import java.time.Duration;

/**
 * Bounds of what one peer may cost over gRPC, on either side, besides those of HTTP ({@link dev.capstan.net.Limits}).
 *
 * @param inboundMessageBytes bytes of one message that arrives, as it is on the wire and again when it is decompressed; a longer one ends its call with RESOURCE_EXHAUSTED. Stops
 *     messages from filling memory, and short ones that decompress to long ones
 * @param outboundMessageBytes bytes of one message that is sent, before compression; a longer one ends its call with RESOURCE_EXHAUSTED. Tells of a mistake where it was made
 * @param queuedBytes bytes of one call that a writer may leave behind who does not heed readiness; more end the call with RESOURCE_EXHAUSTED. One message may be longer. Stops peers
 *     that do not read from filling memory
 * @param metadataBytes bytes of the metadata that the peer sends before its messages, names and values; more end the call, by a server with RESOURCE_EXHAUSTED, by a client with INTERNAL. A
 *     server takes no more than the heads of its HTTP server either. Stops metadata from filling memory
 */
public record Limits(int inboundMessageBytes, int outboundMessageBytes, int queuedBytes, int metadataBytes) {
    /** 4 MiB in, as all implementations have it; 64 MiB out; 1 MiB queued; 16 KiB of metadata. */
    public static final Limits DEFAULT = new Limits(4 << 20, 64 << 20, 1 << 20, 16 << 10);

    /** Checks the ranges. */
    public Limits {
        atLeastOne("inboundMessageBytes", inboundMessageBytes);
        atLeastOne("outboundMessageBytes", outboundMessageBytes);
        atLeastOne("queuedBytes", queuedBytes);
        atLeastOne("metadataBytes", metadataBytes);
    }

    /** These with another bound for messages that arrive. */
    public Limits withInboundMessageBytes(int bytes) {
        return new Limits(bytes, outboundMessageBytes, queuedBytes, metadataBytes);
    }

    /** These with another bound for messages that are sent. */
    public Limits withOutboundMessageBytes(int bytes) {
        return new Limits(inboundMessageBytes, bytes, queuedBytes, metadataBytes);
    }

    /** These with another bound for what a writer leaves behind. */
    public Limits withQueuedBytes(int bytes) {
        return new Limits(inboundMessageBytes, outboundMessageBytes, bytes, metadataBytes);
    }

    /** These with another bound for metadata that arrives. */
    public Limits withMetadataBytes(int bytes) {
        return new Limits(inboundMessageBytes, outboundMessageBytes, queuedBytes, bytes);
    }

    /**
     * Bounds of what a server alone has to fear.
     *
     * @param unfinishedBytes bytes that the calls of one connection may hold of messages that have not come to their end; while the others hold more, a call that needs memory ends with
     *     RESOURCE_EXHAUSTED. Stops clients that begin long messages in many calls and end none
     * @param deadline time that a call may take whose client has set none; zero for no end. Stops calls that nobody waits for any more
     */
    public record Server(long unfinishedBytes, Duration deadline) {
        /** 128 MiB of one connection; no deadline. */
        public static final Server DEFAULT = new Server(128 << 20, Duration.ZERO);

        /** Checks the ranges. */
        public Server {
            atLeastOne("unfinishedBytes", unfinishedBytes);
            if (deadline.isNegative()) {
                throw new IllegalArgumentException("deadline must not be negative, but is " + deadline);
            }
        }

        /** These with another bound for messages that have not come to their end. */
        public Server withUnfinishedBytes(long bytes) {
            return new Server(bytes, deadline);
        }

        /** These with another time for calls without a deadline. */
        public Server withDeadline(Duration time) {
            return new Server(unfinishedBytes, time);
        }
    }

    /**
     * Bounds of the blocking handlers of one service, each of which has a thread.
     *
     * @param calls handlers that may run at a time; a further call ends with RESOURCE_EXHAUSTED. Stops clients from filling memory with threads
     * @param callsOfConnection those of them that one connection may have; a further call of it ends with RESOURCE_EXHAUSTED. Stops one client from taking the threads of all others
     */
    public record Blocking(int calls, int callsOfConnection) {
        /** 10,000 calls, 250 of one connection. */
        public static final Blocking DEFAULT = new Blocking(10_000, 250);

        /** Checks the ranges. */
        public Blocking {
            atLeastOne("calls", calls);
            atLeastOne("callsOfConnection", callsOfConnection);
        }
    }

    /**
     * Bounds of what a client keeps of its calls' requests until their answers begin, so that it can send a call again that no server has begun. A call that goes beyond them is sent once. Each request counts 64 bytes more than it has. Both stop servers that do not answer from filling
     * memory.
     *
     * @param bytes bytes of the requests of all calls together
     * @param bytesOfCall bytes of the requests of one call that follow its first
     */
    public record Repeats(long bytes, int bytesOfCall) {
        /** 16 MiB, 1 MiB of one call. */
        public static final Repeats DEFAULT = new Repeats(16 << 20, 1 << 20);

        /** Checks the ranges. */
        public Repeats {
            atLeastOne("bytes", bytes);
            atLeastOne("bytesOfCall", bytesOfCall);
        }
    }

    /**
     * Bounds of what a server may cost whose schemas are asked for by reflection.
     *
     * @param services names of services in one list
     * @param files files of schemas in one pool
     * @param bytes bytes of these files together. These stop servers from filling memory
     * @param depth files that lead from one to another by their imports. Stops servers from overflowing the stack
     */
    public record Reflection(int services, int files, long bytes, int depth) {
        /** 1,000 services; 1,000 files of 16 MiB together, imported 100 deep. */
        public static final Reflection DEFAULT = new Reflection(1_000, 1_000, 16 << 20, 100);

        /** Checks the ranges. */
        public Reflection {
            atLeastOne("services", services);
            atLeastOne("files", files);
            atLeastOne("bytes", bytes);
            atLeastOne("depth", depth);
        }
    }

    private static void atLeastOne(String name, long value) {
        if (value < 1) {
            throw new IllegalArgumentException(name + " must be at least 1, not " + value);
        }
    }
}
