package dev.capstan.capnp.rpc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.capstan.async.BytePipe;
import dev.capstan.async.MessageStream;
import dev.capstan.async.SimLoop;
import dev.capstan.cap.BrokenCap;
import dev.capstan.cap.Target;
import dev.capstan.capnp.MessageBuilder;
import dev.capstan.capnp.io.FrameStream;
import dev.capstan.capnp.rpc.protocol.Call;
import dev.capstan.capnp.rpc.protocol.CapDescriptor;
import dev.capstan.capnp.rpc.protocol.Message;
import dev.capstan.capnp.rpc.protocol.Payload;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;

/** A peer whose messages are written by hand, and the vat that it speaks to. */
final class HostilePeer {
    final SimLoop sim;
    /** Its end of the connection. */
    final MessageStream stream;

    final Vat vat;
    final Connection connection;
    /** What the vat has sent and the test has not taken. */
    final List<Message.Reader> received = new ArrayList<>();

    boolean ended;
    /** Whether it closes its side when the vat has closed its own. */
    boolean endsToo = true;

    HostilePeer(Target bootstrap) {
        this(new SimLoop(), Limits.DEFAULT, bootstrap);
    }

    HostilePeer(SimLoop sim, Limits limits, Target bootstrap) {
        this.sim = sim;
        vat = Vat.on(sim.loop()).limits(limits).serving(bootstrap).build();
        // Over bytes: what is sent before the loop runs arrives in one piece.
        BytePipe pipe = new BytePipe(sim.loop());
        stream = new FrameStream(pipe.left(), dev.capstan.capnp.Limits.DEFAULT);
        connection = (Connection) vat.connect(pipe.right());
        stream.start(new MessageStream.Receiver() {
            @Override
            public void received(byte[] array, int offset, int length, boolean lent) {
                received.add(ScriptedPeer.parse(Arrays.copyOfRange(array, offset, offset + length)));
            }

            @Override
            public void ended() {
                ended = true;
                if (endsToo) {
                    stream.end();
                }
            }

            @Override
            public void failed(Throwable cause) {
                ended = true;
            }
        });
    }

    void send(Consumer<Message.Builder> fill) {
        MessageBuilder message = new MessageBuilder(64);
        fill.accept(message.initRoot(Message.TYPE));
        stream.send(message.frame());
    }

    void bootstrap(long question) {
        send(message -> message.initBootstrap().setQuestionId(question));
    }

    /** A call of method {@code method}; {@code fill} sets the target and what else it wants. */
    void call(long question, int method, Consumer<Call.Builder> fill) {
        send(message -> {
            Call.Builder call = message.initCall();
            call.setQuestionId(question);
            call.setMethodId(method);
            call.initParams();
            fill.accept(call);
        });
    }

    static Consumer<Call.Builder> toExport(long id) {
        return call -> call.initTarget().setImportedCap(id);
    }

    static Consumer<Call.Builder> toAnswer(long question) {
        return call -> call.initTarget().initPromisedAnswer().setQuestionId(question);
    }

    /** Makes one capability the content of {@code payload}. */
    static void content(Payload.Builder payload, Consumer<CapDescriptor.Builder> cap) {
        payload.getContent().setCap(BrokenCap.because("only its pointer counts"));
        cap.accept(payload.initCapTable(1).get(0));
    }

    void resolve(long promise, Consumer<CapDescriptor.Builder> cap) {
        send(message -> {
            var resolve = message.initResolve();
            resolve.setPromiseId(promise);
            cap.accept(resolve.initCap());
        });
    }

    void finish(long question) {
        send(message -> message.initFinish().setQuestionId(question));
    }

    /** The next message that has arrived. */
    Message.Reader next() {
        sim.poll();
        assertFalse(received.isEmpty(), "an answer");
        return received.removeFirst();
    }

    /** Lets everything happen that can, whatever the vat says. */
    void ignore() {
        sim.poll();
        received.clear();
    }

    void nothing() {
        sim.poll();
        assertEquals(List.of(), received.stream().map(Message.Reader::which).toList());
    }

    void stillUp() {
        sim.poll();
        received.clear();
        bootstrap(777_777);
        Message.Reader answer = next();
        assertTrue(answer.isReturn() && answer.getReturn().isResults(), () -> "still up, not " + answer.which());
        assertFalse(ended);
        finish(777_777);
    }

    void abortedWith(String text) {
        Message.Reader abort = next();
        assertTrue(abort.isAbort(), () -> "aborted, not " + abort.which());
        assertTrue(abort.getAbort().getReason().contains(text), abort.getAbort().getReason());
        nothing();
        assertTrue(ended);
    }

    /** Closes the vat; nothing may be left. */
    void close() {
        vat.close();
        sim.poll();
        assertEquals(new Peer.Tables(0, 0, 0, 0, 0), connection.tables());
        assertEquals(List.of(), vat.peers());
        assertTrue(ended, "the peer was told");
        assertEquals(0, sim.loop().timer().pending(), "timers");
    }
}
