package dev.capstan.gateway.frames;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.capstan.capnp.MessageBuilder;
import dev.capstan.capnp.rpc.protocol.Message;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever comes: decoders neither throw nor keep it, and lines stay lines. */
class GarbageTest {
    private static final int ROUNDS = 3_000;
    private static final List<String> BEGINNINGS = List.of(
            "",
            "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
            "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n",
            "POST / HTTP/1.1\r\nContent-Length: 100\r\n\r\n[\"push\",[\"pipeline\",0,[\"a\"],",
            "POST /a.B/c HTTP/1.1\r\nContent-Type: application/grpc-web\r\nContent-Length: 1000\r\n\r\n",
            "GET / HTTP/1.1\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n");
    private static final String SWITCHED =
            "HTTP/1.1 101 X\r\nUpgrade: websocket\r\nSec-WebSocket-Extensions: permessage-deflate\r\n\r\n";

    private static byte[] message() {
        MessageBuilder message = new MessageBuilder();
        message.initRoot(Message.TYPE)
                .initCall()
                .initTarget()
                .initPromisedAnswer()
                .initTransform(3);
        return message.toByteArray();
    }

    /** Bytes with a few of them changed, or bytes that mean nothing. */
    private static byte[] garbage(Random random) {
        byte[] bytes;
        if (random.nextBoolean()) {
            bytes = message();
            for (int i = random.nextInt(4); i >= 0; i--) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
            }
        } else {
            bytes = new byte[random.nextInt(200)];
            random.nextBytes(bytes);
            // So that lengths are sometimes small enough to be reached.
            for (int i = 0; i < bytes.length; i++) {
                bytes[i] = random.nextInt(3) == 0 ? 0 : bytes[i];
            }
        }
        return bytes;
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void garbage_is_told_and_nothing_is_thrown(long seed) {
        Random random = new Random(seed);
        for (int round = 0; round < ROUNDS; round++) {
            Heard heard = new Heard(Decoding.plain().with(Limits.DEFAULT.withMessageBytes(1 << 16)));
            heard.client(BEGINNINGS.get(random.nextInt(BEGINNINGS.size())));
            if (random.nextBoolean()) {
                heard.server(SWITCHED);
            }
            for (int i = 0; i < 6; i++) {
                byte[] bytes = garbage(random);
                if (random.nextBoolean()) {
                    heard.client(bytes);
                } else {
                    heard.server(bytes);
                }
            }
            heard.decoder.ended(0, Direction.TO_SERVER, "");
            heard.decoder.ended(0, Direction.TO_CLIENT, "broke\n");
            for (Frame each : heard.frames) {
                String line = FrameLine.text(each, false);
                assertTrue(line.chars().noneMatch(Character::isISOControl), () -> "seed " + seed + ": " + line);
                assertTrue(line.length() < 2_000, () -> "seed " + seed + ": " + line);
                assertTrue(!line.contains("of java."), () -> "seed " + seed + ": " + line);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void whatever_a_capture_holds_it_is_read_or_refused(long seed) throws IOException {
        Random random = new Random(seed);
        for (int round = 0; round < ROUNDS; round++) {
            byte[] bytes = damaged(random);
            try (Capture.Reader reader = new Capture.Reader(new ByteArrayInputStream(bytes), Limits.DEFAULT)) {
                int records = 0;
                Capture.Entry entry;
                while ((entry = reader.next()) != null) {
                    records++;
                    assertTrue(entry.content().length <= bytes.length);
                }
                assertTrue(records <= bytes.length / 17);
            } catch (IOException e) {
                assertTrue(String.valueOf(e.getMessage()).contains("capture"), e::toString);
            }
        }
    }

    private static byte[] damaged(Random random) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (Capture.Writer writer = new Capture.Writer(out, Limits.DEFAULT)) {
            byte[] content = "some content".getBytes(StandardCharsets.UTF_8);
            writer.bytes(1, 1, Direction.TO_SERVER, content, 0, content.length);
            writer.end(2, 1, Direction.TO_CLIENT, "why");
        }
        byte[] bytes = out.toByteArray();
        for (int i = random.nextInt(3); i > 0; i--) {
            bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
        }
        return Arrays.copyOf(bytes, random.nextInt(bytes.length + 1));
    }
}
