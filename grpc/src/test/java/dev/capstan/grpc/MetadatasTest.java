package dev.capstan.grpc;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.capstan.testkit.Parity;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Metadata as a client writes them into fields. */
class MetadatasTest {
    private static final Metadata.Key<byte[]> BYTES = Metadata.Key.of("a-bin", Metadata.BINARY_BYTE_MARSHALLER);

    private static List<byte[]> read(Metadata metadata) {
        List<byte[]> values = new ArrayList<>();
        Iterable<byte[]> found = metadata.getAll(BYTES);
        if (found != null) {
            found.forEach(values::add);
        }
        return values;
    }

    private static void assertRead(String value, byte[]... due) {
        List<byte[]> values = read(new Metadatas.Reader().read(List.of(Map.entry("a-bin", value))));
        assertArrayEquals(due, values.toArray(), value);
    }

    @Test
    @Parity("GRPC-P11.2")
    void bytes_are_read_with_and_without_padding() {
        assertRead("AQ==", new byte[] {1});
        assertRead("AQ", new byte[] {1});
        assertRead("", new byte[0]);
    }

    @Test
    @Parity("GRPC-P11.3")
    void values_that_were_joined_on_their_way_are_several() {
        assertRead("AQ==,Ag, Aw==", new byte[] {1}, new byte[] {2}, new byte[] {3});
    }

    @Test
    @Parity("GRPC-P11.5")
    void what_is_no_base64_is_an_invalid_argument() {
        for (String value : List.of("!", "AQ=", "A", "AQ AQ")) {
            StatusRuntimeException refused = assertThrows(
                    StatusRuntimeException.class,
                    () -> new Metadatas.Reader().read(List.of(Map.entry("a-bin", value))),
                    value);
            assertEquals(Status.INVALID_ARGUMENT.getCode(), refused.getStatus().getCode());
            assertEquals("the value of a-bin is not Base64", refused.getStatus().getDescription());
        }
    }

    @Test
    @Parity({"GRPC-P11.4", "GRPC-G2.1"})
    void random_bytes_come_back() {
        Random random = new Random(1);
        for (int times = 0; times < 200; times++) {
            Metadata sent = new Metadata();
            List<byte[]> values = new ArrayList<>();
            for (int i = random.nextInt(5); i >= 0; i--) {
                byte[] value = new byte[random.nextInt(100)];
                random.nextBytes(value);
                values.add(value);
                sent.put(BYTES, value);
            }
            List<Map.Entry<String, String>> fields = new ArrayList<>();
            Metadatas.add(fields, sent);
            assertArrayEquals(
                    values.toArray(), read(new Metadatas.Reader().read(fields)).toArray());
        }
    }

    @Test
    @Parity("GRPC-G3.2")
    void fields_of_the_protocol_are_no_metadata() {
        Metadata metadata = new Metadatas.Reader()
                .read(List.of(
                        Map.entry("te", "trailers"),
                        Map.entry("content-type", "application/grpc"),
                        Map.entry("grpc-timeout", "1S"),
                        Map.entry("grpc-encoding", "gzip"),
                        Map.entry("X-Mine", "1")));
        assertEquals(Set.of("x-mine"), metadata.keys());
    }

    @Test
    void what_http_alone_knows_is_no_metadata() {
        Metadata metadata = new Metadatas.Reader()
                .read(List.of(
                        Map.entry("connection", "keep-alive"),
                        Map.entry("transfer-encoding", "chunked"),
                        Map.entry("x!y", "a name of HTTP alone"),
                        Map.entry("-bin", "AA"),
                        Map.entry("x-y_z.1", "kept")));
        assertEquals(Set.of("x-y_z.1"), metadata.keys());
    }

    @Test
    void a_value_that_no_header_may_have_is_left_out() {
        Metadata metadata = new Metadata();
        Metadata.Key<String> note = Metadata.Key.of("x-note", Metadata.ASCII_STRING_MARSHALLER);
        metadata.put(note, "two\r\ngrpc-status: 0");
        metadata.put(note, "one line");
        assertEquals(
                List.of(Map.entry("grpc-status", "2"), Map.entry("x-note", "one line")),
                Metadatas.last(true, "application/grpc", "gzip", Status.UNKNOWN, metadata)
                        .fields());
    }

    @ParameterizedTest
    @CsvSource({"9, true", "10, true", "11, false"})
    void names_and_values_together_are_limited(int bytes, boolean taken) {
        List<Map.Entry<String, String>> fields = List.of(Map.entry("ab", "cd"), Map.entry("e", "f".repeat(bytes - 5)));
        if (taken) {
            Metadatas.check(fields, 10);
        } else {
            StatusRuntimeException refused =
                    assertThrows(StatusRuntimeException.class, () -> Metadatas.check(fields, 10));
            assertEquals(Status.Code.RESOURCE_EXHAUSTED, refused.getStatus().getCode());
            assertEquals(
                    "the metadata of the call has 11 bytes, and the limit is 10: send less, or raise metadataBytes",
                    refused.getStatus().getDescription());
        }
    }

    @Test
    @Parity("GRPC-G3.1")
    void what_a_handler_says_in_names_of_http_is_not_sent() {
        Metadata metadata = new Metadata();
        for (String name : List.of(
                "host", "te", "user-agent", "connection", "keep-alive", "transfer-encoding", "trailer", "upgrade")) {
            metadata.put(Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER), "x");
            assertThrows(IllegalArgumentException.class, () -> CallMetadata.EMPTY.with(name, "x"));
        }
        List<Map.Entry<String, String>> fields = new ArrayList<>();
        Metadatas.add(fields, metadata);
        assertEquals(List.of(), fields);
    }
}
