package dev.capstan.grpc;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.capstan.testkit.Parity;
import io.grpc.Codec;
import io.grpc.Compressor;
import io.grpc.Decompressor;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.management.ManagementFactory;
import java.lang.reflect.Method;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.zip.CRC32C;
import org.jspecify.annotations.NullMarked;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Each encoding by itself. */
class MessageEncodingsTest {
    private static final int MIB = 1 << 20;

    private static byte[] compressed(String name, byte[] bytes) throws IOException {
        Compressor by = Objects.requireNonNull(MessageEncodings.compressors().lookupCompressor(name));
        ByteArrayOutputStream compressed = new ByteArrayOutputStream();
        try (OutputStream out = by.compress(compressed)) {
            out.write(bytes);
        }
        return compressed.toByteArray();
    }

    private static InputStream reading(String name, byte[] compressed) throws IOException {
        Decompressor by =
                Objects.requireNonNull(MessageEncodings.decompressors().lookupDecompressor(name));
        return by.decompress(new ByteArrayInputStream(compressed));
    }

    private static byte[] decompressed(String name, byte[] compressed) throws IOException {
        try (InputStream in = reading(name, compressed)) {
            return in.readAllBytes();
        }
    }

    private static void assertRoundTrip(String name, byte[] bytes) throws IOException {
        assertArrayEquals(bytes, decompressed(name, compressed(name, bytes)));
    }

    @Test
    @Parity("GRPC-P9.3")
    void the_other_side_is_told_all_encodings_that_have_a_library() {
        assertEquals(
                Set.of("gzip", "deflate", "zstd", "snappy", "br"),
                MessageEncodings.decompressors().getAdvertisedMessageEncodings());
    }

    @ParameterizedTest
    @ValueSource(strings = {"gzip", "deflate", "zstd", "snappy", "br"})
    @Parity("GRPC-P9.3")
    void messages_of_all_sizes_come_back_as_they_were(String name) throws IOException {
        Random random = new Random(7);
        for (int size : new int[] {0, 1, 100, (1 << 16) - 1, 1 << 16, (1 << 16) + 1, 3 * MIB}) {
            byte[] bytes = new byte[size];
            assertRoundTrip(name, bytes);
            random.nextBytes(bytes);
            assertRoundTrip(name, bytes);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"gzip", "deflate", "zstd", "snappy", "br"})
    void what_repeats_becomes_shorter(String name) throws IOException {
        assertTrue(compressed(name, new byte[MIB]).length < MIB / 10);
    }

    @Test
    @Parity("GRPC-P9.3")
    void the_formats_are_those_of_other_implementations() throws IOException {
        byte[] text = "gRPC".getBytes(StandardCharsets.US_ASCII);
        assertEquals("1f8b", begin("gzip", text, 2));
        assertEquals("78", begin("deflate", text, 1));
        assertEquals("28b52ffd", begin("zstd", text, 4));
        assertEquals("ff060000734e61507059", begin("snappy", text, 10));
        // Brotli has no magic number: a stream by hand (RFC 7932), 16 bits of window, one block that is not compressed.
        assertArrayEquals(text, decompressed("br", HexFormat.of().parseHex("3000106752504303")));
    }

    private static String begin(String name, byte[] bytes, int length) throws IOException {
        return HexFormat.of().formatHex(compressed(name, bytes), 0, length);
    }

