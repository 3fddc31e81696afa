package dev.capstan.capnweb;

import java.util.Locale;
import java.util.Set;

/**
 * An absolute URL, the {@code URL} of JavaScript. A value.
 *
 * <p>A TypeScript peer ends the session when it cannot parse one, so what no browser would take is refused here: a text without scheme, a
 * web address without host or with a strange host or port, control characters. It is not normalized; the peer does that.
 *
 * @param href the URL as text
 */
public record Url(String href) {
    /** Of the URL Standard, section 4.2; those that need a host. */
    private static final Set<String> SPECIAL = Set.of("http", "https", "ws", "wss", "ftp");

    private static final String FORBIDDEN_IN_HOSTS = " #<>?@[\\]^|%";
    private static final int HIGHEST_PORT = 65_535;

    /** Refuses what is no absolute URL. */
    public Url {
        String fault = fault(href);
        if (!fault.isEmpty()) {
            throw new IllegalArgumentException("\"" + Tree.excerpt(href) + "\" is no URL: " + fault + ".");
        }
    }

    private static String fault(String href) {
        int colon = href.indexOf(':');
        if (colon < 1 || !isScheme(href.substring(0, colon))) {
            return "it has to begin with a scheme, such as https";
        }
        if (href.chars().anyMatch(c -> c < 0x20 || c == 0x7f)) {
            return "it holds control characters";
        }
        if (!SPECIAL.contains(href.substring(0, colon).toLowerCase(Locale.ROOT))) {
            return "";
        }
        if (!href.startsWith("//", colon + 1)) {
            return "a host has to follow, behind two slashes";
        }
        return hostFault(authority(href, colon + 3));
    }

    private static boolean isScheme(String text) {
        return Character.isLetter(text.charAt(0))
                && text.chars()
                        .allMatch(c -> c < 0x80 && (Character.isLetterOrDigit(c) || c == '+' || c == '-' || c == '.'));
    }

    private static String authority(String href, int from) {
        int to = from;
        while (to < href.length() && "/?#\\".indexOf(href.charAt(to)) < 0) {
            to++;
        }
        return href.substring(from, to);
    }

    private static String hostFault(String authority) {
        String server = authority.substring(authority.lastIndexOf('@') + 1);
        int hostEnd = server.startsWith("[") ? server.indexOf(']') + 1 : server.indexOf(':');
        String host = hostEnd < 0 ? server : server.substring(0, hostEnd);
        if (host.isEmpty()) {
            return "it has no host";
        }
        String bare = host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
        if (bare.chars().anyMatch(c -> FORBIDDEN_IN_HOSTS.indexOf(c) >= 0)) {
            return "its host holds characters that no host may have";
        }
        String port = server.substring(host.length());
        if (!port.isEmpty() && !isPort(port)) {
            return "its port is no number up to " + HIGHEST_PORT;
        }
        return "";
    }

    private static boolean isPort(String text) {
        return text.charAt(0) == ':'
                && text.length() <= 6
                && text.chars().skip(1).allMatch(c -> c >= '0' && c <= '9')
                && (text.length() == 1 || Integer.parseInt(text.substring(1)) <= HIGHEST_PORT);
    }

    @Override
    public String toString() {
        return href;
    }
}
