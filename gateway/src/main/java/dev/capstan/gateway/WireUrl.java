package dev.capstan.gateway;

import dev.capstan.async.Address;
import java.util.Locale;

/**
 * Where something is spoken, and what: {@code capnp://host:port}, {@code capnp+unix:PATH}, {@code ws://host:port/path} or {@code http://host:port/path}. A value.
 *
 * @param wire what is spoken there
 * @param address where
 * @param path the path of an HTTP URL, which begins with a slash; empty for Cap'n Proto
 */
record WireUrl(Wire wire, Address address, String path) {
    private static final String KNOWN =
            "write capnp://host:port or capnp+unix:PATH for Cap'n Proto, ws://host:port/path for Cap'n Web";

    enum Wire {
        CAPNP,
        WEB
    }

    /** @throws IllegalArgumentException if it is none of them */
    static WireUrl parse(String text) {
        int colon = text.indexOf(':');
        String scheme = colon < 0 ? "" : text.substring(0, colon).toLowerCase(Locale.ROOT);
        String rest = text.substring(colon + 1);
        return switch (scheme) {
            case "capnp+unix" -> new WireUrl(Wire.CAPNP, Address.parse("unix:" + rest), "");
            case "capnp" -> {
                String authority = authority(text, rest);
                if (!rest.equals("//" + authority) && !rest.equals("//" + authority + "/")) {
                    throw new IllegalArgumentException("'" + text + "': Cap'n Proto has no paths; " + KNOWN);
                }
                yield new WireUrl(Wire.CAPNP, Address.parse(authority), "");
            }
            case "ws", "http" -> {
                String authority = authority(text, rest);
                String path = rest.substring(2 + authority.length());
                yield new WireUrl(Wire.WEB, Address.parse(authority), path.isEmpty() ? "/" : path);
            }
            default -> throw new IllegalArgumentException("'" + text + "' is no URL that is known here: " + KNOWN);
        };
    }

    private static String authority(String text, String rest) {
        if (!rest.startsWith("//")) {
            throw new IllegalArgumentException("'" + text + "' has no host: " + KNOWN);
        }
        int end = rest.indexOf('/', 2);
        return rest.substring(2, end < 0 ? rest.length() : end);
    }
}
