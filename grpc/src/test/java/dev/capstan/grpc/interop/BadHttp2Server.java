package dev.capstan.grpc.interop;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.google.protobuf.ByteString;
import dev.capstan.testprotos.interop.Payload;
import dev.capstan.testprotos.interop.SimpleRequest;
import dev.capstan.testprotos.interop.SimpleResponse;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;

/** A server that gives every call the same answer, and misbehaves the way that one of the official HTTP/2 cases has it. */
final class BadHttp2Server implements AutoCloseable {
    /** What the cases ask for, and what they are given. */
    static final SimpleRequest REQUEST = SimpleRequest.newBuilder()
            .setResponseSize(314_159)
            .setPayload(Payload.newBuilder().setBody(ByteString.copyFrom(new byte[271_828])))
            .build();

    static final SimpleResponse ANSWER = SimpleResponse.newBuilder()
            .setPayload(Payload.newBuilder().setBody(ByteString.copyFrom(new byte[314_159])))
            .build();

    private static final byte[] MESSAGE = ByteBuffer.allocate(5 + ANSWER.getSerializedSize())
            .put((byte) 0)
            .putInt(ANSWER.getSerializedSize())
            .put(ANSWER.toByteArray())
            .array();

    /** What is wrong with it. */
    enum Case {
        /** The first connection takes no more calls, and says so before its first call ends. */
        GOAWAY,
        RST_AFTER_HEADER,
        RST_DURING_DATA,
        RST_AFTER_DATA,
        /** Pings lie before, between and after headers and data. */
        PING,
        /** From the first call on, one stream at a time is allowed. */
        MAX_STREAMS,
        /** The answer comes in small pieces with much padding: 16 MB of it. */
        DATA_FRAME_PADDING,
        NO_DF_PADDING_SANITY_TEST,
        /** None of the official ones: the first call is refused before anything of it was done. */
        REFUSED_ONCE,
        /** None of the official ones: every call is refused like that. */
        REFUSED,
        /** None of the official ones: the first connection is told to end before its first call, which was on its way. */
        GOAWAY_BEFORE,
        /** None of the official ones: the first connection allows one call, and is told to end when that has its headers and {@link #goAway} was said. */
        GOAWAY_FULL,
        /** None of the official ones: every connection takes no more calls from its fifth one on, and does what has come till then. */
        GOAWAY_ALWAYS,
        /** None of the official ones: every call has failed, and gRPC's message is worded as if it had been refused. */
        WORDED_AS_REFUSED,
        /** Answers one call, and reads nothing after it, though it lets the client send. */
        DEAF
    }

    private final Case which;
    private final ServerSocket socket = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    private final List<Http2Peer> clients = new CopyOnWriteArrayList<>();
    private final List<Throwable> failures = new CopyOnWriteArrayList<>();
    private final CountDownLatch leaving = new CountDownLatch(1);

    BadHttp2Server(Case which) throws IOException {
        this.which = which;
        Thread.ofVirtual().start(this::accept);
    }

    int port() {
        return socket.getLocalPort();
    }

    /** For {@link Case#GOAWAY_FULL}. */
    void goAway() {
        leaving.countDown();
    }

    private void accept() {
        while (!socket.isClosed()) {
            try {
                Http2Peer client = new Http2Peer(socket.accept());
                clients.add(client);
                Thread.ofVirtual().start(() -> serve(client));
            } catch (IOException e) {
                note(e);
            }
        }
    }

    private void note(Throwable e) {
        if (!socket.isClosed()) {
            failures.add(e);
        }
    }

    private void serve(Http2Peer client) {
        try {
            client.run(id -> Thread.ofVirtual().start(() -> {
                try {
                    answer(client, id);
                } catch (IOException | InterruptedException | RuntimeException e) {
                    note(e);
                }
            }));
        } catch (IOException e) {
            // The client has closed the connection, as it may: whoever still answers it finds out.
            assert socket.isBound();
        } catch (InterruptedException e) {
            note(e);
        }
    }

