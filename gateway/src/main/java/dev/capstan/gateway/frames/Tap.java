package dev.capstan.gateway.frames;

import dev.capstan.async.Address;
import dev.capstan.async.ByteStream;
import dev.capstan.async.Loop;
import dev.capstan.async.MessageStream;
import dev.capstan.async.Network;
import dev.capstan.async.Promise;
import io.grpc.ClientInterceptor;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * Shows what passes through streams of this process, in both directions, by streams around them that pass on everything unchanged. Where no tap is put, nothing is different and nothing costs.
 *
 * <p>Belongs to a loop, on whose thread the sink hears of frames. The sink must not throw.
 */
public final class Tap {
    private final Loop loop;
    private final Decoding decoding;
    private final Consumer<? super Frame> sink;
    private final long began;
    private int sessions;

    /** A tap for streams of {@code loop}. */
    public Tap(Loop loop, Decoding decoding, Consumer<? super Frame> sink) {
        this.loop = loop;
        this.decoding = decoding;
        this.sink = sink;
        this.began = loop.timer().nanoTime();
    }

    /** A stream of Cap'n Proto's messages that is looked at. Takes over {@code stream}; what is sent goes in the direction {@code outgoing}. */
    public MessageStream capnp(MessageStream stream, Direction outgoing) {
        return messages(stream, outgoing, out -> new CapnpMessages(decoding, out));
    }

    /** A stream of Cap'n Web's messages; see {@link #capnp}. */
    public MessageStream web(MessageStream stream, Direction outgoing) {
        return messages(stream, outgoing, out -> new WebMessages(decoding, out));
    }

    private MessageStream messages(MessageStream stream, Direction outgoing, Function<Out, Messages> wire) {
        Watch watch = new Watch(this, FrameDecoder.ofMessages(++sessions, sink, wire), outgoing);
        return new TappedMessages(stream, watch);
    }

    /** A stream of bytes, whatever is spoken over it; see {@link #capnp}. */
    public ByteStream bytes(ByteStream stream, Direction outgoing) {
        return TappedBytes.over(stream, new Watch(this, new FrameDecoder(decoding, ++sessions, sink), outgoing));
    }

    /** A network whose streams are all looked at: one over TLS shows what was encrypted. Used as {@code under} is. */
    public Network network(Network under) {
        return new Network() {
            @Override
            public Promise<ByteStream> connect(Address address) {
                return under.connect(address).map(stream -> bytes(stream, Direction.TO_SERVER));
            }

            @Override
            public Promise<Listener> listen(Address address, Consumer<ByteStream> onAccept) {
                return under.listen(address, stream -> onAccept.accept(bytes(stream, Direction.TO_CLIENT)));
            }
        };
    }

    /** For a client of gRPC, whose connections are its own: shows each call as a session, with its messages if they are of protobuf. From any thread. */
    public ClientInterceptor grpc() {
        return new GrpcTap(this);
    }

    void onLoop(Runnable work) {
        if (loop.inLoop()) {
            work.run();
        } else {
            loop.post(work);
        }
    }

    /** The number of the next session, for what is no stream. */
    int nextSession() {
        return ++sessions;
    }

    Decoding decoding() {
        return decoding;
    }

    Consumer<? super Frame> sink() {
        return sink;
    }

    long micros() {
        return (loop.timer().nanoTime() - began) / 1_000;
    }
}
