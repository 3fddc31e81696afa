package dev.capstan.net.http;

import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Requests and answers as header lists of HTTP/2 (RFC 9113 section 8): pure functions. Netty's decoder has checked names, values and the order of the pseudo-headers. */
final class Http2Heads {
    private static final byte[] NO_BODY = {};
    private static final Set<String> PSEUDO = Set.of(":method", ":scheme", ":path", ":authority", ":protocol");

    /** Fields that belong to a connection have no meaning here, and a server must not send them: exactly those of RFC 9113 section 8.2.2, since a request with one is malformed. */
    private static final Set<String> OF_THE_CONNECTION =
            Set.of("connection", "keep-alive", "proxy-connection", "transfer-encoding", "upgrade");

    private Http2Heads() {}

    /**
     * The request that {@code fields} make.
     *
     * @throws Http2Exception of the stream if they make none
     */
    static HttpRequest request(int stream, Http2Headers fields) throws Http2Exception {
        String method = only(stream, fields, ":method");
        String scheme = only(stream, fields, ":scheme");
        String path = only(stream, fields, ":path");
        String authority = only(stream, fields, ":authority");
        String protocol = only(stream, fields, ":protocol");
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
        List<Map.Entry<String, String>> all = new ArrayList<>(fields.size());
        String host = null;
        for (Map.Entry<CharSequence, CharSequence> field : fields) {
            String name = field.getKey().toString();
            if (name.startsWith(":")) {
                if (!PSEUDO.contains(name)) {
                    throw malformed(stream, "a request has no " + name);
                }
                continue;
            }
            String value = field.getValue().toString();
            if (OF_THE_CONNECTION.contains(name) || (name.equals("te") && !value.equalsIgnoreCase("trailers"))) {
                throw malformed(stream, "the field " + name + " has no place in HTTP/2");
            }
            if (name.equals("host")) {
                if (host != null || (authority != null && !value.equalsIgnoreCase(authority))) {
                    throw malformed(stream, "a request has one authority");
                }
                host = value;
            }
            all.add(Map.entry(name, value));
        }
        if (authority != null && host == null) {
            // Whoever asks for the host finds it where HTTP/1.1 has it.
            all.addFirst(Map.entry("host", authority));
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
        List<String> lengths = request.headers().all("content-length");
        if (lengths.isEmpty()) {
            return -1;
        }
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

    private static @Nullable String only(int stream, Http2Headers fields, String name) throws Http2Exception {
        List<CharSequence> values = fields.getAll(name);
        if (values.size() > 1) {
            throw malformed(stream, "a request has one " + name);
        }
        return values.isEmpty() ? null : values.getFirst().toString();
    }

    static Http2Exception malformed(int stream, String what) {
        return Http2Exception.streamError(stream, Http2Error.PROTOCOL_ERROR, what);
    }

    /** The head of an answer. */
    static Http2Headers answer(int status, Headers headers) {
        Http2Headers fields = new DefaultHttp2Headers(false, headers.fields().size() + 1);
        fields.status(Integer.toString(status));
        return plus(fields, headers);
    }

    static Http2Headers trailers(Headers headers) {
        return plus(new DefaultHttp2Headers(false, headers.fields().size()), headers);
    }

    /** {@link Headers} have checked names and values. */
    private static Http2Headers plus(Http2Headers fields, Headers headers) {
        for (Map.Entry<String, String> field : headers.fields()) {
            String name = field.getKey().toLowerCase(Locale.ROOT);
            if (!OF_THE_CONNECTION.contains(name)) {
                fields.add(name, field.getValue());
            }
        }
        return fields;
    }
}
