package dev.capstan.gateway.listen;

import dev.capstan.async.Loop;
import dev.capstan.async.MessageStream;
import dev.capstan.async.Network;
import dev.capstan.capnp.dynamic.SchemaLoader;
import dev.capstan.gateway.frames.Decoding;
import dev.capstan.gateway.frames.Direction;
import dev.capstan.gateway.frames.FrameLine;
import dev.capstan.gateway.frames.Tap;
import dev.capstan.gateway.trace.LineQueue;
import dev.capstan.net.NetLoop;
import io.grpc.ClientInterceptor;
import java.io.PrintWriter;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Where the parts of a gateway live, and how what passes between them and the world is looked at.
 *
 * @param look what makes streams of a network show what is read and written
 * @param messages the same for streams of Cap'n Web's messages that clients have opened over WebTransport
 * @param calls the same for calls of gRPC's clients, whose connections are their own
 */
public record Site(
        NetLoop net,
        UnaryOperator<Network> look,
        UnaryOperator<MessageStream> messages,
        List<ClientInterceptor> calls) {
    /** Nobody looks. */
    static Site of(NetLoop net) {
        return new Site(net, network -> network, messages -> messages, List.of());
    }

    /** Every frame is a line of {@code out}, without secrets, unless they come faster than they are read; {@code schemas} tell names of Cap'n Proto. */
    public static Site shown(NetLoop net, @Nullable SchemaLoader schemas, PrintWriter out) {
        Decoding decoding =
                schemas == null ? Decoding.plain() : Decoding.plain().with(schemas);
        LineQueue lines = LineQueue.of(out, "frames");
        Tap tap = new Tap(
                net.loop(), decoding, frame -> lines.put(frame.text().length(), () -> FrameLine.text(frame, false)));
        return new Site(net, tap::network, messages -> tap.web(messages, Direction.TO_CLIENT), List.of(tap.grpc()));
    }

    Loop loop() {
        return net.loop();
    }

    public Network network() {
        return look.apply(net.network());
    }
}
