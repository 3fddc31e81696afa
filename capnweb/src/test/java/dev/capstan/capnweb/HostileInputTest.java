package dev.capstan.capnweb;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.capstan.async.MessageStream;
import dev.capstan.async.SimLoop;
import dev.capstan.testkit.Parity;
import dev.capstan.testkit.SimNetwork;
import dev.capstan.testkit.SimStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Raw lines that no decent peer sends. The first file has what the server of TypeScript (0.12.0) answered, and what ours answers where that differs, with the reason; the
 * second has more of the kind. Whatever comes, the session answers or ends. One that lives works as before and holds nothing when everything was given back; of one that has
 * ended nothing is left.
 */
final class HostileInputTest {
    private static final Pattern INTRODUCED = Pattern.compile("\\[\"(?:export|promise|writable)\",(-[1-9]\\d*)\\]");
    private static final Pattern PROMISED = Pattern.compile("\\[\"promise\",(-[1-9]\\d*)\\]");
    private static final Pattern RELEASED = Pattern.compile("\\[\"release\",(-?\\d+),1\\]");
    private static final Pattern PULLED = Pattern.compile("\\[\"pull\",(\\d+)\\]");
    private static final Pattern SETTLED = Pattern.compile("\\[\"(?:resolve|reject)\",(-?\\d+),.*", Pattern.DOTALL);

    private final SimLoop sim = new SimLoop();
    private final List<String> received = new ArrayList<>();
    private final List<WebPeer> peers = new ArrayList<>();

    static Stream<HostileCase> seen() throws IOException {
        return HostileCase.in("/hostile-input.jsonl");
    }

    static Stream<HostileCase> more() throws IOException {
        return HostileCase.in("/hostile-input-more.jsonl");
    }

    @ParameterizedTest
    @MethodSource("seen")
    @Parity({
        "CW-I070", "CW-I071", "CW-I185", "OWN-06", "OWN-07", "OWN-08", "OWN-14", "PX-021", "PX-022", "PX-023", "PX-210",
        "PY-136", "PY-431", "PY-432", "PY-433", "PY-434"
    })
    void is_answered_or_ends_the_session(HostileCase each) {
        play(each);
    }

    @ParameterizedTest
    @Parity({
        "PX-001", "PX-003", "PX-004", "PX-005", "PX-006", "PX-007", "PX-008", "PX-009", "PX-011", "PX-012", "PY-128",
        "PY-129", "PY-435", "PY-455", "PY-456", "PY-463", "PY-476", "PY-338"
    })
    @MethodSource("more")
    void of_other_kinds_is_answered_or_ends_the_session(HostileCase each) {
        play(each);
    }

    private void play(HostileCase each) {
        SimStream client = connect();
        for (byte[] line : each.sent()) {
            client.send(ByteBuffer.wrap(line));
            settle();
        }
        assertEquals(String.join("\n", each.answers()), String.join("\n", received));
        assertFalse(String.join("\n", received).contains("internal error"));
        if (received.isEmpty() || !received.getLast().equals("close")) {
            goesOn(client, each);
            client.end();
            settle();
        }
        assertEquals(new WebPeer.Tables(0, 0, 0), peers.getFirst().tables());
        assertEquals(0, sim.loop().timer().pending(), "an alarm is left");
    }

    /** Calls once more, gives back and answers everything, and looks for what is left. */
    private void goesOn(SimStream client, HostileCase each) {
        List<String> said = new ArrayList<>();
        for (byte[] line : each.sent()) {
            said.add(line.length > 10_000 ? "[\"push\"" : new String(line, StandardCharsets.UTF_8).strip());
        }
        Set<Long> kept = new TreeSet<>();
        long next = 1;
        for (String line : said) {
            if (line.startsWith("[\"push\"") || line.startsWith("[\"stream\"") || line.startsWith("[\"pipe\"")) {
                if (!line.startsWith("[\"stream\"")) {
                    kept.add(next);
                }
                next++;
            }
        }
        said.forEach(line -> ids(RELEASED, line).forEach(kept::remove));
        int before = received.size();
        say(
                client,
                "[\"push\",[\"pipeline\",0,[\"square\"],[3]]]",
                "[\"pull\"," + next + "]",
                "[\"release\"," + next + ",1]");
        assertEquals(
                each.hasMain()
                        ? "[\"resolve\"," + next + ",9]"
                        : "[\"reject\"," + next + ",[\"error\",\"Error\",\"This connection has no main object.\"]]",
                received.get(before));
        Set<Long> settled = new TreeSet<>();
        said.forEach(line -> settled.addAll(ids(SETTLED, line)));
        for (String line : said) {
            for (long id : ids(PROMISED, line)) {
                if (settled.add(id)) {
                    say(client, "[\"reject\"," + id + ",[\"error\",\"Error\",\"no more\"]]");
                }
            }
        }
        // What our side calls at the client fails there.
        long pushed = 0;
        for (int i = 0; i < received.size(); i++) {
            String line = received.get(i);
            boolean streamed = line.startsWith("[\"stream\"");
            pushed += streamed || line.startsWith("[\"push\"") || line.startsWith("[\"pipe\"") ? 1 : 0;
            for (long id : streamed ? List.of(pushed) : ids(PULLED, line)) {
                say(client, "[\"reject\"," + id + ",[\"error\",\"Error\",\"no more\"]]");
            }
        }
        for (long id : kept) {
            say(client, "[\"release\"," + id + ",1]");
        }
        for (int i = 0; i < received.size(); i++) {
            for (long id : ids(INTRODUCED, received.get(i))) {
                if (said.stream().noneMatch(line -> line.equals("[\"release\"," + id + ",1]"))) {
                    say(client, "[\"release\"," + id + ",1]");
                }
            }
        }
        assertFalse(received.getLast().equals("close"), () -> "after giving back: " + received);
        assertEquals(
                new WebPeer.Tables(0, 1, each.hasMain() ? 1 : 0),
                peers.getFirst().tables());
    }

    private static List<Long> ids(Pattern pattern, String line) {
        return pattern.matcher(line)
                .results()
                .map((MatchResult found) -> Long.valueOf(Objects.requireNonNull(found.group(1))))
                .toList();
    }

    private void say(SimStream client, String... lines) {
        for (String line : lines) {
            client.send(ByteBuffer.wrap(line.getBytes(StandardCharsets.UTF_8)));
            settle();
        }
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
