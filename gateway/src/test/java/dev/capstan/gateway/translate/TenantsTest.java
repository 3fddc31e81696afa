package dev.capstan.gateway.translate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.capstan.async.MessageStream;
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
        private final MessageStream stream = network.host("stranger").connect("gateway");
        private final List<String> heard = new ArrayList<>();

        Stranger() {
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
        Stranger stranger = new Stranger();
        // Negative ids are what the gateway has given, positive ones results of calls: of others, or not yet made.
        for (int i = 1; i <= 1_000; i++) {
            int forged = i % 2 == 0 ? -i : 100_000 + i;
            stranger.say("[\"push\",[\"pipeline\"," + forged + ",[\"depth\"],[]]]");
            stranger.say("[\"pull\"," + i + "]");
        }
        settle();
        assertEquals(1_000, stranger.heard.size(), () -> stranger.heard.toString());
        for (String message : stranger.heard) {
            assertTrue(message.startsWith("[\"reject\","), message);
        }
        assertEquals(List.of(), called);
        assertEquals(Map.of("value", 1L), value(node.call("depth")));
        stranger.stream.end();
        settle();
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
