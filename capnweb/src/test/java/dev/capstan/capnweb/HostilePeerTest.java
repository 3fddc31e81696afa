package dev.capstan.capnweb;

import static dev.capstan.capnweb.Scripted.value;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.capstan.async.Completer;
import dev.capstan.async.MessageStream;
import dev.capstan.async.SimLoop;
import dev.capstan.testkit.SimNetwork;
import dev.capstan.testkit.SimStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Short messages that are meant to cost much. Each costs what its limit says, and one typed error. */
final class HostilePeerTest {
    private final SimLoop sim = new SimLoop();
    private final SimNetwork network = new SimNetwork(sim, 1);
    private final List<String> received = new ArrayList<>();
    private final List<String> events = new ArrayList<>();
    private final WebPeer[] peer = new WebPeer[1];
    private final Scripted main = new Scripted(sim.loop())
            .on("echo", args -> value(args.getFirst()))
            .on("never", args -> new Completer<Scripted.Answered>(sim.loop()).promise())
            .on(
                    "make",
                    args -> value(new Scripted(sim.loop())
                            .onReleased(() -> events.add("released"))
                            .cap()));

    private SimStream connect(Limits limits) {
        network.host("server")
                .onAccept(stream -> peer[0] = WebPeer.over(sim.loop(), stream, main.cap(), Options.DEFAULT.withLimits(limits)));
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

    private void send(SimStream stream, String... lines) {
        for (String line : lines) {
            stream.send(ByteBuffer.wrap(line.replace('\'', '"').getBytes(StandardCharsets.UTF_8)));
            sim.poll();
        }
    }

    private static String times(int count, String part) {
        return Stream.generate(() -> part).limit(count).collect(Collectors.joining(","));
    }

    private String answer(String beginning) {
        return received.stream()
                .filter(line -> line.startsWith(beginning.replace('\'', '"')))
                .findFirst()
                .orElse("nothing begins with " + beginning + " in " + received);
    }

    private void assertAlive(SimStream client, long nextId) {
        send(client, "['push',['pipeline',0,['echo'],['well']]]", "['pull'," + nextId + "]");
        assertEquals("[\"resolve\"," + nextId + ",\"well\"]", received.getLast());
    }

    private void assertNothingLeft() {
        sim.poll();
        assertEquals(new WebPeer.Tables(0, 1, 1), peer[0].tables());
    }

    @Test
    void a_result_many_times_in_a_result_many_times_in_a_result_is_not_unfolded() {
        SimStream client = connect(Limits.DEFAULT.withValues(100_000));
        send(
                client,
                "['push',[[" + times(100, "['import',0]") + "]]]",
                "['push',[[" + times(100, "['pipeline',1]") + "]]]",
                "['push',[[" + times(100, "['pipeline',2]") + "]]]",
                "['push',[[" + times(100, "['pipeline',3]") + "]]]",
                "['pull',3]",
                "['pull',4]");
        assertTrue(answer("['reject',3").contains("Limits.values"), received::toString);
        assertTrue(answer("['reject',4").contains("Limits.values"), received::toString);
        assertAlive(client, 5);
        send(client, "['release',1,1]", "['release',2,1]", "['release',3,1]", "['release',4,1]", "['release',5,1]");
        assertNothingLeft();
    }

    @Test
    void parts_that_take_their_places_are_counted_up_to_the_limit() {
        int size = 1 + 5 * 4;
        for (int limit = size - 1; limit <= size + 1; limit++) {
            received.clear();
            SimStream client = connect(Limits.DEFAULT.withValues(limit));
            send(client, "['push',[['a','b','c']]]", "['push',[[" + times(5, "['pipeline',1]") + "]]]", "['pull',2]");
            assertEquals(limit < size ? "reject" : "resolve", received.getFirst().split("\"", 3)[1], "limit " + limit);
            client.abort(new IOException("enough"));
            sim.poll();
        }
    }

    @Test
    void instructions_of_a_map_that_multiply_are_not_unfolded() {
        SimStream client = connect(Limits.DEFAULT);
        StringBuilder instructions = new StringBuilder("['pipeline',0]");
        for (int i = 0; i < 6; i++) {
            instructions.append(",[[").append(times(100, "['pipeline'," + (i + 1) + "]")).append("]]");
        }
        send(client, "['push',['pipeline',0,['echo'],[[[1]]]]]", "['push',['remap',1,[],[],[" + instructions + "]]]");
        send(client, "['pull',2]");
        assertTrue(answer("['reject',2").contains("Limits.values"), received::toString);
        assertAlive(client, 3);
        send(client, "['release',1,1]", "['release',2,1]", "['release',3,1]");
        assertNothingLeft();
    }

    @Test
    void what_was_refused_for_its_depth_keeps_nothing() {
        SimStream client = connect(Limits.DEFAULT);
        send(client, "['push',['pipeline',0,['make'],[]]]");
        String deep = "[[".repeat(100) + "%s" + "]]".repeat(100);
        send(client, "['push'," + deep.formatted("1") + "]");
        for (int i = 2; i <= 12; i++) {
            send(client, "['push',[[" + "[[".repeat(110) + "['pipeline'," + i + "]" + "]]".repeat(110) + ",['import',1]]]]");
        }
        send(client, "['pull',13]");
        assertTrue(answer("['reject',13").contains("levels deep"), received::toString);
        for (int i = 1; i <= 13; i++) {
            send(client, "['release'," + i + ",1]");
        }
        assertNothingLeft();
        assertEquals(List.of("released"), events);
    }

    @Test
    void pushes_without_end_and_without_release_end_the_session() {
        SimStream client = connect(Limits.DEFAULT.withExports(10));
        for (int i = 0; i < 10_000 && !received.contains("end"); i++) {
            send(client, i % 2 == 0 ? "['push',1]" : "['pipe']");
            assertTrue(peer[0].tables().exports() <= 20, () -> peer[0].tables().toString());
        }
        assertTrue(answer("['abort'").contains("Limits.exports"), received::toString);
    }

    @Test
    void calls_that_are_given_up_count_as_long_as_they_run() {
        SimStream client = connect(Limits.DEFAULT.withExports(10));
        for (int i = 1; i <= 10; i++) {
            send(client, "['push',['pipeline',0,['never'],[]]]", "['release'," + i + ",1]");
        }
        send(client, "['push',['pipeline',0,['never'],[]]]", "['pull',11]");
        assertTrue(answer("['reject',11").contains("Limits.exports"), received::toString);
        send(client, "['release',11,1]");
        assertNothingLeft();
    }

    @Test
    void writes_behind_a_part_that_never_comes_end_their_stream() {
        SimStream client = connect(Limits.DEFAULT.withStreams(new Limits.Streams(10, 1 << 20, 1_000, 1_000)));
        send(client, "['pipe']", "['stream',['pipeline',1,['write'],[['promise',-1]]]]");
        for (int i = 0; i < 1_000; i++) {
            send(client, "['stream',['pipeline',1,['write'],['chunk']]]");
        }
        long rejected = received.stream().filter(line -> line.startsWith("[\"reject\"")).count();
        assertEquals(1_001, rejected);
        assertTrue(received.getFirst().contains("Limits.Streams.unreadBytes"), received::getFirst);
        send(client, "['release',1,1]", "['resolve',-1,1]");
        assertNothingLeft();
    }

    @Test
    void an_error_that_is_too_long_to_be_told_is_told_all_the_same() {
        SimStream client = connect(Limits.DEFAULT.withMessageBytes(10_000));
        send(client, "['push',['pipeline',0,['" + "x".repeat(9_965) + "'],[]]]", "['pull',1]");
        assertTrue(answer("['reject',1").contains("cannot be told"), received::toString);
        assertAlive(client, 2);
        send(client, "['release',1,1]", "['release',2,1]");
        assertNothingLeft();
    }

    @Test
    void a_streamed_call_that_is_pulled_is_answered_once() {
        Completer<Scripted.Answered> later = new Completer<>(sim.loop());
        main.on("later", args -> later.promise());
        SimStream client = connect(Limits.DEFAULT);
        send(client, "['stream',['pipeline',0,['later'],[]]]", "['pull',1]");
        later.complete(new Scripted.Answered(7L));
        sim.poll();
        assertEquals(1, received.size(), received::toString);
        assertNothingLeft();
    }

    @Test
    void one_message_with_many_references_does_not_slow_down_the_session() {
        Made made = new Made();
        for (int i = 0; i < 100_000; i++) {
            made.add(new StringBuilderCloseable());
        }
        made.clear();
        assertFalse(made.isLarge(), "clearing takes as long as the map is large");
    }

    private static final class StringBuilderCloseable implements AutoCloseable {
        @Override
        public void close() {}
    }
}
