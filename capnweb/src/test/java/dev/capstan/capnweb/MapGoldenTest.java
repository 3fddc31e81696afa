package dev.capstan.capnweb;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.capstan.async.MessageStream;
import dev.capstan.async.Promise;
import dev.capstan.async.SimLoop;
import dev.capstan.testkit.SimNetwork;
import dev.capstan.testkit.SimStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The maps that the TypeScript implementation was recorded with (capnweb 0.12.0, transcript 05), with Java in either role. */
class MapGoldenTest {
    private final SimLoop sim = new SimLoop();
    private final SimNetwork network = new SimNetwork(sim, 1);
    private final List<String> received = new ArrayList<>();

    private record Line(String dir, String text) {}

    private static @Nullable Object json(String text) {
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        return Json.parse(utf8, 0, utf8.length, Limits.DEFAULT);
    }

    private static List<Line> transcript() throws IOException {
        List<Line> lines = new ArrayList<>();
        try (InputStream in = MapGoldenTest.class.getResourceAsStream("/golden/05-map.jsonl")) {
            assertNotNull(in);
            for (String line : new String(in.readAllBytes(), StandardCharsets.UTF_8).split("\n", -1)) {
                if (line.contains("\"dir\"")) {
                    Map<?, ?> entry = (Map<?, ?>) Objects.requireNonNull(json(line));
                    lines.add(new Line((String) Objects.requireNonNull(entry.get("dir")), (String)
                            Objects.requireNonNull(entry.get("line"))));
                }
            }
        }
        return lines;
    }

    private final class Collector implements MessageStream.Receiver {
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
    }

    private void send(SimStream stream, String line) {
        stream.send(ByteBuffer.wrap(line.getBytes(StandardCharsets.UTF_8)));
        sim.poll();
    }

    private WebTarget api() {
        return WebTarget.empty()
                .method("square", args -> number(args.getFirst()) * number(args.getFirst()))
                .method("add", args -> number(args.get(0)) + number(args.get(1)))
                .method("list", args -> {
                    List<Object> list = new ArrayList<>();
                    for (long i = 1; i <= number(args.getFirst()); i++) {
                        list.add(i);
                    }
                    return list;
                })
                .method("users", args -> List.of(Map.of("id", 1L, "name", "ann"), Map.of("id", 2L, "name", "bob")))
                .method("nul", args -> null);
    }

    private static long number(@Nullable Object value) {
        return (Long) Objects.requireNonNull(value);
    }

    /** What the scenes of the transcript do; the last is given a counter of the client's. */
    private static List<UnaryOperator<Stub>> scenes(Stub counter) {
        return List.of(
                api -> api.call("list", 3).map(x -> api.call("square", x)),
                api -> api.call("users").map(u -> object("id", u.get("id"), "sq", api.call("square", u.get("id")))),
                api -> api.call("list", 2).map(x -> api.call("list", x).map(y -> api.call("add", x, y))),
                api -> api.call("nul").map(x -> api.call("square", x)),
                api -> api.call("square", 2).map(x -> api.call("square", x)),
                api -> api.call("list", 2).map(x -> List.of(x, "lit", List.of(1))),
                api -> api.call("list", 2).map(x -> counter.call("increment", x)));
    }

    private static Map<String, Object> object(Object... pairs) {
        Map<String, Object> object = new java.util.LinkedHashMap<>();
        for (int i = 0; i < pairs.length; i += 2) {
            object.put((String) pairs[i], pairs[i + 1]);
        }
        return object;
    }

    private static final String RESULTS =
            "[[1, 4, 9], [{id=1, sq=1}, {id=2, sq=4}], [[2], [3, 4]], null, 16, [[1, lit, [1]], [2, lit, [1]]], [8, 10]]";

