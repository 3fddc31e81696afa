package dev.capstan.capnp.rpc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.capstan.async.MessageStream;
import dev.capstan.async.SimLoop;
import dev.capstan.capnp.Limits;
import dev.capstan.capnp.MessageBuilder;
import dev.capstan.capnp.MessageReader;
import dev.capstan.capnp.rpc.protocol.Message;
import java.util.ArrayDeque;
import java.util.List;
import java.util.function.Consumer;

/** A peer without a vat: it sends what the test writes by hand and keeps what it receives, so that it can do what no correct peer would. */
final class ScriptedPeer implements MessageStream.Receiver {
    private final SimLoop sim;
    private final MessageStream stream;
    private final ArrayDeque<Message.Reader> inbox = new ArrayDeque<>();
    private boolean ended;
    private String why = "";

    /** Takes over {@code stream}, one end of a connection whose other end belongs to the vat that is tested. */
    ScriptedPeer(SimLoop sim, MessageStream stream) {
        this.sim = sim;
        this.stream = stream;
        stream.start(this);
    }

    /** The content of a frame. */
    static Message.Reader parse(byte[] frame) {
        return MessageReader.of(frame, 0, frame.length, Limits.DEFAULT).root(Message.TYPE);
    }

    void send(Consumer<Message.Builder> fill) {
        MessageBuilder message = new MessageBuilder(64);
        fill.accept(message.initRoot(Message.TYPE));
        stream.send(message.frame());
    }

    /** The next message, after everything that can happen now has happened. */
    Message.Reader receive() {
        sim.poll();
        assertFalse(
                inbox.isEmpty(),
                () -> "a message should have come" + (ended ? ", but the stream has ended" + why : ""));
        return inbox.remove();
    }

    /** As {@link #receive}, and it must be of this kind. */
    Message.Reader receive(Message.Which kind) {
        Message.Reader message = receive();
        assertEquals(
                kind,
                message.which(),
                () -> message.isAbort() ? message.getAbort().getReason() : "");
        return message;
    }

    /** Nothing comes, and the connection stays. */
    void expectNothing() {
        sim.poll();
        assertEquals(List.of(), inbox.stream().map(Message.Reader::which).toList());
        assertFalse(ended, "the connection should be up" + why);
    }

    /** Forgets what has come. */
    void ignore() {
        sim.poll();
        inbox.clear();
    }

    /** An Abort whose reason contains {@code text}, and then the end. */
    void expectAbort(String text) {
        String reason = receive(Message.Which.ABORT).getAbort().getReason();
        assertTrue(reason.contains(text), reason);
        expectEnd();
    }

    /** Nothing more comes but the end. */
    void expectEnd() {
        sim.poll();
        assertEquals(List.of(), inbox.stream().map(Message.Reader::which).toList());
        assertTrue(ended, "the stream should have ended");
    }

    /** Says that nothing more will come from here. */
    void end() {
        stream.end();
    }

    @Override
    public void received(byte[] array, int offset, int length, boolean lent) {
        byte[] copy = java.util.Arrays.copyOfRange(array, offset, offset + length);
        inbox.add(parse(copy));
    }

    @Override
    public void ended() {
        ended = true;
    }

    @Override
    public void failed(Throwable cause) {
        ended = true;
        why = ": " + cause;
    }
}
