package dev.capstan.capnweb;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.capstan.async.SimLoop;
import dev.capstan.cap.Failure;
import dev.capstan.cap.Membrane;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Streams in values that pass a border: they end with it, and are counted at it. */
class PassingStreamsTest {
    private static final int MOST = 2;

    private final SimLoop sim = new SimLoop();
    private final Membrane membrane =
            new Membrane(sim.loop(), Membrane.Policy.ALL, new Membrane.Limits(10, 10, MOST));
    private final WebTarget target = WebTarget.empty()
            .method("stream", arguments -> stream())
            .method(
                    "request",
                    arguments -> new WebRequest(
                            new Url("https://example.com/"), "POST", Headers.NONE, stream(), Map.of()))
            .method("response", arguments -> WebResponse.of(200, stream()));
    private final Stub object = Stub.of(sim.loop(), membrane.outward(target.on(sim.loop())));
    private final List<Readable> got = new ArrayList<>();

    @AfterEach
    void nothing_is_left() {
        got.forEach(Readable::close);
        object.close();
        sim.poll();
        assertEquals(0, membrane.size());
        assertEquals(0, membrane.calls());
    }

    private Readable stream() {
        return Readable.of(sim.loop(), List.of("one", "two", "three"));
    }

    private @Nullable Object called(String method) {
        try (Stub result = object.call(method)) {
            return sim.await(result.value());
        }
    }

    private Readable own(@Nullable Object stream) {
        Readable readable = (Readable) Objects.requireNonNull(stream);
        got.add(readable);
        return readable;
    }

    private @Nullable Object read(Readable stream) {
        try (Readable.Chunk chunk = sim.await(stream.read())) {
            return chunk.value();
        }
    }

    private Failure broken(Readable stream) {
        return assertThrows(Failure.class, () -> sim.await(stream.read()));
    }

    private void assertEndsWithTheBorder(Readable stream) {
        assertEquals("one", read(stream));
        membrane.revoke(Failure.disconnected("it is over"));
        assertEquals("it is over", broken(stream).reason());
    }

    @Test
    void a_stream_ends_with_the_border() {
        assertEndsWithTheBorder(own(called("stream")));
    }

    @Test
    void the_body_of_a_request_ends_with_the_border() {
        assertEndsWithTheBorder(own(((WebRequest) Objects.requireNonNull(called("request"))).body()));
    }

    @Test
    void the_body_of_a_response_ends_with_the_border() {
        assertEndsWithTheBorder(own(((WebResponse) Objects.requireNonNull(called("response"))).body()));
    }

    @Test
    void one_stream_too_many_is_broken_until_another_has_ended() {
        Readable first = own(called("stream"));
        Readable second = own(((WebResponse) Objects.requireNonNull(called("response"))).body());
        Failure failure = broken(own(called("stream")));
        assertEquals(Failure.Kind.OVERLOADED, failure.kind());
        assertTrue(failure.reason().contains("Membrane.Limits.streams"), failure.reason());
        assertEquals("one", read(first));
        assertEquals("one", read(second));
        first.cancel(Failure.failed("enough"));
        sim.poll();
        assertEquals("one", read(own(called("stream"))));
    }
}
