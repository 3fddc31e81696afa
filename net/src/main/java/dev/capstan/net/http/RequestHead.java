package dev.capstan.net.http;

import dev.capstan.net.Limits;
import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpRequestDecoder;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A request before its body has come, and what it says about its connection (RFC 9112).
 *
 * @param request with an empty body
 * @param hasBody whether something will follow
 * @param length bytes of the body as the head tells; -1 if it does not
 * @param expectsContinue whether the client waits to be asked for the body
 * @param keepAlive whether the client wants to send another request
 * @param isOld HTTP/1.0
 * @param refusal what to answer at once, after which the input means nothing; null if the request is sound
 */
record RequestHead(
        HttpRequest request,
        boolean hasBody,
        long length,
        boolean expectsContinue,
        boolean keepAlive,
        boolean isOld,
        @Nullable HttpResponse refusal) {
    private static final byte[] NO_BODY = {};

    /** Netty's decoder, one message at a time. */
    static final class Decoder extends HttpRequestDecoder {
        Decoder(Limits.Http limits) {
            super(config(limits));
            setSingleDecode(true);
        }

        /** Whether bytes are left that were not decoded. */
        boolean hasMore() {
            return actualReadableBytes() > 0;
        }

        /** Takes the bytes that were not decoded. */
        byte[] rest() {
            ByteBuf left = internalBuffer();
            byte[] rest = new byte[left.readableBytes()];
            left.readBytes(rest);
            return rest;
        }
    }

    static HttpDecoderConfig config(Limits.Http limits) {
        return new HttpDecoderConfig()
                .setMaxInitialLineLength(limits.headBytes())
                .setMaxHeaderSize(limits.headBytes())
                .setMaxChunkSize(64 << 10)
                .setAllowDuplicateContentLengths(false)
                .setStrictLineParsing(true)
                .setUseRfc9112TransferEncoding(true);
    }

    static RequestHead read(io.netty.handler.codec.http.HttpRequest request, Limits.Http limits) {
        if (request.decoderResult().isFailure()) {
            return refused(ofFailure(request.decoderResult().cause(), limits));
        }
        Headers headers = Headers.copied(request.headers());
        boolean isOld = request.protocolVersion().equals(HttpVersion.HTTP_1_0);
        String target = pathAndQuery(request.uri());
        HttpResponse wrong = mistake(request.protocolVersion(), isOld, headers, target);
        if (wrong != null) {
            return refused(wrong);
        }
        int mark = target.indexOf('?');
        HttpRequest whole = new HttpRequest(
                request.method().name(),
                mark < 0 ? target : target.substring(0, mark),
                mark < 0 ? null : target.substring(mark + 1),
                headers,
                NO_BODY);
        String length = headers.first("content-length");
        boolean hasBody = headers.first("transfer-encoding") != null || (length != null && !length.equals("0"));
        boolean keepAlive = isOld ? headers.lists("connection", "keep-alive") : !headers.lists("connection", "close");
        return new RequestHead(
                whole,
                hasBody,
                length == null ? -1 : number(length),
                hasBody && !isOld && headers.first("expect") != null,
                keepAlive,
                isOld,
                null);
    }

    /** What Netty's decoder lets through and this server does not. */
    private static @Nullable HttpResponse mistake(HttpVersion version, boolean isOld, Headers headers, String target) {
        if (!isOld && !version.equals(HttpVersion.HTTP_1_1)) {
            return HttpResponse.text(505, "only HTTP/1.1 is spoken here");
        }
        if (!target.startsWith("/") && !target.equals("*")) {
            return HttpResponse.text(400, "the target of the request is no path");
        }
        List<String> hosts = headers.all("host");
        if (hosts.size() > 1 || (hosts.isEmpty() && !isOld)) {
            return HttpResponse.text(400, "the request needs one Host header");
        }
        if (!headers.all("sec-websocket-key1").isEmpty()
                || !headers.all("sec-websocket-key2").isEmpty()) {
            // The decoder would take eight bytes as a body that no length announces; a proxy in front would not.
            return HttpResponse.text(400, "this draft of WebSocket is not spoken here");
        }
        List<String> codings = headers.all("transfer-encoding");
        if (!codings.isEmpty() && !(codings.size() == 1 && codings.getFirst().equalsIgnoreCase("chunked"))) {
            return HttpResponse.text(501, "the only transfer coding spoken here is chunked");
        }
        String expected = headers.first("expect");
        if (expected != null && !expected.toLowerCase(Locale.ROOT).equals("100-continue")) {
            return HttpResponse.text(417, "the only expectation understood here is 100-continue");
        }
        return null;
    }

    /** The decoder has seen that it is a number. */
    private static long number(String length) {
        try {
            return Long.parseLong(length);
        } catch (NumberFormatException e) {
            return Long.MAX_VALUE;
        }
    }

    private static HttpResponse ofFailure(Throwable cause, Limits.Http limits) {
        return switch (cause) {
            case TooLongHttpLineException e ->
                HttpResponse.text(414, "the first line of a request is limited to " + limits.headBytes() + " bytes");
            case TooLongHttpHeaderException e ->
                HttpResponse.text(431, "the headers of a request are limited to " + limits.headBytes() + " bytes");
            default -> HttpResponse.text(400, "the request cannot be read");
        };
    }

    static HttpResponse tooLarge(Limits.Http limits) {
        return HttpResponse.text(413, "the body of a request is limited to " + limits.bodyBytes() + " bytes");
    }

    private static RequestHead refused(HttpResponse answer) {
        return new RequestHead(
                new HttpRequest("", "/", null, Headers.of(), NO_BODY), false, 0, false, false, false, answer);
    }

    /** The target without scheme and authority, which a client that thinks it speaks to a proxy sends. */
    private static String pathAndQuery(String target) {
        int scheme = target.startsWith("/") ? -1 : target.indexOf("://");
        if (scheme < 0) {
            return target;
        }
        int slash = target.indexOf('/', scheme + 3);
        return slash < 0 ? "/" : target.substring(slash);
    }
}
