package dev.capstan.grpc.client;

import dev.capstan.async.ByteStream;
import dev.capstan.grpc.Base64Pieces;
import dev.capstan.grpc.MessageReader;
import dev.capstan.grpc.Metadatas;
import dev.capstan.net.http.HttpAnswer;
import io.grpc.Codec;
import io.grpc.Decompressor;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** An answer of gRPC-Web: messages as they are asked for, and trailers among them, or in the headers if there is nothing else. On the loop. */
final class WebAnswer<S> implements ByteStream.Receiver {
    static final String BINARY = "application/grpc-web";
    static final String TEXT = "application/grpc-web-text";

    private final HttpAnswer http;
    private final MethodDescriptor<?, S> method;
    private final WebChannel.Settings from;
    private final WebCall.Teller<S> teller;
    private final WebCall<?, S> call;
    private final MessageReader reader;
    private @Nullable Base64Pieces text;
    private int demand;
    private boolean paused;
    private boolean bodyBegun;
    private boolean ended;
    private boolean told;

    WebAnswer(
            HttpAnswer http,
            MethodDescriptor<?, S> method,
            WebChannel.Settings from,
            int limit,
            WebCall.Teller<S> teller,
            WebCall<?, S> call) {
        this.http = http;
        this.method = method;
        this.from = from;
        this.teller = teller;
        this.call = call;
        this.reader = MessageReader.ofWeb(limit);
    }

    /** Tells the headers and reads on, or fails the call. */
    void start(int asked) {
        demand = asked;
        try {
            checkHead();
            Metadata headers = metadata(http.headers().fields());
            String encoding = http.headers().first("grpc-encoding");
            if (encoding != null) { // As a client of gRPC has it.
                headers.put(Metadata.Key.of("grpc-encoding", Metadata.ASCII_STRING_MARSHALLER), encoding);
            }
            teller.tell(() -> teller.listener().onHeaders(headers));
            http.start(this);
        } catch (StatusRuntimeException e) {
            call.close(e.getStatus(), new Metadata());
        }
    }

    private void checkHead() {
        if (http.status() != 200) {
            throw ofHttp(http.status()).asRuntimeException();
        }
        String type = http.headers().first("content-type");
        String media = type == null
                ? ""
                : type.toLowerCase(Locale.ROOT).split(";", 2)[0].strip();
        if (media.equals(TEXT) || media.equals(TEXT + "+proto")) {
            text = new Base64Pieces();
        } else if (!media.equals(BINARY) && !media.equals(BINARY + "+proto")) {
            Status wrong = media.startsWith(BINARY) ? Status.INTERNAL : Status.UNKNOWN;
            throw wrong.withDescription("the answer is of type '" + media
                            + "', which is not that of a server of gRPC-Web: is the address right?")
                    .asRuntimeException();
        }
        String encoding = http.headers().first("grpc-encoding");
        if (encoding != null && !encoding.equals(Codec.Identity.NONE.getMessageEncoding())) {
            Decompressor by = from.decompressors().lookupDecompressor(encoding);
            if (by == null) {
                throw Status.INTERNAL
                        .withDescription("the server compresses with '" + encoding + "', which cannot be read here")
                        .asRuntimeException();
            }
            reader.decompressor(by);
        }
    }

    /** As gRPC has it for answers that are not its own. */
    private static Status ofHttp(int status) {
        Status code = switch (status) {
            case 400 -> Status.INTERNAL;
            case 401 -> Status.UNAUTHENTICATED;
            case 403 -> Status.PERMISSION_DENIED;
            case 404 -> Status.UNIMPLEMENTED;
            case 429, 502, 503, 504 -> Status.UNAVAILABLE;
            default -> Status.UNKNOWN;
        };
        return code.withDescription("the server has answered with HTTP's status " + status);
    }

