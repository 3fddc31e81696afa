package dev.capstan.gateway.frames;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** Captures as files. */
class CaptureTest {
    private static final byte[] CONTENT = {1, 2, 3, 4, 5};

    private static byte[] written(Limits limits) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (Capture.Writer writer = new Capture.Writer(out, limits)) {
            writer.bytes(10, 1, Direction.TO_SERVER, CONTENT, 1, 4);
            writer.bytes(20, 2, Direction.TO_CLIENT, CONTENT, 0, 1);
            writer.end(30, 1, Direction.TO_SERVER, "");
            writer.end(1L << 40, 1, Direction.TO_CLIENT, "reset");
        }
        return out.toByteArray();
    }

    private static Capture.Reader reader(byte[] bytes) throws IOException {
        return new Capture.Reader(new ByteArrayInputStream(bytes), Limits.DEFAULT);
    }

    private static Capture.Entry next(Capture.Reader reader) throws IOException {
        Capture.Entry entry = reader.next();
        assertNotNull(entry);
        return entry;
    }

    @Test
    void what_is_written_is_read() throws IOException {
        try (Capture.Reader reader = reader(written(Limits.DEFAULT))) {
            Capture.Entry first = next(reader);
            assertEquals(Capture.Kind.BYTES_TO_SERVER, first.kind());
            assertEquals(1, first.session());
            assertEquals(10, first.micros());
            assertArrayEquals(new byte[] {2, 3, 4, 5}, first.content());
            assertEquals(Capture.Kind.BYTES_TO_CLIENT, next(reader).kind());
            Capture.Entry end = next(reader);
            assertEquals(Capture.Kind.END_TO_SERVER, end.kind());
            assertEquals("", end.reason());
            Capture.Entry last = next(reader);
            assertEquals("reset", last.reason());
            assertEquals(1L << 40, last.micros());
            assertNull(reader.next());
            assertFalse(reader.isCut());
        }
    }

    @Test
    void the_format_is_that_of_the_page() throws IOException {
        byte[] bytes = written(Limits.DEFAULT);
        byte[] page = {
            'C', 'A', 'P', 'S', 'T', 'A', 'N', 1, // the head
            1, 1, 0, 0, 0, 10, 0, 0, 0, 0, 0, 0, 0, 4, 0, 0, 0, 2, 3, 4, 5
        };
        assertArrayEquals(page, Arrays.copyOf(bytes, page.length));
    }

    @Test
    void a_file_that_is_cut_off_is_read_up_to_there() throws IOException {
        byte[] whole = written(Limits.DEFAULT);
        try (Capture.Reader reader = reader(Arrays.copyOf(whole, whole.length - 2))) {
            for (int i = 0; i < 3; i++) {
                next(reader);
            }
            assertNull(reader.next());
            assertTrue(reader.isCut());
        }
    }

    @Test
    void much_at_once_becomes_several_records() throws IOException {
        Limits small = new Limits(1 << 20, 1 << 10, 200, 100, 100, 1 << 10, 10, Duration.ofSeconds(1), 3);
        try (Capture.Reader reader = reader(written(small))) {
            assertArrayEquals(new byte[] {2, 3, 4}, next(reader).content());
            assertArrayEquals(new byte[] {5}, next(reader).content());
        }
    }

    @Test
    void records_of_later_versions_are_skipped() throws IOException {
        byte[] bytes = written(Limits.DEFAULT);
        bytes[8] = 99;
        try (Capture.Reader reader = reader(bytes)) {
            assertEquals(Capture.Kind.BYTES_TO_CLIENT, next(reader).kind());
        }
    }

    @Test
    void a_record_that_announces_too_much_is_refused_before_memory_is_taken() throws IOException {
        byte[] bytes = written(Limits.DEFAULT);
        bytes[8 + 13 + 3] = 0x7f;
        try (Capture.Reader reader = reader(bytes)) {
            String message =
                    String.valueOf(assertThrows(IOException.class, reader::next).getMessage());
            assertTrue(message.startsWith("the capture is damaged"), message);
        }
    }

    @Test
    void what_is_no_capture_is_refused() {
        assertEquals(
                "this is no capture: those are written by 'capstan record'",
                assertThrows(IOException.class, () -> reader(new byte[] {'C', 'A', 'P'}))
                        .getMessage());
    }

    @Test
    void a_later_version_is_refused() throws IOException {
        byte[] bytes = written(Limits.DEFAULT);
        bytes[7] = 2;
        String message = String.valueOf(
                assertThrows(IOException.class, () -> reader(bytes)).getMessage());
        assertTrue(message.startsWith("this capture has version 2"), message);
    }
}