    private void answer(Http2Peer client, int id) throws IOException, InterruptedException {
        switch (which) {
            case GOAWAY -> {
                head(client, id);
                client.data(id, MESSAGE, 0, MESSAGE.length);
                if (client == clients.getFirst()) {
                    client.goAway(id);
                }
                tail(client, id);
            }
            case RST_AFTER_HEADER -> {
                head(client, id);
                client.reset(id);
            }
            case RST_DURING_DATA -> {
                head(client, id);
                client.data(id, MESSAGE, 0, MESSAGE.length / 2);
                client.reset(id);
            }
            case RST_AFTER_DATA -> {
                head(client, id);
                client.data(id, MESSAGE, 0, MESSAGE.length);
                client.reset(id);
            }
            case PING -> {
                client.ping();
                head(client, id);
                client.ping();
                for (int at = 0; at < MESSAGE.length; at += 65536) {
                    client.data(id, MESSAGE, at, Math.min(MESSAGE.length, at + 65536));
                    client.ping();
                }
                client.untilAnswered();
                tail(client, id);
            }
            case MAX_STREAMS -> {
                if (client.requests() == 1) {
                    client.allow(1);
                }
                // What else the client would send at the same time comes before the answer to the ping.
                client.ping();
                client.untilAnswered();
                whole(client, id);
            }
            case DATA_FRAME_PADDING -> {
                head(client, id);
                client.crumbs(id, MESSAGE, 255);
                tail(client, id);
            }
            case REFUSED_ONCE -> {
                if (client.requests() == 1) {
                    client.refuse(id);
                } else {
                    whole(client, id);
                }
            }
            case REFUSED -> client.refuse(id);
            case GOAWAY_BEFORE -> {
                if (client == clients.getFirst()) {
                    client.goAway(0);
                } else {
                    whole(client, id);
                }
            }
            case GOAWAY_FULL -> {
                if (client == clients.getFirst()) {
                    client.allow(1);
                    client.untilAnswered();
                    head(client, id);
                    leaving.await();
                    client.goAway(id);
                    client.data(id, MESSAGE, 0, MESSAGE.length);
                    tail(client, id);
                } else {
                    whole(client, id);
                }
            }
            case GOAWAY_ALWAYS -> {
                if (client.requests() == 5) {
                    client.goAway(Integer.MAX_VALUE);
                }
                whole(client, id);
            }
            case WORDED_AS_REFUSED ->
                client.headers(
                        id,
                        true,
                        ":status",
                        "200",
                        "content-type",
                        "application/grpc",
                        "grpc-status",
                        "14",
                        "grpc-message",
                        "RST_STREAM closed stream. HTTP/2 error code: REFUSED_STREAM");
            case DEAF -> {
                client.turnDeaf();
                whole(client, id);
            }
            case NO_DF_PADDING_SANITY_TEST -> {
                head(client, id);
                client.crumbs(id, MESSAGE, 0);
                tail(client, id);
            }
        }
    }

    private static void whole(Http2Peer client, int id) throws IOException, InterruptedException {
        head(client, id);
        client.data(id, MESSAGE, 0, MESSAGE.length);
        tail(client, id);
    }

    private static void head(Http2Peer client, int id) throws IOException {
        client.headers(id, false, ":status", "200", "content-type", "application/grpc");
    }

    private static void tail(Http2Peer client, int id) throws IOException {
        client.headers(id, true, "grpc-status", "0");
    }

    /** What the client had to do: connections that it made, and calls on each. */
    void assertCalls(Integer... onEachConnection) {
        assertEquals(List.of(), failures);
        assertEquals(
                List.of(onEachConnection),
                clients.stream().map(Http2Peer::requests).toList());
    }

    /** How many calls have come, over all connections. */
    int calls() {
        assertEquals(List.of(), failures);
        return clients.stream().mapToInt(Http2Peer::requests).sum();
    }

    /** Bytes of the requests, call by call. */
    List<Integer> received() {
        return clients.stream().flatMap(each -> each.received().stream()).toList();
    }

    /** The client never had more than one stream open. */
    void assertOneAtATime() {
        assertEquals(List.of(1), clients.stream().map(Http2Peer::mostOpen).toList());
    }

    @Override
    public void close() throws IOException {
        leaving.countDown();
        socket.close();
        for (Http2Peer each : clients) {
            each.close();
        }
    }
}
