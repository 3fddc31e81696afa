package dev.capstan.grpc.server;

import dev.capstan.grpc.MessageReader;
import dev.capstan.net.http.Exchange;
import dev.capstan.net.http.Headers;
import dev.capstan.net.http.HttpRequest;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** How the messages of a call and its end lie in the bodies of a request and its answer. */
interface Framing {
    /** The content type of the protocol itself. */
    String GRPC = "application/grpc";

    /** What the answer says it is. */
    String contentType();

    /** Hands bytes of the request's body on. */
    void decode(byte[] array, int offset, int length, MessageReader to);

    /** Whether the request's body may end here. */
    boolean isWhole();

    /** A message with its five bytes, as it goes into the answer's body. */
    byte[] frame(byte[] message);

    /** Ends the exchange; {@code fields} are the trailers, or all that there is if no head was sent. */
    void end(Exchange exchange, boolean headSent, Headers fields);

    /** How {@code request} is framed by its content type; null if it is not gRPC. */
    static @Nullable Framing of(HttpRequest request) {
        String type = request.headers().first("content-type");
        if (type == null) {
            return null;
        }
        if (type.equals(GRPC)) {
            return Plain.USUAL;
        }
        String low = type.toLowerCase(Locale.ROOT);
        if (is(low, GRPC + "-web-text")) {
            return new WebFraming(type, true);
        }
        if (is(low, GRPC + "-web")) {
            return new WebFraming(type, false);
        }
        return is(low, GRPC) ? new Plain(type) : null;
    }

    /** The sub-format may be told, which is that of Protocol Buffers, and a parameter may follow. */
    private static boolean is(String type, String name) {
        int parameter = type.indexOf(';');
        String media = parameter < 0 ? type : type.substring(0, parameter).strip();
        return media.equals(name) || media.equals(name + "+proto");
    }

    /** gRPC over HTTP/2: messages as they are, and the end in trailers. */
    record Plain(String contentType) implements Framing {
        static final Plain USUAL = new Plain(GRPC);

        @Override
        public void decode(byte[] array, int offset, int length, MessageReader to) {
            to.add(array, offset, length);
        }

        @Override
        public boolean isWhole() {
            return true;
        }

        @Override
        public byte[] frame(byte[] message) {
            return message;
        }

        @Override
        public void end(Exchange exchange, boolean headSent, Headers fields) {
            if (headSent) {
                exchange.end(fields);
            } else {
                exchange.answerOnly(200, fields);
            }
        }
    }
}
