package dev.capstan.net.http;

import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.ReadOnlyHttp2Headers;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Requests and answers as header lists of HTTP/2 (RFC 9113 section 8): pure functions. Netty's decoder has checked names, values and the order of the pseudo-headers. */
final class Http2Heads {
    private static final byte[] NO_BODY = {};

    private Http2Heads() {}

    /**
     * The request that {@code fields} make.
     *
     * @throws Http2Exception of the stream if they make none
     */
    static HttpRequest request(int stream, Http2Headers fields) throws Http2Exception {
        String method = null;
        String scheme = null;
        String path = null;
        String authority = null;
        String protocol = null;
        String host = null;
        List<Map.Entry<String, String>> all = new ArrayList<>(fields.size());
        for (Map.Entry<CharSequence, CharSequence> field : fields) {
            String name = field.getKey().toString();
            String value = field.getValue().toString();
            switch (name) {
                case ":method" -> method = only(stream, name, method, value);
                case ":scheme" -> scheme = only(stream, name, scheme, value);
                case ":path" -> path = only(stream, name, path, value);
                case ":authority" -> authority = only(stream, name, authority, value);
                case ":protocol" -> protocol = only(stream, name, protocol, value);
                default -> {
                    if (name.startsWith(":")) {
                        throw malformed(stream, "a request has no " + name);
                    }
                    if (Headers.isOfTheConnection(name) || (name.equals("te") && !value.equalsIgnoreCase("trailers"))) {
                        throw malformed(stream, "the field " + name + " has no place in HTTP/2");
                    }
                    if (name.equals("host")) {
                        if (host != null) {
                            throw malformed(stream, "a request has one authority");
                        }
                        host = value;
                    }
                    all.add(Map.entry(name, value));
                }
            }
        }
        if (method == null) {
            throw malformed(stream, "a request needs :method");
        }
        boolean plainConnect = method.equals("CONNECT") && protocol == null;
        if (plainConnect ? scheme != null || path != null : scheme == null || path == null || path.isEmpty()) {
            throw malformed(stream, "a request needs one :scheme and one :path, and CONNECT has neither");
        }
        String target = path == null ? "*" : path;
        if (!target.startsWith("/") && !target.equals("*")) {
            throw malformed(stream, "the :path of a request begins with a slash");
        }
        if (authority != null && host == null) {
            // Whoever asks for the host finds it where HTTP/1.1 has it.
            all.addFirst(Map.entry("host", authority));
        } else if (authority != null && !authority.equalsIgnoreCase(host)) {
            throw malformed(stream, "a request has one authority");
        }
        int mark = target.indexOf('?');
        return new HttpRequest(
                method,
                mark < 0 ? target : target.substring(0, mark),
                mark < 0 ? null : target.substring(mark + 1),
                Headers.checked(all),
                NO_BODY);
    }

    /** What a client that asks for another protocol on its stream names (RFC 8441); null if it does not. */
    static @Nullable String protocol(Http2Headers fields) {
        CharSequence protocol = fields.get(":protocol");
        return protocol == null ? null : protocol.toString();
    }

    /**
     * The length that the request announces; -1 if it does not.
     *
     * @throws Http2Exception of the stream if it is no length
     */
    static long contentLength(int stream, HttpRequest request) throws Http2Exception {
        if (request.headers().first("content-length") == null) {
            return -1;
        }
        List<String> lengths = request.headers().all("content-length");
        String length = lengths.getFirst();
        if (lengths.size() > 1 || length.isEmpty() || !length.chars().allMatch(c -> c >= '0' && c <= '9')) {
            throw malformed(stream, "a request has one content-length, which is a number");
        }
        try {
            return Long.parseLong(length);
        } catch (NumberFormatException e) {
            return Long.MAX_VALUE;
        }
    }

    /** @throws Http2Exception of the stream if {@code fields} cannot follow a body */
    static void checkTrailers(int stream, Http2Headers fields) throws Http2Exception {
        for (Map.Entry<CharSequence, CharSequence> field : fields) {
            if (field.getKey().charAt(0) == ':') {
                throw malformed(stream, "trailers have no " + field.getKey());
            }
        }
    }

    private static String only(int stream, String name, @Nullable String before, String value) throws Http2Exception {
        if (before != null) {
            throw malformed(stream, "a request has one " + name);
        }
        return value;
    }

    static Http2Exception malformed(int stream, String what) {
        return Http2Exception.streamError(stream, Http2Error.PROTOCOL_ERROR, what);
    }

    /** The head of an answer. {@link Headers} have checked names and values. */
    static Http2Headers answer(int status, Headers headers) {
        return ReadOnlyHttp2Headers.serverHeaders(
                false, HttpResponseStatus.valueOf(status).codeAsText(), headers.inHttp2());
    }

    static Http2Headers trailers(Headers headers) {
        return ReadOnlyHttp2Headers.trailers(false, headers.inHttp2());
    }
}
