package dev.capstan.grpc.server;

import dev.capstan.grpc.MessageFrames;
import dev.capstan.grpc.Metadatas;
import dev.capstan.net.http.Exchange;
import dev.capstan.net.http.Headers;
import io.grpc.Compressor;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The answer of one call as it lies in its exchange: head, messages, end. On the loop, but for what says otherwise. */
final class AnswerWriter<S> {
    private final Exchange exchange;
    private final MethodDescriptor<?, S> method;
    private final Framing framing;
    private final Encodings encodings;
    private final Headers usualHead;
    private final int messageBytes;
    private boolean headSent;
    private volatile @Nullable Compressor compressor;
    private volatile boolean compresses = true;

    /** With {@code usualHead}, that of an answer in plain gRPC that has neither metadata nor an encoding, and messages of {@code messageBytes} at most. */
    AnswerWriter(
            Exchange exchange,
            MethodDescriptor<?, S> method,
            Framing framing,
            Encodings encodings,
            Headers usualHead,
            int messageBytes) {
        this.exchange = exchange;
        this.method = method;
        this.framing = framing;
        this.encodings = encodings;
        this.usualHead = usualHead;
        this.messageBytes = messageBytes;
    }

    /** How messages are compressed, if the client can read that. From any thread, before the head. */
    void compression(String name) {
        compressor = encodings.ofAnswers(name, exchange.request().headers().first("grpc-accept-encoding"));
    }

    /** Whether messages are, from the next on. From any thread. */
    void compresses(boolean enabled) {
        compresses = enabled;
    }

    void head(Metadata headers) {
        headSent = true;
        Compressor by = compressor;
        boolean usual =
                by == null && headers.keys().isEmpty() && framing.contentType().equals(Framing.GRPC);
        exchange.answer(200, usual ? usualHead : fields(by, headers));
    }

    private Headers fields(@Nullable Compressor by, Metadata headers) {
        List<Map.Entry<String, String>> fields = new ArrayList<>();
        fields.add(Map.entry("content-type", framing.contentType()));
        if (by != null) {
            fields.add(Map.entry("grpc-encoding", by.getMessageEncoding()));
        }
        fields.add(Map.entry("grpc-accept-encoding", encodings.accepted()));
        Metadatas.add(fields, headers);
        return Headers.of(fields);
    }

    boolean isHeadSent() {
        return headSent;
    }

    /** {@code message} as it is written to the exchange. From any thread. */
    byte[] frame(S message) {
        Compressor by = compresses ? compressor : null;
        return framing.frame(MessageFrames.frame(method.streamResponse(message), by, messageBytes));
    }

    /** The last that the client hears. */
    void end(Status status, Metadata trailers) {
        framing.end(
                exchange,
                headSent,
                Metadatas.last(headSent, framing.contentType(), encodings.accepted(), status, trailers));
    }
}
