package dev.capstan.interop;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.capstan.async.Address;
import dev.capstan.capnp.Limits;
import dev.capstan.capnp.MessageBuilder;
import dev.capstan.capnp.MessageReader;
import dev.capstan.capnp.StructList;
import dev.capstan.capnp.rpc.protocol.Call;
import dev.capstan.capnp.rpc.protocol.CapDescriptor;
import dev.capstan.capnp.rpc.protocol.Exception;
import dev.capstan.capnp.rpc.protocol.Message;
import dev.capstan.capnp.rpc.protocol.MessageTarget;
import dev.capstan.capnp.rpc.protocol.Return;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A peer without a vat: sends whatever messages it is told to, and writes down what comes back. Not thread-safe. */
final class RawPeer implements AutoCloseable {
    /** Question of {@link #handshake}; its answer is not written down. */
    static final int BOOTSTRAP = 900;

    /** An interface that nobody has. */
    static final long UNKNOWN_INTERFACE = 0xdeadbeefcafe0001L;

    private static final int FIRST_MARKER = 1000;
    private static final Duration DEADLINE = Duration.ofSeconds(10);

    private final Socket socket;
    private final InputStream in;
    private final ByteArrayOutputStream queued = new ByteArrayOutputStream();
    private final List<String> log = new ArrayList<>();
    private int nextMarker = FIRST_MARKER;
    private boolean over;

    RawPeer(Address address) {
        if (!(address instanceof Address.Tcp(String host, int port))) {
            throw new IllegalArgumentException("only TCP here, not " + address);
        }
        try {
            socket = new Socket(host, port);
            socket.setTcpNoDelay(true);
            socket.setSoTimeout((int) DEADLINE.toMillis());
            in = socket.getInputStream();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    // ---- sending

    /** Queues a message; everything queued leaves in one write with {@link #flush}. */
    void send(Consumer<Message.Builder> fill) {
        MessageBuilder message = new MessageBuilder();
        fill.accept(message.initRoot(Message.TYPE));
        queued.writeBytes(message.toByteArray());
    }

    void bootstrap(int question) {
        send(message -> message.initBootstrap().setQuestionId(question));
    }

    /** Calls a method of {@code target}. */
    void call(
            long question,
            Consumer<MessageTarget.Builder> target,
            long interfaceId,
            int methodId,
            Consumer<Call.Builder> more) {
        send(message -> {
            Call.Builder call = message.initCall();
            call.setQuestionId(question);
            target.accept(call.initTarget());
            call.setInterfaceId(interfaceId);
            call.setMethodId(methodId);
            call.initParams();
            more.accept(call);
        });
    }

    /** The object that the other side exports under {@code id}. */
    static Consumer<MessageTarget.Builder> export(long id) {
        return target -> target.setImportedCap(id);
    }

    /** What {@code question} will be answered with. */
    static Consumer<MessageTarget.Builder> answerTo(long question) {
        return target -> target.initPromisedAnswer().setQuestionId(question);
    }

    void finish(long question) {
        send(message -> message.initFinish().setQuestionId(question));
    }

    void flush() {
        try {
            socket.getOutputStream().write(queued.toByteArray());
        } catch (SocketException e) {
            log.add("hung up"); // What it said before is still to be read.
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        queued.reset();
    }

    // ---- receiving

    /** The next message; null at the end. */
    Message.@Nullable Reader receive() {
        if (over) {
            return null;
        }
        try {
            byte[] table = in.readNBytes(4);
            if (table.length < 4) {
                over = true;
                return null;
            }
            int segments = 1 + readInt(table, 0);
            byte[] header = new byte[(4 + 4 * segments + 7) & ~7];
            System.arraycopy(table, 0, header, 0, 4);
            in.readNBytes(header, 4, header.length - 4);
            int words = 0;
            for (int i = 0; i < segments; i++) {
                words += readInt(header, 4 + 4 * i);
            }
            byte[] frame = new byte[header.length + 8 * words];
            System.arraycopy(header, 0, frame, 0, header.length);
            assertEquals(8 * words, in.readNBytes(frame, header.length, 8 * words), "a message that ends early");
            return MessageReader.of(frame, 0, frame.length, Limits.DEFAULT).root(Message.TYPE);
        } catch (SocketException e) {
            // A reset: the other side has closed while something of ours was on its way.
            over = true;
            return null;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static int readInt(byte[] from, int at) {
        return ByteBuffer.wrap(from).order(ByteOrder.LITTLE_ENDIAN).getInt(at);
    }

    /** Asks for the bootstrap object and waits for it. */
    Consumer<MessageTarget.Builder> handshake() {
        bootstrap(BOOTSTRAP);
        flush();
        Message.Reader message = receive();
        if (message == null || message.which() != Message.Which.RETURN) {
            throw new AssertionError("no answer to Bootstrap: " + (message == null ? "end" : describe(message)));
        }
        CapDescriptor.Reader cap =
                message.getReturn().getResults().getCapTable().get(0);
        assertEquals(CapDescriptor.Which.SENDER_HOSTED, cap.which());
        return export(cap.getSenderHosted());
    }

    /**
     * Writes down everything that comes until the end, or until a call to {@code target} that is made now has returned. Twice, because what a
     * call of before leads to may take a moment longer than the answer to a call of later.
     */
    void settle(Consumer<MessageTarget.Builder> target) {
        for (int round = 0; round < 2 && !over; round++) {
            int marker = nextMarker++;
            call(marker, target, UNKNOWN_INTERFACE, 0, call -> {});
            flush();
            while (true) {
                Message.Reader message = receive();
                if (message == null) {
                    log.add("end");
                    break;
                }
                if (message.which() == Message.Which.RETURN
                        && message.getReturn().getAnswerId() == marker) {
                    break;
                }
                log.add(describe(message));
            }
        }
    }

    /** Adds a line of the script itself to what is written down. */
    void note(String line) {
        log.add(line);
    }

    /** What was written down. */
    List<String> transcript() {
        return List.copyOf(log);
    }

    /** One line about a message: what a reader of the protocol would ask for. */
    static String describe(Message.Reader message) {
        return switch (message.which()) {
            case RETURN -> describe(message.getReturn());
            case ABORT -> "Abort " + describe(message.getAbort());
            case UNIMPLEMENTED -> "Unimplemented " + message.getUnimplemented().which();
            case RELEASE ->
                "Release " + message.getRelease().getId() + " x"
                        + message.getRelease().getReferenceCount();
            default -> message.which().toString();
        };
    }

    private static String describe(Return.Reader ret) {
        String flags = (ret.getReleaseParamCaps() ? " releaseParamCaps" : "")
                + (ret.getNoFinishNeeded() ? " noFinishNeeded" : "");
        String content = switch (ret.which()) {
            case RESULTS -> "results " + describe(ret.getResults().getCapTable());
            case EXCEPTION -> describe(ret.getException());
            default -> ret.which().toString();
        };
        return "Return " + ret.getAnswerId() + " " + content + flags;
    }

    private static String describe(StructList.Reader<CapDescriptor.Reader> caps) {
        List<String> all = new ArrayList<>();
        for (CapDescriptor.Reader cap : caps) {
            all.add(
                    cap.which() == CapDescriptor.Which.SENDER_HOSTED
                            ? "senderHosted " + cap.getSenderHosted()
                            : cap.which().toString());
        }
        return all.toString();
    }

    private static String describe(Exception.Reader exception) {
        return exception.getType() + " \"" + exception.getReason() + "\"";
    }

    @Override
    public void close() {
        try {
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
