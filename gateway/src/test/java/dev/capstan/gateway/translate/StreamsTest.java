package dev.capstan.gateway.translate;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.capstan.async.Completer;
import dev.capstan.async.Promise;
import dev.capstan.cap.Failure;
import dev.capstan.capnp.dynamic.DynamicCapability;
import dev.capstan.capnweb.Readable;
import dev.capstan.capnweb.Stub;
import dev.capstan.capnweb.WebTarget;
import dev.capstan.capnweb.Writable;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** Streams of a page, and those of a server of Cap'n Proto. */
class StreamsTest extends PageScene {
    private Writable open(Stub api) {
        return assertInstanceOf(Writable.class, object(api.call("open")).get("out"));
    }

    private Readable read(Stub api, int chunks) {
        return assertInstanceOf(
                Readable.class,
                object(api.call("source", Map.of("chunks", chunks))).get("in"));
    }

    private int writtenBytes() {
        return nodes.written.stream().mapToInt(bytes -> bytes.length).sum();
    }

    // ---- what the page writes to

    @Test
    void a_stream_of_the_server_is_a_writable_stream() {
        Stub api = connect();
        Writable out = open(api);
        for (int i = 0; i < 10; i++) {
            sim.await(out.write(new byte[] {(byte) i, 7}));
        }
        assertFalse(nodes.ended);
        sim.await(out.end());
        assertTrue(nodes.ended);
        assertEquals(10, nodes.written.size());
        assertArrayEquals(new byte[] {9, 7}, nodes.written.getLast());
        out.close();
    }

    @Test
    void a_writer_waits_for_the_window_and_not_for_each_write() {
        Stub api = connect();
        Writable out = open(api);
        Completer<Void> gate = new Completer<>(sim.loop());
        nodes.gate = gate;
        List<Promise<Void>> writes = new ArrayList<>();
        for (int i = 0; i < 400; i++) {
            writes.add(out.write(new byte[4096]));
        }
        settle();
        assertEquals(1, nodes.written.size());
        long ready = writes.stream().filter(sim::poll).count();
        assertTrue(ready > 4 && ready < 300, ready + " of 400 writes may go on");
        nodes.gate = null;
        gate.complete(Promise.nothing());
        sim.await(out.end());
        assertEquals(400 * 4096, writtenBytes());
        out.close();
    }

    @Test
    void a_stream_that_is_dropped_is_released_without_its_end() {
        Stub api = connect();
        Writable out = open(api);
        sim.await(out.write(new byte[1]));
        out.close();
        settle();
        assertFalse(nodes.ended);
        assertEquals(1, nodes.live());
    }

    @Test
    void a_chunk_that_does_not_fit_fails_the_stream_and_releases_it() {
        Stub api = connect();
        Writable out = open(api);
        out.write("text").listen(sim.loop(), (done, failure) -> {});
        settle();
        Failure failure = assertThrows(Failure.class, () -> sim.await(out.end()));
        assertTrue(
                failure.reason().endsWith("write.bytes: expected bytes (a Uint8Array), not a string"),
                failure.reason());
        out.close();
        settle();
        assertEquals(1, nodes.live());
    }

    // ---- what the server writes to

    @Test
    void a_writable_stream_of_the_page_is_written_by_the_server() {
        Stub api = connect();
        Writable.Pair pipe = Writable.pipe(sim.loop());
        try (Readable readable = pipe.readable();
                Writable writable = pipe.writable();
                Stub filled = api.call("fill", Map.of("out", writable, "chunks", 100))) {
            Promise<Object> done = filled.value();
            assertEquals(200, sim.await(readable.bytes(1 << 20)).length);
            assertEquals(Map.of(), sim.await(done));
        }
    }

    @Test
    void a_reader_that_does_not_read_holds_the_server_back() {
        Stub api = connect();
        Writable.Pair pipe = Writable.pipe(sim.loop());
        try (Readable readable = pipe.readable();
                Writable writable = pipe.writable();
                Stub filled = api.call("fill", Map.of("out", writable, "chunks", 2000, "size", 4096))) {
            Promise<Object> done = filled.value();
            settle();
            assertFalse(sim.poll(done));
            int before = nodes.sent;
            assertTrue(before > 0 && before < 1500, () -> before + " chunks were sent to nobody");
            settle();
            assertEquals(before, nodes.sent);
            assertEquals(2000 * 4096, sim.await(readable.bytes(16 << 20)).length);
            assertEquals(Map.of(), sim.await(done));
        }
    }

    @Test
    void a_page_that_stops_reading_fails_the_writer() {
        Stub api = connect();
        Writable.Pair pipe = Writable.pipe(sim.loop());
        try (Readable readable = pipe.readable();
                Writable writable = pipe.writable();
                Stub filled = api.call("fill", Map.of("out", writable, "chunks", 2000, "size", 4096))) {
            Promise<Object> done = filled.value();
            settle();
            readable.cancel(Failure.failed("enough"));
            Failure failure = assertThrows(Failure.class, () -> sim.await(done));
            assertTrue(failure.reason().endsWith("enough"), failure.reason());
        }
    }

