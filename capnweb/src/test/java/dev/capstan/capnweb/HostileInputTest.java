package dev.capstan.capnweb;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.capstan.async.MessageStream;
import dev.capstan.async.SimLoop;
import dev.capstan.testkit.Parity;
import dev.capstan.testkit.SimNetwork;
import dev.capstan.testkit.SimStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Raw lines that no decent peer sends. The file has what the server of TypeScript (0.12.0) answered, and what ours answers where that differs, with the reason.
 * Whatever comes, the session answers or ends, and after its end nothing is left of it.
 */
final class HostileInputTest {
    private final SimLoop sim = new SimLoop();
    private final List<String> received = new ArrayList<>();
    private final List<WebPeer> peers = new ArrayList<>();

    record Case(String name, List<String> sent, List<String> answers) {
        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<Case> cases() throws IOException {
        List<Case> cases = new ArrayList<>();
        try (InputStream in = HostileInputTest.class.getResourceAsStream("/hostile-input.jsonl")) {
            assertNotNull(in);
            for (String line : new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .toList()) {
                byte[] utf8 = line.getBytes(StandardCharsets.UTF_8);
                Map<?, ?> entry = (Map<?, ?>) Objects.requireNonNull(Json.parse(utf8, 0, utf8.length, Limits.DEFAULT));
                Object answers = entry.containsKey("ours") ? entry.get("ours") : entry.get("typescript");
                cases.add(new Case(
                        (String) Objects.requireNonNull(entry.get("case")), texts(entry.get("sent")), texts(answers)));
            }
        }
        return cases.stream();
    }

    private static List<String> texts(@Nullable Object list) {
        return ((List<?>) Objects.requireNonNull(list))
                .stream().map(String.class::cast).toList();
    }

    @ParameterizedTest
    @MethodSource("cases")
    @Parity({"CW-I070", "CW-I071", "CW-I185", "OWN-06", "OWN-07", "OWN-08", "OWN-14"})
    void is_answered_or_ends_the_session(Case each) {
        SimStream client = connect();
        for (String line : each.sent()) {
            client.send(ByteBuffer.wrap(line.getBytes(StandardCharsets.UTF_8)));
            settle();
        }
        assertEquals(String.join("\n", each.answers()), String.join("\n", received));
        if (client.isOpen()) {
            client.end();
            settle();
        }
        assertEquals(new WebPeer.Tables(0, 0, 0), peers.getFirst().tables());
        assertTrue(sim.loop().timer().pending() == 0, "an alarm is left");
    }

    private void settle() {
        sim.poll();
        sim.advance(Duration.ofSeconds(1));
        sim.poll();
    }

    private SimStream connect() {
        SimNetwork network = new SimNetwork(sim, 1);
        network.host("server")
                .onAccept(stream -> peers.add(WebPeer.over(
                        sim.loop(), stream, new GoldenApi(sim.loop()).main().cap())));
        SimStream client = network.host("client").connect("server");
        client.start(new MessageStream.Receiver() {
            @Override
            public void received(byte[] array, int offset, int length, boolean lent) {
                received.add(new String(array, offset, length, StandardCharsets.UTF_8));
            }

            @Override
            public void ended() {
                received.add("close");
            }

            @Override
            public void failed(Throwable cause) {
                received.add("close");
            }
        });
        return client;
    }
}
