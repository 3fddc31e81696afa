package dev.capstan.grpc.stress;

import dev.capstan.grpc.ByteCalls;
import dev.capstan.grpc.ServerKind;
import dev.capstan.grpc.Tally;
import dev.capstan.grpc.conformance.Http2Peer;
import dev.capstan.net.NetLoop;
import dev.capstan.net.Transport;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.Status;
import java.io.IOException;
import java.util.List;
import java.util.Map;

/** A server with an endless stream that heeds readiness, and an answer of one message; and clients that are no libraries, of a connection each. */
final class Crowd implements AutoCloseable {
    private static final byte[] MESSAGE = new byte[16 << 10];
    private static final int RECEIVE_BYTES = 64 << 10;
    private static final byte[] EMPTY_MESSAGE = new byte[5];

    final Tally written = new Tally();

    /** Streams that have been told at least once to write no more for now. */
    final Tally held = new Tally();

    final Tally begun = new Tally();
    final Tally over = new Tally();
    private final NetLoop net = NetLoop.open("crowd", Transport.AUTO);
    private final ByteCalls bytes = new ByteCalls();
    final ServerKind.Running server;

    Crowd(ServerKind kind) {
        server = kind.start(net, bytes.service(endless(), one()));
    }

    private ServerCallHandler<byte[], byte[]> endless() {
        return (call, headers) -> {
            begun.increment();
            call.sendHeaders(new Metadata());
            return new ServerCall.Listener<>() {
                private boolean wasHeld;

                @Override
                public void onReady() {
                    while (call.isReady()) {
                        call.sendMessage(MESSAGE);
                        written.add(MESSAGE.length);
                    }
                    if (!wasHeld) {
                        wasHeld = true;
                        held.increment();
                    }
                }

                @Override
                public void onCancel() {
                    over.increment();
                }
            };
        };
    }

    private ServerCallHandler<byte[], byte[]> one() {
        return (call, headers) -> {
            call.request(1);
            return new ServerCall.Listener<>() {
                @Override
                public void onHalfClose() {
                    call.sendHeaders(new Metadata());
                    call.sendMessage(new byte[1]);
                    call.close(Status.OK, new Metadata());
                }
            };
        };
    }

    private static void ask(Http2Peer peer, int id, MethodDescriptor<?, ?> method) throws IOException {
        peer.headers(
                id,
                false,
                List.of(
                        Map.entry(":method", "POST"),
                        Map.entry(":scheme", "http"),
                        Map.entry(":path", "/" + method.getFullMethodName()),
                        Map.entry(":authority", "127.0.0.1"),
                        Map.entry("content-type", "application/grpc"),
                        Map.entry("te", "trailers")));
        peer.data(id, true, EMPTY_MESSAGE);
    }

    /** A client that asks for the endless stream, has windows without bounds, and reads nothing at all. */
    Http2Peer unreading() throws IOException {
        Http2Peer peer = Http2Peer.greedy(server.port(), RECEIVE_BYTES);
        ask(peer, 1, bytes.method);
        return peer;
    }

    Http2Peer connected() throws IOException {
        return Http2Peer.connect(server.port());
    }

    /** Asks and reads the whole answer. */
    void exchange(Http2Peer peer, int id) throws IOException {
        ask(peer, id, bytes.unary);
        Http2Peer.Frame frame;
        do {
            frame = peer.next();
            Load.check(frame != null, "the server has closed the connection");
        } while (frame != null && !frame.ends());
    }

    @Override
    public void close() {
        server.close();
        net.close();
    }
}