    private Metadata metadata(List<Map.Entry<String, String>> fields) {
        long bytes = 0;
        for (Map.Entry<String, String> each : fields) {
            bytes += each.getKey().length() + each.getValue().length();
        }
        if (bytes > from.limits().metadataBytes()) {
            throw Status.INTERNAL
                    .withDescription("the server has sent " + bytes + " bytes of metadata, more than "
                            + from.limits().metadataBytes() + "; raise metadataBytes")
                    .asRuntimeException();
        }
        try {
            return Metadatas.of(fields);
        } catch (StatusRuntimeException e) {
            throw Status.INTERNAL
                    .withDescription(e.getStatus().getDescription())
                    .withCause(e)
                    .asRuntimeException();
        }
    }

    void request(int count) {
        demand = WebCall.more(demand, count);
        read();
    }

    @Override
    public void received(byte[] array, int offset, int length) {
        if (call.isOver()) {
            http.close(); // The trailers were the end.
            return;
        }
        bodyBegun = true;
        try {
            Base64Pieces pieces = text;
            if (pieces == null) {
                reader.add(array, offset, length);
            } else {
                pieces.decode(array, offset, length, reader);
            }
        } catch (StatusRuntimeException e) {
            call.close(e.getStatus(), new Metadata());
            return;
        }
        read();
    }

    /** Tells what is there and asked for, and lets more come only if that is not enough. */
    private void read() {
        try {
            while (!call.isOver() && reader.hasNext() && (demand > 0 || reader.isTrailers())) {
                InputStream next = reader.next();
                if (reader.wasTrailers()) {
                    trailers(next);
                } else {
                    demand--;
                    S message = parsed(next);
                    teller.tell(() -> teller.listener().onMessage(message));
                }
            }
        } catch (StatusRuntimeException e) {
            call.close(e.getStatus(), new Metadata());
        } catch (IOException e) {
            throw new AssertionError("a stream of bytes that are there does not fail", e);
        }
        if (call.isOver()) {
            return;
        }
        boolean enough = reader.hasNext();
        if (enough && !paused) {
            paused = true;
            http.pause();
        } else if (!enough && paused) {
            paused = false;
            http.resume();
        }
        if (ended && !enough) {
            atEnd();
        }
    }

    private S parsed(InputStream message) {
        try {
            return method.parseResponse(message);
        } catch (StatusRuntimeException e) {
            throw e;
        } catch (RuntimeException e) {
            throw Status.INTERNAL
                    .withDescription("an answer of " + method.getFullMethodName() + " cannot be parsed")
                    .withCause(e)
                    .asRuntimeException();
        }
    }

    private void trailers(InputStream block) throws IOException {
        List<Map.Entry<String, String>> fields = new ArrayList<>();
        for (String line : new String(block.readAllBytes(), StandardCharsets.ISO_8859_1).split("\r?\n", -1)) {
            int colon = line.indexOf(':');
            if (colon > 0) {
                fields.add(Map.entry(
                        line.substring(0, colon).strip().toLowerCase(Locale.ROOT),
                        line.substring(colon + 1).strip()));
            }
        }
        close(fields);
    }

    private void close(List<Map.Entry<String, String>> trailers) {
        told = true;
        Status said = Metadatas.status(trailers);
        Status status = said != null
                ? said
                : Status.UNKNOWN.withDescription(
                        "the server has not told how the call has ended: grpc-status is missing");
        call.close(status, metadata(trailers));
    }

    @Override
    public void ended() {
        ended = true;
        read();
    }

    private void atEnd() {
        try {
            boolean whole = reader.isEmpty() && (text == null || text.isWhole());
            if (!bodyBegun) {
                close(http.headers().fields());
            } else {
                call.close(
                        Status.INTERNAL.withDescription(
                                whole
                                        ? "the answer has ended without trailers"
                                        : "the answer has ended within a message"),
                        new Metadata());
            }
        } catch (StatusRuntimeException e) {
            call.close(e.getStatus(), new Metadata());
        }
    }

    @Override
    public void failed(Throwable cause) {
        call.broken(cause);
    }

    /** Nothing of it is wanted any more; a connection whose answer has come to its end may be used again. */
    void finish() {
        reader.clear();
        if (!told) {
            http.close();
        } else if (paused) {
            // The end of its body is still to come.
            paused = false;
            http.resume();
        }
    }
}
