package dev.capstan.capnweb;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.capstan.async.Promise;
import dev.capstan.testkit.Parity;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Many calls, large ones and wrong ones of a client of ours, to whatever server; nothing is left of them in any table. */
abstract class LoadContract extends ServedScene {
    private static final String FAILED = "TypeError: plain failure";

    @Test
    @Parity({
        "PX-062", "PX-063", "PX-064", "PX-065", "PX-068", "PX-069", "PX-074", "PX-075", "PX-086", "PX-087", "PX-204",
        "PX-205", "PX-239", "PX-240", "PX-321", "PX-322"
    })
    void calls_at_once_get_each_their_own_result() throws IOException {
        try (Client client = connect()) {
            for (long count : List.of(10L, 30L, 50L, 100L, 200L)) {
                assertEquals(range(count, i -> i * i), client.all(count, i -> client.ask("square", i)));
                assertEquals(range(count, i -> 1001 * i), client.all(count, i -> client.ask("add", 1000 * i, i)));
            }
        }
    }

    @Test
    @Parity({"PX-066", "PX-067", "PX-084", "PX-085", "PX-341", "PX-342"})
    void calls_of_many_methods_at_once() throws IOException {
        try (Client client = connect()) {
            List<Object> results = client.all(50, i -> switch ((int) i % 4) {
                case 0 -> client.ask("square", i);
                case 1 -> client.ask("add", i, i + 1);
                case 2 -> client.ask("echo", "user " + i);
                default -> client.ask("echo", Map.of("id", i));
            });
            List<Object> expected = range(50, i -> switch ((int) i % 4) {
                case 0 -> i * i;
                case 1 -> 2 * i + 1;
                case 2 -> "user " + i;
                default -> Map.of("id", i);
            });
            assertEquals(expected, results);
        }
    }

    @Test
    @Parity({"PX-070", "PX-071"})
    void results_may_be_waited_for_in_another_order_than_asked_for() throws IOException {
        try (Client client = connect()) {
            Promise<Object> five = client.ask("square", 5);
            Promise<Object> six = client.ask("square", 6);
            Promise<Object> seven = client.ask("square", 7);
            assertEquals(49L, seven.await());
            assertEquals(25L, five.await());
            assertEquals(36L, six.await());
        }
    }

    @Test
    @Parity({"PX-072", "PX-073", "PX-194", "PX-195", "PX-241", "PX-242", "PX-319", "PX-320"})
    void calls_one_after_the_other() throws IOException {
        try (Client client = connect()) {
            for (long i = 0; i < 500; i++) {
                assertEquals(i * i, client.call("square", i));
            }
        }
    }

    /** A count of calls where the port has seconds. */
    @Test
    @Parity({"PX-333", "PX-334"})
    void calls_for_a_long_time() throws IOException {
        try (Client client = connect()) {
            for (long i = 0; i < 2_000; i++) {
                assertEquals(i % 100 * (i % 100), client.call("square", i % 100));
            }
        }
    }

    @Test
    @Parity({"PX-076", "PX-077", "PX-335", "PX-336"})
    void bundles_of_calls_one_after_the_other() throws IOException {
        try (Client client = connect()) {
            for (int bundle = 0; bundle < 300; bundle++) {
                long first = bundle;
                assertEquals(range(10, i -> first + i), client.all(10, i -> client.ask("add", first, i)));
            }
        }
    }

    @Test
    @Parity({"PX-337", "PX-338", "PX-339", "PX-340"})
    void bursts_between_single_calls_and_pauses() throws IOException {
        try (Client client = connect()) {
            for (long round = 0; round < 5; round++) {
                assertEquals(range(50, i -> i * i), client.all(50, i -> client.ask("square", i)));
                // Nothing is under way on either side any more.
                client.settle();
                awaitSessions(1);
                assertEquals(range(50, i -> i + 100), client.all(50, i -> client.ask("add", i, 100)));
                assertEquals(round + 1, client.call("add", round, 1));
            }
        }
    }