    @ParameterizedTest
    @ValueSource(strings = {"gzip", "deflate", "zstd", "snappy", "br"})
    void bytes_that_nobody_has_compressed_fail_as_input(String name) throws IOException {
        byte[] garbage = new byte[300];
        Arrays.fill(garbage, (byte) 0xe5);
        assertThrows(IOException.class, () -> decompressed(name, garbage));
        byte[] whole = compressed(name, "a message that is cut".repeat(30).getBytes(StandardCharsets.US_ASCII));
        assertThrows(IOException.class, () -> decompressed(name, Arrays.copyOf(whole, whole.length / 2)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"gzip", "deflate", "zstd", "snappy", "br"})
    @Parity("GRPC-P9.4")
    void who_reads_little_of_a_bomb_pays_for_little(String name) throws IOException {
        byte[] bomb = compressed(name, new byte[256 * MIB]);
        long before = allocated();
        try (InputStream in = reading(name, bomb)) {
            assertEquals(MIB, in.readNBytes(MIB).length);
        }
        // The window of Brotli may have 16 MiB.
        assertTrue(allocated() - before < 40L * MIB, () -> "took " + (allocated() - before));
    }

    @Test
    void a_window_that_is_only_announced_takes_no_memory() throws IOException {
        byte[] one = HexFormat.of().parseHex("28b52ffd" + "00" + "a0" + "090000" + "07");
        long before = allocated();
        assertArrayEquals(new byte[] {7}, decompressed("zstd", one));
        assertTrue(allocated() - before < 4L * MIB);
    }

    @Test
    void a_chunk_of_snappy_that_announces_more_than_its_format_allows_takes_no_memory() {
        byte[] chunk =
                HexFormat.of().parseHex("ff060000734e61507059" + "00" + "0a0000" + "00000000" + "8080808004" + "00");
        long before = allocated();
        assertThrows(IOException.class, () -> decompressed("snappy", chunk));
        assertTrue(allocated() - before < 4L * MIB);
    }

    @Test
    void snappy_skips_what_it_may_and_refuses_what_it_does_not_know() throws IOException {
        String name = "ff060000734e61507059";
        CRC32C crc = new CRC32C();
        crc.update('x');
        int sum = Integer.rotateRight((int) crc.getValue(), 15) + 0xa282ead8;
        String chunk = "01050000" + HexFormat.of().toHexDigits(Integer.reverseBytes(sum)) + "78";
        assertArrayEquals(new byte[] {'x'}, snappy(name + "fe020000" + "0000" + chunk));
        assertArrayEquals(new byte[] {'x', 'x'}, snappy(name + chunk + name + chunk));
        assertThrows(IOException.class, () -> snappy(name + "02000000"));
        assertThrows(IOException.class, () -> snappy(chunk));
        assertThrows(IOException.class, () -> snappy(name + chunk.substring(0, 16) + "79"));
    }

    private static byte[] snappy(String hex) throws IOException {
        return decompressed("snappy", HexFormat.of().parseHex(hex));
    }

    private static long allocated() {
        return ((com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean()).getCurrentThreadAllocatedBytes();
    }

    @Test
    void without_their_libraries_the_others_are_not_offered() throws Exception {
        URL[] needed = {
            where(MessageEncodings.class),
            where(Codec.class),
            where(com.google.common.base.Joiner.class),
            where(NullMarked.class)
        };
        try (URLClassLoader loader = new URLClassLoader(needed, ClassLoader.getPlatformClassLoader())) {
            Class<?> encodings = loader.loadClass(MessageEncodings.class.getName());
            Object decompressors =
                    Objects.requireNonNull(encodings.getMethod("decompressors").invoke(null));
            Method advertised = decompressors.getClass().getMethod("getAdvertisedMessageEncodings");
            assertEquals(Set.of("gzip", "deflate"), advertised.invoke(decompressors));
            Object compressors =
                    Objects.requireNonNull(encodings.getMethod("compressors").invoke(null));
            Method lookup = compressors.getClass().getMethod("lookupCompressor", String.class);
            assertEquals("gzip", named(lookup.invoke(compressors, "gzip")));
            for (String absent : new String[] {"zstd", "snappy", "br"}) {
                assertEquals("null", named(lookup.invoke(compressors, absent)));
            }
        }
    }

    private static URL where(Class<?> of) {
        return of.getProtectionDomain().getCodeSource().getLocation();
    }

    private static String named(@Nullable Object compressor) throws Exception {
        if (compressor == null) {
            return "null";
        }
        Method name = compressor.getClass().getMethod("getMessageEncoding");
        name.setAccessible(true);
        return (String) name.invoke(compressor);
    }
}