    // ---- what is read

    @Test
    void a_source_of_the_server_is_a_readable_stream() {
        Stub api = connect();
        try (Readable in = read(api, 100)) {
            assertEquals(200, sim.await(in.bytes(1 << 20)).length);
        }
    }

    @Test
    void a_page_that_goes_away_gives_up_what_it_reads() {
        Stub api = connect();
        Readable in = assertInstanceOf(Readable.class, object(api.call("quiet")).get("in"));
        settle();
        assertEquals(1, nodes.sleeping());
        pages.getLast().close();
        settle();
        assertEquals(1, nodes.cancelled());
        in.close();
    }

    @Test
    void a_readable_stream_of_the_page_is_a_source_for_the_server() {
        Stub api = connect();
        try (Readable stream = Readable.of(sim.loop(), new byte[100_000])) {
            assertEquals(Map.of("bytes", 100_000L), value(api.call("drain", Map.of("in", stream))));
        }
    }

    @Test
    void a_stream_that_is_no_interface_of_that_kind_is_refused() {
        Stub api = connect();
        try (Readable stream = Readable.of(sim.loop(), new byte[1])) {
            assertEquals(
                    "isMine.node: expected something that can be called (Node), not a ReadableStream",
                    failure(api.call("isMine", Map.of("node", stream))).reason());
        }
    }

    // ---- the border

    private void revoke() {
        membranes.getLast().revoke(Failure.disconnected("it is over"));
    }

    @Test
    void a_stream_that_a_page_writes_ends_with_the_border() {
        Stub api = connect();
        Writable out = open(api);
        sim.await(out.write(new byte[1]));
        settle();
        revoke();
        settle();
        // The server's end is let go of, and not ended.
        assertFalse(nodes.ended);
        assertEquals(1, nodes.live());
        Failure failure = assertThrows(Failure.class, () -> sim.await(out.end()));
        assertTrue(failure.reason().endsWith("it is over"), failure.reason());
        assertEquals(1, nodes.written.size());
        out.close();
    }

    @Test
    void a_stream_that_the_server_writes_ends_with_the_border() {
        Stub api = connect();
        Writable.Pair pipe = Writable.pipe(sim.loop());
        try (Readable readable = pipe.readable();
                Writable writable = pipe.writable();
                Stub filled = api.call("fill", Map.of("out", writable, "chunks", 2000, "size", 4096))) {
            Promise<Object> done = filled.value();
            settle();
            revoke();
            int before = nodes.sent;
            Failure failure = assertThrows(Failure.class, () -> sim.await(done));
            assertTrue(failure.reason().endsWith("it is over"), failure.reason());
            Failure read = assertThrows(Failure.class, () -> sim.await(readable.bytes(16 << 20)));
            assertTrue(read.reason().contains("it is over"), read.reason());
            settle();
            assertTrue(nodes.sent <= before + 1);
        }
    }

    @Test
    void a_stream_that_a_page_reads_ends_with_the_border() {
        Stub api = connect();
        try (Readable in =
                assertInstanceOf(Readable.class, object(api.call("quiet")).get("in"))) {
            settle();
            assertEquals(1, nodes.sleeping());
            revoke();
            Failure failure = assertThrows(Failure.class, () -> sim.await(in.bytes(1)));
            assertTrue(failure.reason().endsWith("it is over"), failure.reason());
            settle();
            assertEquals(1, nodes.cancelled());
        }
    }

    @Test
    void what_is_in_a_chunk_passes_the_border_too() {
        Stub api = connect();
        List<String> called = new ArrayList<>();
        WebTarget mine = WebTarget.empty().method("depth", arguments -> {
            called.add("depth");
            return Map.of("value", 1);
        });
        Writable out = assertInstanceOf(Writable.class, object(api.call("feed")).get("out"));
        settle();
        int before = membranes.getLast().size();
        sim.await(out.write(mine.on(sim.loop())));
        settle();
        assertEquals(before + 1, membranes.getLast().size());
        try (DynamicCapability node = new DynamicCapability(
                Nodes.NODE, Objects.requireNonNull(nodes.kept()).share())) {
            Promise<Boolean> depth = node.request("depth").send().then(results -> Promise.of(true));
            assertEquals(true, sim.await(depth));
            revoke();
            Promise<Boolean> again = node.request("depth").send().then(results -> Promise.of(true));
            Failure failure = assertThrows(Failure.class, () -> sim.await(again));
            assertTrue(failure.reason().endsWith("it is over"), failure.reason());
        }
        assertEquals(List.of("depth"), called);
        out.close();
    }

    // ---- calls of streams by name

    @Test
    void an_interface_with_more_than_a_stream_stays_an_object() {
        Stub api = connect();
        try (Stub got = api.call("openSink")) {
            for (int i = 0; i < 100; i++) {
                sim.await(got.get("sink").call("write", new byte[10]).value());
            }
            assertEquals(Map.of("bytes", 1000L), value(got.get("sink").call("done")));
        }
    }
}
