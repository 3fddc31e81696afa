package dev.capstan.grpc;

import java.time.Duration;

/**
 * Bounds of what one peer may cost over gRPC, besides those of HTTP ({@link dev.capstan.net.Limits}).
 *
 * @param inboundMessageBytes bytes of one message that arrives, as it is on the wire and again when it is decompressed; a longer one ends its call with RESOURCE_EXHAUSTED. Stops
 *     messages from filling memory, and short ones that decompress to long ones
 * @param outboundMessageBytes bytes of one message that is sent, before compression; a longer one ends its call with RESOURCE_EXHAUSTED. Tells of a mistake where it was made
 * @param queuedBytes bytes of one call that a writer may leave behind who does not heed readiness; more end the call with RESOURCE_EXHAUSTED. One message may be longer. Stops peers
 *     that do not read from filling memory
 * @param metadataBytes bytes of the metadata that a client takes from a server, names and values; more end the call. A server is bounded by the limits of its HTTP server, what its handlers send is not
 * @param blockingCalls blocking handlers of one service that may run at a time; further calls end with RESOURCE_EXHAUSTED. Stops peers from filling memory with threads
 * @param deadline time that a call may take whose client has set none; zero for no end. Stops calls that nobody waits for any more
 */
public record Limits(
        int inboundMessageBytes,
        int outboundMessageBytes,
        int queuedBytes,
        int metadataBytes,
        int blockingCalls,
        Duration deadline) {
    /** 4 MiB in, as all implementations have it; 64 MiB out; 1 MiB queued; 16 KiB of metadata; 10,000 blocking calls; no deadline. */
    public static final Limits DEFAULT = new Limits(4 << 20, 64 << 20, 1 << 20, 16 << 10, 10_000, Duration.ZERO);

    /** Checks the ranges. */
    public Limits {
        atLeastOne("inboundMessageBytes", inboundMessageBytes);
        atLeastOne("outboundMessageBytes", outboundMessageBytes);
        atLeastOne("queuedBytes", queuedBytes);
        atLeastOne("metadataBytes", metadataBytes);
        atLeastOne("blockingCalls", blockingCalls);
        if (deadline.isNegative()) {
            throw new IllegalArgumentException("deadline must not be negative, but is " + deadline);
        }
    }

    /** These with another bound for messages that arrive. */
    public Limits withInboundMessageBytes(int bytes) {
        return new Limits(bytes, outboundMessageBytes, queuedBytes, metadataBytes, blockingCalls, deadline);
    }

    /** These with another bound for messages that are sent. */
    public Limits withOutboundMessageBytes(int bytes) {
        return new Limits(inboundMessageBytes, bytes, queuedBytes, metadataBytes, blockingCalls, deadline);
    }

    /** These with another bound for what a writer leaves behind. */
    public Limits withQueuedBytes(int bytes) {
        return new Limits(inboundMessageBytes, outboundMessageBytes, bytes, metadataBytes, blockingCalls, deadline);
    }

    /** These with another bound for blocking handlers. */
    public Limits withBlockingCalls(int number) {
        return new Limits(inboundMessageBytes, outboundMessageBytes, queuedBytes, metadataBytes, number, deadline);
    }

    /** These with another time for calls without a deadline. */
    public Limits withDeadline(Duration time) {
        return new Limits(inboundMessageBytes, outboundMessageBytes, queuedBytes, metadataBytes, blockingCalls, time);
    }

    /**
     * Bounds of what a server may cost whose schemas are asked for by reflection.
     *
     * @param services names of services in one list
     * @param files files of schemas in one pool
     * @param bytes bytes of these files together. These stop servers from filling memory
     */
    public record Reflection(int services, int files, long bytes) {
        /** 1,000 services; 1,000 files of 16 MiB together. */
        public static final Reflection DEFAULT = new Reflection(1_000, 1_000, 16 << 20);

        /** Checks the ranges. */
        public Reflection {
            atLeastOne("services", services);
            atLeastOne("files", files);
            atLeastOne("bytes", bytes);
        }
    }

    private static void atLeastOne(String name, long value) {
        if (value < 1) {
            throw new IllegalArgumentException(name + " must be at least 1, not " + value);
        }
    }
}
