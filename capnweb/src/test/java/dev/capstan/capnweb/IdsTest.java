package dev.capstan.capnweb;

import static dev.capstan.capnweb.Scripted.value;
import static dev.capstan.capnweb.TwoPeers.call;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.capstan.async.Promise;
import dev.capstan.cap.Cap;
import dev.capstan.testkit.Parity;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Who chooses which ids, and what they mean on the other side. */
final class IdsTest {
    private final TwoPeers two = new TwoPeers();

    @AfterEach
    void nothing_is_left() {
        two.close();
    }

    private static Cap cap(@Nullable Object value) {
        return (Cap) Objects.requireNonNull(value);
    }

    /** The ids in messages that begin with {@code before}. */
    private static List<Long> ids(List<String> lines, String before) {
        return lines.stream()
                .filter(line -> line.startsWith(before))
                .map(line -> Long.valueOf(line.substring(before.length()).split("[,\\]]", 2)[0]))
                .toList();
    }

    @Test
    @Parity("PY-318")
    void a_new_session_knows_the_two_main_objects_and_says_nothing() {
        assertEquals(new WebPeer.Tables(0, 1, 1), two.client().tables());
        assertEquals(new WebPeer.Tables(0, 1, 1), two.server().tables());
        assertEquals(List.of(), two.fromClient);
        assertEquals(List.of(), two.fromServer);
    }

    @Test
    @Parity({"PY-088", "PY-093", "PY-220", "PY-339", "PY-341", "PY-343"})
    void the_main_object_is_0_in_either_direction() {
        two.main.on("who", args -> value("server"));
        two.clientMain.on("who", args -> value("client"));
        assertEquals("server", two.value(call(two.api, "who")));
        try (Cap main = two.server().main()) {
            assertEquals("client", two.value(call(main, "who")));
        }
        two.settle();
        assertEquals("[\"push\",[\"pipeline\",0,[\"who\"],[]]]", two.fromClient.getFirst());
        assertEquals(
                1,
                two.fromServer.stream()
                        .filter("[\"push\",[\"pipeline\",0,[\"who\"],[]]]"::equals)
                        .count(),
                two.fromServer::toString);
    }

    @Test
    @Parity({"PY-098", "PY-099", "PY-212", "PY-213", "PY-319", "PY-320", "PY-323", "PY-327"})
    void calls_count_up_from_1_and_objects_down_from_minus_1() {
        two.main.on("make", args -> value(two.counted("made").cap()));
        List<Cap> made = IntStream.range(0, 100)
                .mapToObj(i -> cap(two.value(call(two.api, "make"))))
                .toList();
        assertEquals(LongStream.rangeClosed(1, 100).boxed().toList(), ids(two.fromClient, "[\"pull\","));
        assertEquals(
                LongStream.rangeClosed(1, 100)
                        .mapToObj(n -> "[\"resolve\"," + n + ",[\"export\"," + -n + "]]")
                        .toList(),
                two.fromServer);
        assertEquals(100, made.stream().distinct().count());
        made.forEach(Cap::close);
        two.settle();
        assertEquals(100, two.released.size());
    }

    @Test
    @Parity({
        "PY-089", "PY-090", "PY-091", "PY-094", "PY-095", "PY-096", "PY-214", "PY-215", "PY-216", "PY-217", "PY-218",
        "PY-219", "PY-348"
    })
    void the_sign_of_an_id_says_who_chose_it_and_both_sides_use_it_for_the_same() {
        two.main.on(
                "swap",
                args -> TwoPeers.results(call(cap(args.getFirst()), "", 5L)).convert(payload -> {
                    payload.close();
                    return new Scripted.Answered(two.counted("given")
                            .on("hello", none -> value("hi"))
                            .cap());
                }));
        Cap callback =
                two.counted("taken").function(args -> value(args.getFirst())).cap();
        try (Cap given = cap(two.value(call(two.api, "swap", callback)))) {
            assertEquals("hi", two.value(call(given, "hello")));
        }
        two.settle();
        // Ids below zero: who sends "export" has chosen them. Above: who pushes, by counting. Each side has its own of
        // both.
        assertEquals(
                List.of(
                        "[\"push\",[\"pipeline\",0,[\"swap\"],[[\"export\",-1]]]]",
                        "[\"pull\",1]",
                        "[\"resolve\",1,5]",
                        "[\"release\",1,1]",
                        "[\"push\",[\"pipeline\",-1,[\"hello\"],[]]]",
                        "[\"pull\",2]",
                        "[\"release\",2,1]",
                        "[\"release\",-1,1]"),
                two.fromClient);
        assertEquals(
                List.of(
                        "[\"push\",[\"pipeline\",-1,[],[5]]]",
                        "[\"pull\",1]",
                        "[\"release\",1,1]",
                        "[\"release\",-1,1]",
                        "[\"resolve\",1,[\"export\",-1]]",
                        "[\"resolve\",2,\"hi\"]"),
                two.fromServer);
        assertEquals(List.of("given", "taken"), two.released.stream().sorted().toList());
    }

    @Test
    @Parity("PY-102")
    void calls_of_many_threads_have_different_ids_and_each_its_own_result() throws InterruptedException {
        two.main.on("echo", args -> value(args.getFirst()));
        List<List<Promise<Object>>> values = IntStream.range(0, 10)
                .<List<Promise<Object>>>mapToObj(i -> new ArrayList<>())
                .toList();
        try (Stub api = Stub.of(two.loop(), two.api.share())) {
            List<Thread> threads = IntStream.range(0, 10)
                    .mapToObj(i -> new Thread(() -> {
                        for (int n = 0; n < 100; n++) {
                            try (Stub call = api.call("echo", i * 100 + n)) {
                                values.get(i).add(call.value());
                            }
                        }
                    }))
                    .toList();
            threads.forEach(Thread::start);
            for (Thread thread : threads) {
                thread.join();
            }
            for (int i = 0; i < 1000; i++) {
                assertEquals((long) i, two.sim.await(values.get(i / 100).get(i % 100)));
            }
        }
        List<Long> pulled = ids(two.fromClient, "[\"pull\",");
        assertEquals(
                LongStream.rangeClosed(1, 1000).boxed().toList(),
                pulled.stream().sorted().toList());
        assertFalse(pulled.isEmpty());
    }
}
