package dev.capstan.gateway.translate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.capstan.async.MessageStream;
import dev.capstan.cap.Failure;
import dev.capstan.capnweb.Stub;
import dev.capstan.capnweb.WebTarget;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Two pages on one gateway: neither reaches what the other holds, unless it was passed on. */
class TenantsTest extends PageScene {
    /** What a stranger hears who says by hand what no client would. */
    private final class Stranger implements MessageStream.Receiver {
        private final MessageStream stream;
        private final List<String> heard = new ArrayList<>();

        Stranger(String name) {
            stream = network.host(name).connect("gateway");
            stream.start(this);
        }

        void say(String message) {
            stream.send(ByteBuffer.wrap(message.getBytes(StandardCharsets.UTF_8)));
        }

        @Override
        public void received(byte[] array, int offset, int length, boolean lent) {
            heard.add(new String(array, offset, length, StandardCharsets.UTF_8));
        }

        @Override
        public void ended() {}

        @Override
        public void failed(Throwable cause) {}
    }

    @Test
    void ids_that_were_never_given_to_a_page_lead_nowhere() {
        Stub api = connect();
        Stub node =
                held((Stub) Objects.requireNonNull(object(api.call("getNode")).get("node")));
        List<String> called = new ArrayList<>();
        WebTarget mine = WebTarget.empty().method("depth", arguments -> {
            called.add("depth");
            return Map.of("value", 1);
        });
        object(api.call("keep", Map.of("object", mine)));
        List<Stranger> strangers = List.of(new Stranger("one"), new Stranger("other"));
        // Negative ids are what the gateway has given, positive ones results of calls: of others, or not yet made.
        for (int i = 1; i <= 1_000; i++) {
            int forged = i % 2 == 0 ? -i : 100_000 + i;
            String said = i % 4 < 2
                    ? "[\"push\",[\"pipeline\"," + forged + ",[\"depth\"],[]]]"
                    : "[\"push\",[\"pipeline\",0,[\"keep\"],[{\"object\":[\"import\"," + forged + "]}]]]";
            for (Stranger each : strangers) {
                each.say(said);
                each.say("[\"pull\"," + i + "]");
            }
        }
        settle();
        for (Stranger each : strangers) {
            assertEquals(1_000, each.heard.size(), () -> each.heard.toString());
            for (String message : each.heard) {
                assertTrue(message.startsWith("[\"reject\","), message);
            }
        }
        assertEquals(List.of(), called);
        assertEquals(Map.of("value", 1L), value(node.call("depth")));
        try (Stub kept = (Stub) Objects.requireNonNull(object(api.call("kept")).get("object"))) {
            assertEquals(Map.of("value", 1L), value(kept.call("depth")));
        }
        strangers.forEach(each -> each.stream.end());
        settle();
    }

    @Test
    void one_page_that_takes_whatever_it_gets_does_not_end_the_connection_of_all() {
        Stub other = connect();
        // It reads nothing, and releases nothing.
        Stranger greedy = new Stranger("greedy");
        int overloaded = 0;
        for (int round = 0; round < 25; round++) {
            for (int i = 0; i < 1_000; i++) {
                greedy.say("[\"push\",[\"pipeline\",0,[\"getNode\"],[]]]");
            }
            settle();
        }
        for (int i = 1; i <= 25_000; i += 1_000) {
            greedy.say("[\"pull\"," + i + "]");
        }
        settle();
        for (String message : greedy.heard) {
            overloaded += message.startsWith("[\"reject\",") && message.contains("overloaded") ? 1 : 0;
        }
        assertTrue(overloaded > 10 && overloaded < 25, greedy.heard::toString);
        assertTrue(bridge.size() < 21_000, () -> bridge.size() + " objects are held");
        assertEquals(Map.of("name", "nodes"), value(other.call("name")));
        Stub node =
                held((Stub) Objects.requireNonNull(object(other.call("getNode")).get("node")));
        assertEquals(Map.of("value", 1L), value(node.call("depth")));
        greedy.stream.end();
        settle();
        assertEquals(2, nodes.live());
    }

    @Test
    void one_page_whose_calls_never_end_leaves_room_for_the_others() {
        Stub other = connect();
        Stranger greedy = new Stranger("greedy");
        for (int i = 1; i <= 3_000; i++) {
            greedy.say("[\"push\",[\"pipeline\",0,[\"sleep\"],[]]]");
            greedy.say("[\"pull\"," + i + "]");
        }
        settle();
        assertEquals(2_000, nodes.sleeping());
        assertEquals(1_000, greedy.heard.size());
        assertEquals(Map.of("name", "nodes"), value(other.call("name")));
        greedy.stream.end();
        settle();
        assertEquals(2_000, nodes.cancelled());
        membranes.forEach(membrane -> assertEquals(0, membrane.calls()));
    }

    @Test
    void one_page_that_gives_up_calls_which_go_on_all_the_same_leaves_room_for_the_others() {
        nodes.stubborn();
        Stub other = connect();
        Stranger greedy = new Stranger("greedy");
        for (int i = 1; i <= 3_000; i++) {
            greedy.say("[\"push\",[\"pipeline\",0,[\"sleep\"],[]]]");
            greedy.say("[\"pull\"," + i + "]");
            if (i % 1_000 == 0) {
                settle();
                for (int given = i - 999; given <= i; given++) {
                    greedy.say("[\"release\"," + given + ",1]");
                }
                settle();
            }
        }
        assertEquals(2_000, nodes.sleeping());
        assertEquals(Map.of("name", "nodes"), value(other.call("name")));
        nodes.wake();
        settle();
        membranes.forEach(membrane -> assertEquals(0, membrane.calls()));
        greedy.stream.end();
        settle();
    }

    @Test
    void what_a_page_gave_to_the_server_ends_with_the_page() {
        Stub first = connect();
        Stub second = page("second");
        WebTarget mine = WebTarget.empty().method("depth", arguments -> Map.of("value", 5));
        object(second.call("keep", Map.of("object", mine)));
        try (Stub kept =
                (Stub) Objects.requireNonNull(object(first.call("kept")).get("object"))) {
            pages.getLast().close();
            settle();
            assertEquals(Failure.Kind.DISCONNECTED, failure(kept.call("depth")).kind());
        }
    }

    @Test
    void what_the_server_passes_on_is_reached() {
        Stub first = connect();
        Stub second = page("second");
        WebTarget mine = WebTarget.empty().method("depth", arguments -> Map.of("value", 5));
        object(first.call("keep", Map.of("object", mine)));
        try (Stub kept =
                (Stub) Objects.requireNonNull(object(second.call("kept")).get("object"))) {
            @Nullable Object depth = value(kept.call("depth"));
            assertEquals(Map.of("value", 5L), depth);
        }
    }
}
