package dev.capstan.capnweb;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.capstan.async.MessageStream;
import dev.capstan.async.SimLoop;
import dev.capstan.testkit.SimNetwork;
import dev.capstan.testkit.SimStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Maps that no honest peer sends. Each costs one rejection, and nothing is kept of it. */
class MapHostileTest {
    private static final String EXPORTS = "A mapper function cannot refer to exports: the map captures what it needs.";

    private final SimLoop sim = new SimLoop();
    private final SimNetwork network = new SimNetwork(sim, 1);
    private final List<String> received = new ArrayList<>();
    private final WebPeer[] peer = new WebPeer[1];

    private static long number(@Nullable Object value) {
        return (Long) Objects.requireNonNull(value);
    }

    private WebTarget main() {
        return WebTarget.empty()
                .method("square", args -> number(args.getFirst()) * number(args.getFirst()))
                .method(
                        "list",
                        args -> new ArrayList<Object>(LongStream.rangeClosed(1, number(args.getFirst()))
                                .boxed()
                                .toList()))
                .method("call", args -> ((Stub) Objects.requireNonNull(args.getFirst())).apply(1));
    }

    private SimStream connect(Limits limits) {
        network.host("server")
                .onAccept(stream -> peer[0] =
                        WebPeer.over(sim.loop(), stream, main().on(sim.loop()), Options.DEFAULT.withLimits(limits)));
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

    private static String rejected(String line) {
        byte[] utf8 = line.getBytes(StandardCharsets.UTF_8);
        List<?> message = (List<?>) Objects.requireNonNull(Json.parse(utf8, 0, utf8.length, Limits.DEFAULT));
        assertEquals("reject", message.getFirst(), line);
        return (String) Objects.requireNonNull(((List<?>) Objects.requireNonNull(message.get(2))).get(2));
    }

    /** The list has id 1, the map id 2. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "['remap',1,[],[],[]] | Invalid empty mapper function.",
                "['remap',1,[],[],[['pipeline',1]]] | no such entry on exports table: 1",
                "['remap',1,[],[],[['pipeline',2],['pipeline',0]]] | no such entry on exports table: 2",
                "['remap',1,[],[],[['pipeline',-1]]] | no such entry on exports table: -1",
                "['remap',1,[],[['import',0]],[['pipeline',-2,['square'],[1]]]] | no such entry on exports table: -2",
                "['remap',1,[],[],[['pipeline',9007199254740992]]] | no such entry on exports table: 9007199254740992",
                "['remap',1,[],[],[['pipeline',-9007199254740992]]] | no such entry on exports table: -9007199254740992",
                "['remap',1,[],[],[['export',-1]]] | " + EXPORTS,
                "['remap',1,[],[],[['promise',-1]]] | " + EXPORTS,
                "['remap',1,[],[],[['writable',-1]]] | " + EXPORTS,
                "['remap',1,[],[],[['readable',1]]] | " + EXPORTS,
                "['remap',1,[],[['import',0]],[['pipeline',-1,['call'],[['export',-1]]]]] | at [3][0]: " + EXPORTS,
                "['remap',1,[],[['import',0]],[{'a':['pipeline',-1,['square'],[2]],'b':['promise',-7]}]] | at b: "
                        + EXPORTS,
                "['remap',1,[],[],[['remap',0,[],[['export',-1]],[['pipeline',0]]]]] | " + EXPORTS,
                "['remap',1,[],[],[['remap',0,[],[['import',3]],[['pipeline',0]]]]] | no such entry on exports table: 3",
                "['remap',1,[],[],[['nonsense',0]]] | unknown special value: ['nonsense',0]: nothing begins like that",
                "['remap',1,[],[['export',-1]],[]] | Invalid empty mapper function.",
                "['remap',1,[],[['export',-1]],[['pipeline',-1,[],[1]],['pipeline',7]]] | no such entry on exports table: 7",
                "['remap',1,[],[['export',-1],['import',99]],[['pipeline',0]]] | no such entry on exports table: 99",
                "['remap',1,[],[['export',-1],['export',-1]],[['pipeline',9]]] | no such entry on exports table: 9",
                "['remap',77,[],[['export',-1]],[['pipeline',0]]] | no such entry on exports table: 77",
                "['remap',2,[],[['export',-1]],[['pipeline',0]]] | no such entry on exports table: 2",
            })
    void a_wrong_program_fails_its_map_and_nothing_else(String map, String fault) {
        SimStream client = connect(Limits.DEFAULT);
        send(client, "['push',['pipeline',0,['list'],[2]]]", "['push'," + map + "]", "['pull',2]");
        String answer = received.stream()
                .filter(line -> line.startsWith("[\"reject\",2"))
                .findFirst()
                .orElseThrow(() -> new AssertionError(received));
        assertEquals(fault.replace('\'', '"'), rejected(answer));
        boolean introduces = map.contains("[['export',-1]]") || map.contains("[['export',-1],[");
        boolean inside = map.contains("[],[],[") || map.contains("'call'");
        assertEquals(
                introduces && !inside ? 1 : 0,
                received.stream()
                        .filter(line -> line.startsWith("[\"release\",-1"))
                        .count(),
                received::toString);
        // What the program has called of the client's is given back as soon as it is answered.
        send(client, "['push',['pipeline',0,['square'],[3]]]", "['pull',3]");
        assertTrue(received.contains("[\"resolve\",3,9]"), received::toString);
        send(client, "['release',1,1]", "['release',2,1]", "['release',3,1]");
        WebPeer.Tables tables = peer[0].tables();
        assertEquals(1, tables.imports(), received::toString);
        assertEquals(1, tables.exports(), received::toString);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "['remap',1]",
                "['remap',1,[],[]]",
                "['remap',1,[],[],[],[]]",
                "['remap','1',[],[],[1]]",
                "['remap',1,null,[],[1]]",
                "['remap',1,[null],[],[1]]",
                "['remap',1,[],{},[1]]",
                "['remap',1,[],[],{}]",
                "['remap',1,[],[['promise',-1]],[1]]",
                "['remap',1,[],[['import']],[1]]",
                "['remap',1,[],[['import','0']],[1]]",
                "['remap',1,[],[7],[1]]",
            })
    void what_has_not_the_form_of_a_map_is_rejected(String map) {
        SimStream client = connect(Limits.DEFAULT);
        send(client, "['push',['pipeline',0,['list'],[2]]]", "['push'," + map + "]", "['pull',2]");
        assertTrue(rejected(received.getLast()).startsWith("unknown special value: "), received::toString);
        send(client, "['release',1,1]", "['release',2,1]");
        assertEquals(new WebPeer.Tables(0, 1, 1), peer[0].tables());
    }

    @Test
    void names_that_every_object_has_lead_nowhere() {
        SimStream client = connect(Limits.DEFAULT);
        send(
                client,
                "['push',['pipeline',0,['list'],[1]]]",
                "['push',['remap',1,[],[],[{'a':['pipeline',0,['constructor']],'b':['pipeline',0,['length']]}]]]",
                "['pull',2]");
        assertEquals("[\"resolve\",2,[[{\"a\":[\"undefined\"],\"b\":[\"undefined\"]}]]]", received.getLast());
    }

    @Test
    void maps_in_maps_as_deep_as_a_message_may_nest_do_not_overflow_the_stack() {
        String program = "['pipeline',0]";
        for (int i = 0; i < 120; i++) {
            program = "['remap',0,[],[],[" + program + "]]";
        }
        SimStream client = connect(Limits.DEFAULT);
        send(client, "['push',['remap',0,[],[],[" + program + "]]]", "['pull',1]");
        assertTrue(rejected(received.getLast()).contains("Limits.Maps.depth"), received::toString);
    }

    @Test
    void a_short_program_whose_result_is_large_is_refused_where_it_is_written() {
        SimStream client = connect(Limits.DEFAULT.withMessageBytes(100_000));
        send(
                client,
                "['push',['pipeline',0,['list'],[1000]]]",
                "['push',['remap',1,[],[],['" + "x".repeat(1000) + "']]]",
                "['pull',2]");
        assertTrue(rejected(received.getLast()).contains("more than the limit of 100000 bytes"), received::toString);
        send(client, "['push',['pipeline',0,['square'],[3]]]", "['pull',3]");
        assertEquals("[\"resolve\",3,9]", received.getLast());
    }

    @Test
    void a_program_that_makes_much_of_each_element_is_stopped() {
        StringBuilder literal = new StringBuilder("[[0");
        literal.repeat(",0", 999).append("]]");
        SimStream client = connect(Limits.DEFAULT);
        send(
                client,
                "['push',['pipeline',0,['list'],[10000]]]",
                "['push',['remap',1,[],[],[" + literal + ",1]]]",
                "['pull',2]");
        assertTrue(rejected(received.getLast()).contains("Limits.Maps.values"), received::toString);
    }

    @Test
    void calls_of_the_peers_own_function_are_counted_against_what_may_be_outstanding() {
        Map<String, Integer> kinds = new LinkedHashMap<>();
        SimStream client = connect(Limits.DEFAULT);
        send(
                client,
                "['push',['pipeline',0,['list'],[500]]]",
                "['push',['remap',1,[],[['export',-1]],[['pipeline',-1,[],[['pipeline',0]]],['pipeline',0]]]]",
                "['release',2,1]",
                "['release',1,1]");
        received.forEach(line -> kinds.merge(line.substring(0, 7), 1, Integer::sum));
        // 500 calls, each given up at once, since nobody wants to know; and the function itself.
        assertEquals(Map.of("[\"push\"", 500, "[\"relea", 501), kinds);
        assertEquals(new WebPeer.Tables(0, 1, 1), peer[0].tables());
    }
}
