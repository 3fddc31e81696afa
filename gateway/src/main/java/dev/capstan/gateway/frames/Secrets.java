package dev.capstan.gateway.frames;

import java.util.List;
import java.util.Locale;

/**
 * What is not told to whoever looks on. Secrets are known by their names: of members, headers, methods and parameters of a URL. A method whose name is such has neither
 * its arguments nor its results told, since a wire without names in it does not tell which of them is the secret.
 */
public enum Secrets {
    HIDDEN,
    SHOWN;

    static final String MARK = "<redacted>";

    private static final List<String> NAMES = List.of(
            "password",
            "passwd",
            "passphrase",
            "secret",
            "token",
            "credential",
            "authorization",
            "authenticate",
            "cookie",
            "apikey",
            "privatekey",
            "sessionkey",
            "login",
            "signin");

    /** Whether what is called so is to be left out. */
    boolean hides(String name) {
        if (this == SHOWN || name.isEmpty()) {
            return false;
        }
        String plain = name.toLowerCase(Locale.ROOT).replace("-", "").replace("_", "");
        return NAMES.stream().anyMatch(plain::contains);
    }

    /** A path or URL, with the values of its secret parameters left out. */
    String url(String url) {
        int query = url.indexOf('?');
        if (this == SHOWN || query < 0) {
            return url;
        }
        StringBuilder shown = new StringBuilder(url.substring(0, query + 1));
        String between = "";
        for (String pair : url.substring(query + 1).split("&", -1)) {
            int equals = pair.indexOf('=');
            boolean isHidden = equals >= 0 && hides(pair.substring(0, equals));
            shown.append(between).append(isHidden ? pair.substring(0, equals + 1) + MARK : pair);
            between = "&";
        }
        return shown.toString();
    }
}
