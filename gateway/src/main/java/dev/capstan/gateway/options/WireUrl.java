package dev.capstan.gateway.options;

import dev.capstan.async.Address;
import java.net.URI;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Where something is spoken, what, and over which transport: {@code capnp://host:port}, {@code capnps://host:port}, {@code capnp+unix:PATH}, {@code capnp+ws(s)://host/path}, {@code ws(s)://host/path}, {@code http(s)://host/path},
 * {@code wt://host:port/path}, {@code grpc(s)://host:port}. A value.
 *
 * @param scheme what is spoken there, and over what
 * @param address where
 * @param path the path of an HTTP URL, with its query, which begins with a slash; empty for gRPC and for Cap'n Proto but over WebSockets
 */
public record WireUrl(Scheme scheme, Address address, String path) {
    private static final String KNOWN =
            "write capnp://host:port, capnps://host:port (TLS), capnp+unix:PATH or capnp+ws://host:port/path (capnp+wss://, over WebSockets) for Cap'n Proto; ws://host:port/path, wss://, http:// or https:// (batches) or wt:// (WebTransport) for Cap'n Web; grpc://host:port or grpcs://host:port (TLS) for gRPC";

    public enum Wire {
        CAPNP("Cap'n Proto"),
        WEB("Cap'n Web"),
        GRPC("gRPC");

        private final String title;

        Wire(String title) {
            this.title = title;
        }

        /** As people write it. */
        @Override
        public String toString() {
            return title;
        }
    }

    public enum Scheme {
        CAPNP(Wire.CAPNP, false),
        CAPNPS(Wire.CAPNP, true),
        CAPNP_UNIX(Wire.CAPNP, false),
        CAPNP_WS(Wire.CAPNP, false, 80),
        CAPNP_WSS(Wire.CAPNP, true, 443),
        WS(Wire.WEB, false, 80),
        WSS(Wire.WEB, true, 443),
        HTTP(Wire.WEB, false, 80),
        HTTPS(Wire.WEB, true, 443),
        WT(Wire.WEB, true, 443),
        GRPC(Wire.GRPC, false),
        GRPCS(Wire.GRPC, true);

        private static final int NONE = -1;

        private final Wire wire;
        private final boolean tls;
        private final int port;

        Scheme(Wire wire, boolean tls) {
            this(wire, tls, NONE);
        }

        Scheme(Wire wire, boolean tls, int port) {
            this.wire = wire;
            this.tls = tls;
            this.port = port;
        }

        /** How the same wire is reached over TCP without TLS. */
        public Scheme plain() {
            return switch (this) {
                case CAPNP, CAPNPS, CAPNP_UNIX -> CAPNP;
                case CAPNP_WS, CAPNP_WSS -> CAPNP_WS;
                case WS, WSS, WT -> WS;
                case HTTP, HTTPS -> HTTP;
                case GRPC, GRPCS -> GRPC;
            };
        }

        /** As it is written before the colon. */
        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT).replace('_', '+');
        }

        /** Whether its URLs are URLs of HTTP, which have paths. */
        private boolean isHttp() {
            return port != NONE;
        }

        private static @Nullable Scheme named(String text) {
            for (Scheme each : values()) {
                if (each.toString().equals(text)) {
                    return each;
                }
            }
            return null;
        }
    }

    /**
     * The URL that a text is.
     *
     * @throws IllegalArgumentException if it is none of them; it says what to write
     */
    public static WireUrl parse(String text) {
        int colon = text.indexOf(':');
        Scheme scheme = colon < 0 ? null : Scheme.named(text.substring(0, colon).toLowerCase(Locale.ROOT));
        String rest = text.substring(colon + 1);
        if (scheme == null) {
            throw new IllegalArgumentException("'" + text + "' is no URL that is known here: " + KNOWN);
        }
        if (scheme == Scheme.CAPNP_UNIX) {
            return new WireUrl(scheme, Address.parse("unix:" + rest), "");
        }
        if (!rest.startsWith("//")) {
            throw new IllegalArgumentException("'" + text + "' has no host: " + KNOWN);
        }
        String authority = authority(rest);
        String path = rest.substring(2 + authority.length());
        Address address = address(text, scheme, authority);
        if (!scheme.isHttp()) {
            if (!path.isEmpty() && !path.equals("/")) {
                throw new IllegalArgumentException(
                        "'" + text + "': " + scheme.wire + " has no paths, leave '" + path + "' out; " + KNOWN);
            }
            return new WireUrl(scheme, address, "");
        }
        WireUrl url = new WireUrl(scheme, address, path.startsWith("/") ? path : "/" + path);
        url.uri();
        return url;
    }

    private static String authority(String rest) {
        int end = 2;
        while (end < rest.length() && "/?#".indexOf(rest.charAt(end)) < 0) {
            end++;
        }
        return rest.substring(2, end);
    }

    private static Address address(String text, Scheme scheme, String authority) {
        if (authority.indexOf('@') >= 0) {
            throw new IllegalArgumentException(
                    "'" + text + "': a URL has no user or password here; say who you are with -H 'authorization: ...'");
        }
        boolean isWithoutPort = authority.endsWith("]") || authority.indexOf(':') < 0;
        if (isWithoutPort && scheme.port == Scheme.NONE) {
            throw new IllegalArgumentException(
                    "'" + text + "' has no port: write " + scheme + "://" + authority + ":4000");
        }
        return Address.parse(isWithoutPort ? authority + ":" + scheme.port : authority);
    }

    public Wire wire() {
        return scheme.wire;
    }

    /** Whether what is spoken is encrypted. */
    public boolean tls() {
        return scheme.tls;
    }

    /**
     * A URL of Cap'n Web, or of Cap'n Proto over WebSockets, as HTTP clients know it: {@code wt} is {@code https}, and {@code capnp+ws} is {@code ws}.
     *
     * @throws IllegalArgumentException if it is none, or cannot be a URI
     */
    public URI uri() {
        if (!scheme.isHttp()) {
            throw new IllegalArgumentException(this + " is no URL of HTTP");
        }
        Scheme carrier = switch (scheme) {
            case WT -> Scheme.HTTPS;
            case CAPNP_WS -> Scheme.WS;
            case CAPNP_WSS -> Scheme.WSS;
            default -> scheme;
        };
        return URI.create(carrier + "://" + address + path);
    }

    @Override
    public String toString() {
        return address instanceof Address.Unix(String file) ? scheme + ":" + file : scheme + "://" + address + path;
    }
}
