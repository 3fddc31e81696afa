package dev.capstan.capnp.rpc;

import dev.capstan.cap.Failure;
import dev.capstan.capnp.MessageBuilder;
import dev.capstan.capnp.rpc.protocol.Message;

/** A message to the peer that is being built. Building is possible on any thread, {@link #send} on the loop's. */
final class OutgoingMessage {
    /** Root pointer, Message and the largest struct in it, in words. */
    static final int OVERHEAD_WORDS = 12;

    private final MessageBuilder builder;
    private final Message.Builder root;

    OutgoingMessage(int contentWords) {
        builder = new MessageBuilder(contentWords + OVERHEAD_WORDS);
        root = builder.initRoot(Message.TYPE);
    }

    Message.Builder root() {
        return root;
    }

    dev.capstan.capnp.CapTable caps() {
        return builder.capTable();
    }

    long sizeWords() {
        return builder.sizeWords();
    }

    /**
     * Queues the message.
     *
     * @throws Failure if it is larger than the peer would accept; the connection is not harmed
     */
    void send(Connection connection) {
        if (builder.sizeWords() > connection.limits.messageWords()) {
            throw Failure.failed("Trying to send Cap'n Proto message larger than our single-message size limit"
                    + " (" + builder.sizeWords() + " words of " + connection.limits.messageWords()
                    + "): send it in pieces, or as a stream");
        }
        connection.transmit(builder.frame());
    }
}