    @Test
    @Parity({"PX-078", "PX-079", "PX-151", "PX-152", "PX-343", "PX-344"})
    void some_calls_fail_and_the_others_do_not() throws IOException {
        try (Client client = connect()) {
            List<Promise<Object>> calls = new ArrayList<>();
            for (long i = 0; i < 30; i++) {
                calls.add(i % 5 == 0 ? client.ask("fail", "plain") : client.ask("square", i));
            }
            for (int i = 0; i < 30; i++) {
                if (i % 5 == 0) {
                    assertEquals(FAILED, error(calls.get(i)));
                } else {
                    assertEquals((long) i * i, calls.get(i).await());
                }
            }
        }
    }

    @Test
    @Parity({"PX-080", "PX-081"})
    void all_calls_fail_and_the_session_goes_on() throws IOException {
        try (Client client = connect()) {
            List<Promise<Object>> calls = new ArrayList<>();
            for (int i = 0; i < 5; i++) {
                calls.add(client.ask("fail", "plain"));
            }
            calls.forEach(call -> assertEquals(FAILED, error(call)));
            assertEquals(25L, client.call("square", 5));
        }
    }

    @Test
    @Parity({"PX-082", "PX-083"})
    void objects_are_made_at_once() throws IOException {
        try (Client client = connect()) {
            List<Object> counters = client.all(5, i -> client.ask("makeCounter", i));
            for (int i = 0; i < 5; i++) {
                try (Stub counter = (Stub) counters.get(i)) {
                    assertEquals(i + 1L, asked(counter.call("increment")).await());
                }
            }
        }
    }

    // ---- large values

    @Test
    @Parity({
        "PX-121", "PX-122", "PX-123", "PX-124", "PX-125", "PX-126", "PX-323", "PX-324", "PX-325", "PX-326", "PX-327",
        "PX-328"
    })
    void large_values_go_there_and_back() throws IOException {
        try (Client client = connect()) {
            for (int length : List.of(10_000, 1 << 20)) {
                String text = "x".repeat(length);
                assertEquals(text, client.call("echo", text));
            }
            for (long length : List.of(1_000L, 10_000L)) {
                List<Object> list = range(length, i -> i);
                assertEquals(list, client.call("echo", list));
            }
            Map<String, Object> flat = object(100, i -> (long) i);
            assertEquals(flat, client.call("echo", flat));
            Map<String, Object> nested =
                    object(1_000, i -> Map.of("value", (long) i, "nested", Map.of("data", "item " + i)));
            assertEquals(nested, client.call("echo", nested));
        }
    }

    private static Map<String, Object> object(int members, Function<Integer, Object> value) {
        Map<String, Object> object = new LinkedHashMap<>();
        for (int i = 0; i < members; i++) {
            object.put("key " + i, value.apply(i));
        }
        return object;
    }

    // ---- everything in turns

    @Test
    @Parity({"PX-181", "PX-182"})
    void values_objects_and_callbacks_in_turns() throws IOException {
        List<@Nullable Object> values = new ArrayList<>(List.of(
                true,
                false,
                42L,
                3.14,
                "hello",
                "",
                List.of(1L, 2L, 3L),
                Map.of("a", 1L, "b", 2L),
                List.of(),
                Map.of()));
        values.add(List.of(Map.of("nested", List.of(1L, 2L))));
        List<@Nullable Object> mixed = new ArrayList<>(List.of(1L, "two", 3.5));
        mixed.add(null);
        values.add(mixed);
        long[] called = {0};
        Function<List<Object>, Object> callback = args -> called[0] += 1;
        try (Client client = connect()) {
            client.call("keep", callback);
            for (int round = 0; round < 200; round++) {
                Object value = values.get(round % values.size());
                assertEquals(value, client.call("echo", value));
                assertEquals((long) round * round, client.call("square", -round));
                if (round % 5 == 0) {
                    try (Stub counter = client.api.call("makeCounter", round);
                            Stub next = counter.call("increment")) {
                        assertEquals(round + 1L, next.value().await());
                    }
                }
                if (round % 10 == 0) {
                    assertEquals(round / 10 + 1L, client.call("callKept", "now"));
                }
            }
            assertEquals(20, called[0]);
            client.call("dropKept");
        }
    }
}
