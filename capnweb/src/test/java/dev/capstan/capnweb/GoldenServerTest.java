package dev.capstan.capnweb;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.capstan.async.MessageStream;
import dev.capstan.async.SimLoop;
import dev.capstan.testkit.SimNetwork;
import dev.capstan.testkit.SimStream;
import dev.capstan.testkit.Parity;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What a client of the TypeScript implementation said is said to a server of ours, which must answer what its server answered (capnweb 0.12.0, recorded lines). Between two
 * lines of the client the order of lines of different kinds is a matter of timing; that of results is not.
 */
class GoldenServerTest {
    /** The server of TypeScript answers a call that the client has released while it ran; we do not, as nobody can use it. */
    private static final String LATE = "[\"resolve\",9,\"slow done\"]";

    private final SimLoop sim = new SimLoop();
    private final List<String> received = new ArrayList<>();

    private SimStream connect() {
        SimNetwork network = new SimNetwork(sim, 1);
        network.host("server")
                .onAccept(stream -> WebPeer.over(
                        sim.loop(), stream, new GoldenApi(sim.loop()).main().cap()));
        SimStream client = network.host("client").connect("server");
        client.start(new MessageStream.Receiver() {
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
        return client;
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "01-simple-call",
                "02-pipelined-chain",
                "03-callback",
                "04-nested-target",
                "06-error-aggregate",
                "06-error-cause",
                "06-error-nonerror",
                "06-error-pipelined",
                "06-error-plain",
                "06-error-props",
                "06-error-string",
                "08-release-dispose",
                "09-readable-error",
                "09-readable-from-server",
                "09-readable-to-server",
                "09-writable",
                "10-blob",
                "11-fetch-types",
                "13-later-promise",
                "14-server-calls-client-main"
            })
    void answers_as_typescript_does(String name) throws IOException {
        SimStream client = connect();
        List<String> expected = new ArrayList<>();
        for (Transcript.Line line : Transcript.lines(name)) {
            if (!line.fromClient()) {
                if (!line.text().equals(LATE)) {
                    expected.add(line.text());
                }
                continue;
            }
            // The client has heard all that is written above.
            for (int i = 0; i < 100 && received.size() < expected.size(); i++) {
                sim.advance(Duration.ofMillis(1));
                sim.poll();
            }
            client.send(ByteBuffer.wrap(line.text().getBytes(StandardCharsets.UTF_8)));
            sim.poll();
        }
        sim.advance(Duration.ofSeconds(1));
        sim.poll();
        assertEquals(String.join("\n", GoldenApi.sorted(expected)), String.join("\n", GoldenApi.sorted(received)));
        assertEquals(results(expected, false), results(received, false));
        assertEquals(results(expected, true), results(received, true));
    }

    /** In TypeScript a reader that stops rejects each write that was on its way, hundreds of them. */
    @Test
    @Parity("OWN-09")
    void goes_on_when_a_reader_in_typescript_stops() throws IOException {
        SimStream client = connect();
        List<String> expected = new ArrayList<>();
        for (Transcript.Line line : Transcript.lines("09-readable-cancel")) {
            if (line.fromClient()) {
                client.send(ByteBuffer.wrap(line.text().getBytes(StandardCharsets.UTF_8)));
                sim.poll();
            } else {
                expected.add(line.text());
            }
        }
        assertEquals("[\"release\",1,1]", received.removeLast());
        assertTrue(received.size() > 100, "written: " + received.size());
        for (int i = 0; i < Math.min(expected.size(), received.size()); i++) {
            assertEquals(expected.get(i), received.get(i));
        }
        client.send(ByteBuffer.wrap("[\"pull\",0]".getBytes(StandardCharsets.UTF_8)));
        sim.poll();
        assertTrue(received.getLast().startsWith("[\"resolve\",0,"), received.getLast());
    }

    /** Results, or answers that say no more than that something has arrived, as those to the messages of streams do. */
    private static List<String> results(List<String> lines, boolean empty) {
        return lines.stream()
                .filter(line -> line.startsWith("[\"resolve\"") || line.startsWith("[\"reject\""))
                .filter(line -> line.endsWith("[\"undefined\"]]") == empty)
                .toList();
    }
}
