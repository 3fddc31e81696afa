package dev.capstan.capnweb.bind;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.capstan.async.MessageStream;
import dev.capstan.async.SimLoop;
import dev.capstan.cap.Cap;
import dev.capstan.capnweb.Options;
import dev.capstan.capnweb.WebPeer;
import dev.capstan.testkit.SimNetwork;
import dev.capstan.testkit.SimStream;
import java.lang.invoke.MethodHandles;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** A server with an object, and clients of it on one simulated loop: typed ones, and such that write the lines themselves. */
final class Pair {
    final SimLoop sim = new SimLoop();
    final Binder server;
    /** Of its own, so that nothing takes a short cut through this process. */
    final Binder client = Binder.of(MethodHandles.lookup());

    /** Of the server. */
    Options options = Options.DEFAULT;

    final List<String> sent = new ArrayList<>();
    final List<String> answered = new ArrayList<>();
    private final SimNetwork network = new SimNetwork(sim, 1);
    private final List<WebPeer> peers = new ArrayList<>();

    Pair(Binder server) {
        this.server = server;
        network.host("client").onSend(frame -> sent.add(new String(frame, StandardCharsets.UTF_8)));
        network.host("server").onSend(frame -> answered.add(new String(frame, StandardCharsets.UTF_8)));
    }

    Pair() {
        this(Binder.of(MethodHandles.lookup()));
    }

    /** A session whose server side has {@code main}, of which it becomes the owner; what the client side sees of it. */
    <T> T connect(Class<T> type, Cap main) {
        accept(main);
        WebPeer peer = WebPeer.over(sim.loop(), network.host("client").connectAnew("server"), null);
        sim.poll();
        peers.add(peer);
        return client.stub(type, sim.loop(), peer.main());
    }

    private void accept(Cap main) {
        network.host("server").onAccept(stream -> peers.add(WebPeer.over(sim.loop(), stream, main, options)));
    }

    /** A client that writes its lines itself. */
    Lines lines(Cap main) {
        accept(main);
        return new Lines(network.host("client").connectAnew("server"));
    }

    final class Lines {
        private final SimStream stream;
        private final List<String> received = new ArrayList<>();

        private Lines(SimStream stream) {
            this.stream = stream;
            stream.start(new MessageStream.Receiver() {
                @Override
                public void received(byte[] array, int offset, int length, boolean lent) {
                    received.add(new String(array, offset, length, StandardCharsets.UTF_8));
                }

                @Override
                public void ended() {
                    received.add("end");
                }

                @Override
                public void failed(Throwable cause) {
                    received.add("failed: " + cause);
                }
            });
        }

        /** Says {@code lines}, and gives what was answered. */
        List<String> say(String... lines) {
            received.clear();
            for (String line : lines) {
                stream.send(ByteBuffer.wrap(line.getBytes(StandardCharsets.UTF_8)));
            }
            sim.poll();
            return List.copyOf(received);
        }

        /** Reads nothing from now on. */
        void pause() {
            stream.pause();
        }

        /** Reads again; what had waited. */
        List<String> resume() {
            stream.resume();
            return say();
        }

        private int pushed;

        /** Calls, waits and releases; the answer without its kind and number. */
        String call(String expression) {
            pushed++;
            List<String> answers = say("[\"push\"," + expression + "]", "[\"pull\"," + pushed + "]");
            say("[\"release\"," + pushed + ",1]");
            assertEquals(1, answers.size(), answers.toString());
            String answer = answers.getFirst();
            String resolve = "[\"resolve\"," + pushed + ",";
            String reject = "[\"reject\"," + pushed + ",";
            assertEquals(true, answer.startsWith(resolve) || answer.startsWith(reject), answer);
            return answer.startsWith(resolve)
                    ? answer.substring(resolve.length(), answer.length() - 1)
                    : "rejected " + answer.substring(reject.length(), answer.length() - 1);
        }
    }

    /** All sessions hold nothing but their main objects. */
    void assertNothingIsLeft() {
        // Input streams are read on threads of their own, and simulated time does not run ahead of them.
        sim.await(sim.loop().timer().after(Duration.ofSeconds(1)));
        sim.poll();
        for (WebPeer peer : peers) {
            WebPeer.Tables tables = peer.tables();
            assertEquals(
                    true, tables.calls() == 0 && tables.imports() <= 1 && tables.exports() <= 1, tables.toString());
        }
    }

    /** The side of a session that was begun last. */
    WebPeer newest() {
        return peers.getLast();
    }

    /** Ends all sessions, perhaps from inside one of them. */
    void cut() {
        peers.forEach(WebPeer::close);
    }

    void close() {
        cut();
        sim.poll();
    }
}
