package dev.capstan.capnp.rpc;

import dev.capstan.async.MessageStream;
import dev.capstan.cap.Failure;
import dev.capstan.cap.ObservedCall;
import dev.capstan.capnp.AnyPointer;
import dev.capstan.capnp.AnyStruct;
import dev.capstan.capnp.Data;
import dev.capstan.capnp.MessageBuilder;
import dev.capstan.capnp.MessageException;
import dev.capstan.capnp.StructType;
import dev.capstan.capnp.Text;
import dev.capstan.capnp.rpc.protocol.Message;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** A message to the peer that is being built. Building is possible on any thread, {@link #send} on the loop's. */
final class OutgoingMessage {
    /** Root pointer, Message and the largest struct in it, in words. */
    static final int OVERHEAD_WORDS = 12;

    /**
     * The root of a message that a text travels with: in a pointer behind those that Message has. Message is a union, all of whose members are in its one pointer, so that a later version of the
     * protocol hardly takes the second; whoever does not know it does not look at it.
     */
    private static final StructType<AnyStruct.Builder, AnyStruct.Reader> CARRYING =
            AnyStruct.type(Message.TYPE.dataWords(), Message.TYPE.pointerCount() + 1);

    private static final int CARRIED = Message.TYPE.pointerCount();

    private final MessageBuilder builder;
    private final Message.Builder root;

    OutgoingMessage(int contentWords) {
        builder = new MessageBuilder(contentWords + OVERHEAD_WORDS);
        root = builder.initRoot(Message.TYPE);
    }

    private OutgoingMessage(int contentWords, StructType<AnyStruct.Builder, ?> larger) {
        builder = new MessageBuilder(contentWords + OVERHEAD_WORDS);
        root = builder.initRoot(larger).as(Message.TYPE);
    }

    Message.Builder root() {
        return root;
    }

    /** A message that a text may travel with. */
    static OutgoingMessage carrying(int contentWords) {
        return new OutgoingMessage(contentWords + 2 + (ObservedCall.MOST_CARRIED >> 3), CARRYING);
    }

    /** {@code text}, of visible ASCII characters, travels with this message, which was made for that. */
    void carry(String text) {
        AnyStruct.of(root).pointer(CARRIED).setAs(Text.TYPE, text);
    }

    /** What travels with {@code message}; null if nothing does, or nothing that may. */
    static @Nullable String carried(Message.Reader message) {
        AnyStruct.Reader struct = AnyStruct.of(message);
        if (struct.pointerCount() <= CARRIED || struct.pointer(CARRIED).kind() != AnyPointer.Kind.LIST) {
            return null;
        }
        try {
            Data text = struct.pointer(CARRIED).as(Data.TYPE);
            int length = text.size() - 1;
            return length <= 0 || length > ObservedCall.MOST_CARRIED
                    ? null
                    : ObservedCall.carried(new String(text.toByteArray(), 0, length, StandardCharsets.US_ASCII));
        } catch (MessageException e) {
            return null; // Something else than a text: another program's, perhaps.
        }
    }

    dev.capstan.capnp.CapTable caps() {
        return builder.capTable();
    }

    long frameBytes() {
        return builder.frameBytes();
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

    /** Queues the message on what is no connection. */
    void send(MessageStream stream) {
        stream.send(builder.frame());
    }
}
