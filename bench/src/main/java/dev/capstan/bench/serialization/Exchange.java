package dev.capstan.bench.serialization;

import dev.capstan.capnp.AnyPointer;
import dev.capstan.capnp.Limits;
import dev.capstan.capnp.MessageBuilder;
import dev.capstan.capnp.MessageReader;
import dev.capstan.capnp.io.MessageInput;
import dev.capstan.capnp.io.MessageOutput;
import java.io.IOException;
import java.util.Objects;

/**
 * A client and a server in one thread: a request is built and passed on, its response built and passed back, and read. Messages are read where they were built
 * (object), framed into an array and read there (bytes), or packed into a stream and unpacked from it (packed).
 */
public final class Exchange {
    private final Workload workload;
    private final String mode;
    private final boolean reuse;
    private final Xorshift random = new Xorshift();
    private final Way request = new Way();
    private final Way response = new Way();
    private long bytes;

    /** What is kept for messages that go one way, if memory is used again. */
    private static final class Way {
        final MessageBuilder message = new MessageBuilder();
        final PackedWire packed = new PackedWire();
        final MessageReader reader = MessageReader.of(message.toByteArray(), 0, 16, Limits.DEFAULT);
        byte[] frame = new byte[1024];
    }

    private static final class PackedWire {
        final Wire wire = new Wire();
        final MessageOutput output = MessageOutput.packed(wire.in);
        final MessageInput input = MessageInput.packed(wire.out, Limits.DEFAULT);
    }

    /** Numbers are random, but the same for each new exchange. */
    public Exchange(String workload, String mode, boolean reuse) {
        this.workload = Workload.named(workload);
        this.mode = mode;
        this.reuse = reuse;
        request.packed.input.reusingMemory();
        response.packed.input.reusingMemory();
    }

    /** One request and its response; answers what the client read. */
    public long once() throws IOException {
        MessageBuilder requestMessage = builder(request);
        long expected = workload.request(requestMessage, random);
        MessageBuilder responseMessage = builder(response);
        workload.respond(pass(requestMessage, request), responseMessage);
        long result = workload.result(pass(responseMessage, response));
        if (result != expected) {
            throw new IllegalStateException("the response is " + result + " where " + expected + " is right");
        }
        return result;
    }

    /** Bytes on the way so far, both ways together. */
    public long bytes() {
        return bytes;
    }

    private MessageBuilder builder(Way way) {
        if (!reuse) {
            return new MessageBuilder();
        }
        way.message.reset();
        return way.message;
    }

    private AnyPointer.Reader pass(MessageBuilder message, Way way) throws IOException {
        return switch (mode) {
            case "object" -> message.asReader();
            case "bytes" -> frame(message, way);
            case "packed" -> pack(message, reuse ? way.packed : new PackedWire());
            default -> throw new IllegalStateException("no mode is called " + mode);
        };
    }

    private AnyPointer.Reader frame(MessageBuilder message, Way way) {
        int length = Math.toIntExact(message.frameBytes());
        bytes += length;
        byte[] frame = way.frame;
        if (!reuse || frame.length < length) {
            frame = new byte[length];
            way.frame = frame;
        }
        message.writeFrame(frame, 0);
        if (!reuse) {
            return MessageReader.of(frame, 0, length, Limits.DEFAULT).root();
        }
        way.reader.reset(frame, 0, length);
        return way.reader.root();
    }

    private AnyPointer.Reader pack(MessageBuilder message, PackedWire packed) throws IOException {
        packed.output.write(message);
        AnyPointer.Reader root = Objects.requireNonNull(packed.input.next()).root();
        bytes += packed.wire.forgetRead();
        return root;
    }
}
