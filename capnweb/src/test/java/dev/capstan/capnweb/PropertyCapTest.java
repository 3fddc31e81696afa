package dev.capstan.capnweb;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.capstan.async.Promise;
import dev.capstan.async.SimLoop;
import dev.capstan.cap.Answer;
import dev.capstan.cap.BrokenCap;
import dev.capstan.cap.Failure;
import dev.capstan.cap.Hints;
import dev.capstan.cap.Method;
import dev.capstan.cap.Path;
import dev.capstan.cap.Payload;
import dev.capstan.cap.QueuedCap;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Places inside of what is not known yet. */
class PropertyCapTest {
    private final SimLoop sim = new SimLoop();

    @Test
    void a_promise_that_is_resolved_to_a_place_inside_of_itself_is_broken() {
        try (QueuedCap promise = new QueuedCap(sim.loop());
                WebPayload holding = WebPayload.holding(Map.of("x", promise.share()))) {
            promise.resolve(holding.cap(Path.Names.of("x", "a")));
            assertInstanceOf(BrokenCap.class, promise.resolved());
            try (Answer answer = promise.request(
                            new Method.Member(Path.Names.of("f"), false), WebFormat.INSTANCE, 0, Hints.NONE)
                    .send()) {
                Promise<Payload> results = answer.results();
                assertEquals(
                        "this promise was resolved to itself",
                        assertThrows(Failure.class, () -> sim.await(results)).reason());
            }
        }
    }
}
