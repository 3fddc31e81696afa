package dev.capstan.grpc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.capstan.testkit.Parity;
import io.grpc.Codec;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.io.ByteArrayInputStream;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** The limit of messages that are sent is one of what the handler says, whatever compression makes of it. */
class MessageFramesTest {
    private static final int LIMIT = 1000;

    private static byte[] gzipped(byte[] message) {
        return MessageFrames.frame(new ByteArrayInputStream(message), new Codec.Gzip(), LIMIT);
    }

    @Test
    @Parity("GRPC-G7.3")
    void a_message_longer_than_the_limit_is_refused_though_it_is_short_when_compressed() {
        StatusRuntimeException failure = assertThrows(StatusRuntimeException.class, () -> gzipped(new byte[LIMIT + 1]));
        assertEquals(Status.Code.RESOURCE_EXHAUSTED, failure.getStatus().getCode());
    }

    @Test
    @Parity("GRPC-G7.3")
    void a_message_as_long_as_the_limit_is_sent_though_it_is_longer_when_compressed() {
        byte[] message = new byte[LIMIT];
        new Random(1).nextBytes(message);
        byte[] frame = gzipped(message);
        assertEquals(1, frame[0]);
        assertEquals(frame.length - 5, (frame[3] & 0xff) << 8 | (frame[4] & 0xff));
    }
}