    @Test
    void a_client_records_what_typescript_records_and_understands_its_answers() throws IOException {
        network.host("server").onAccept(stream -> stream.start(new Collector()));
        SimStream stream = network.host("client").connect("server");
        WebPeer peer = WebPeer.over(sim.loop(), stream, null);
        SimStream server = Objects.requireNonNull(network.host("server").connected("client"));
        long[] count = {7};
        Stub counter = Stub.of(
                sim.loop(),
                WebTarget.empty()
                        .method("increment", args -> count[0] += number(args.getFirst()))
                        .on(sim.loop()));
        List<UnaryOperator<Stub>> scenes = new ArrayList<>(scenes(counter));
        List<String> expected = new ArrayList<>();
        List<Promise<Object>> results = new ArrayList<>();
        Stub main = Stub.of(sim.loop(), peer.main());
        for (Line line : transcript()) {
            if (line.dir().equals("s2c")) {
                send(server, line.text());
                continue;
            }
            expected.add(line.text());
            if (received.size() < expected.size() && line.text().startsWith("[\"push\"") && !scenes.isEmpty()) {
                results.add(scenes.removeFirst().apply(main).value());
                sim.poll();
            }
        }
        assertEquals(GoldenApi.sorted(expected), GoldenApi.sorted(received));
        assertEquals(pushes(expected), pushes(received));
        List<String> told = new ArrayList<>();
        for (Promise<Object> result : results) {
            told.add(String.valueOf(sim.await(result)));
        }
        assertEquals(RESULTS, told.toString());
        assertEquals(List.of(), scenes);
    }

    private static List<String> pushes(List<String> lines) {
        return lines.stream()
                .filter(line -> line.startsWith("[\"push\"") || line.startsWith("[\"pull\""))
                .toList();
    }

    @Test
    void a_server_answers_what_typescript_answers_in_fewer_messages() throws IOException {
        WebPeer[] peer = new WebPeer[1];
        network.host("server").onAccept(stream -> peer[0] = WebPeer.over(sim.loop(), stream, api().on(sim.loop())));
        SimStream client = network.host("client").connect("server");
        client.start(new Collector());
        Map<Long, Object> expected = new HashMap<>();
        for (Line line : transcript()) {
            List<?> message = (List<?>) Objects.requireNonNull(json(line.text()));
            if (line.dir().equals("s2c")) {
                if (message.get(0).equals("resolve")) {
                    expected.put((Long) message.get(1), Objects.requireNonNullElse(message.get(2), "null"));
                }
            } else if (!(message.get(0).equals("release") && (Long) message.get(1) < 0)
                    && !line.text().equals("[\"release\",14,1]")
                    && !message.get(0).equals("resolve")) {
                // Promises that this server does not introduce are not released, either.
                send(client, line.text());
            }
        }
        Map<Long, Object> got = new HashMap<>();
        for (String line : received) {
            List<?> message = (List<?>) Objects.requireNonNull(json(line));
            if (message.get(0).equals("resolve")) {
                got.put((Long) message.get(1), Objects.requireNonNullElse(message.get(2), "null"));
            }
        }
        for (long id = 2; id <= 12; id += 2) {
            assertEquals(whole(expected, expected.get(id)), whole(got, got.get(id)), "result " + id);
        }
        List<String> answers = received.stream()
                .filter(line -> line.startsWith("[\"resolve\"") || line.startsWith("[\"reject\""))
                .toList();
        assertEquals(7, answers.size(), answers::toString);
        // The client's own counter is called for each element, before anybody has asked for the results.
        assertTrue(received.contains("[\"push\",[\"pipeline\",-1,[\"increment\"],[1]]]"), received::toString);
        assertTrue(received.contains("[\"push\",[\"pipeline\",-1,[\"increment\"],[2]]]"), received::toString);
        assertEquals("[\"resolve\",14,[[[\"pipeline\",1],[\"pipeline\",2]]]]", received.getLast());
        send(client, "[\"release\",14,1]");
        for (long id = 1; id < 14; id += 2) {
            send(client, "[\"release\"," + id + ",1]");
        }
        sim.advance(Duration.ofSeconds(1));
        assertEquals(new WebPeer.Tables(0, 1, 1), peer[0].tables(), () -> received.toString());
    }

    /** A tree with what was told of its promises in their places. */
    private static @Nullable Object whole(Map<Long, Object> resolved, @Nullable Object tree) {
        return switch (tree) {
            case List<?> list
            when list.size() == 2 && "promise".equals(list.getFirst()) -> whole(resolved, resolved.get(list.get(1)));
            case List<?> list ->
                list.stream().map(each -> whole(resolved, each)).toList();
            case Map<?, ?> map -> {
                Map<Object, Object> copy = new HashMap<>();
                map.forEach((key, value) -> copy.put(key, Objects.requireNonNull(whole(resolved, value))));
                yield copy;
            }
            case null -> null;
            default -> tree;
        };
    }
}
