package dev.capstan.gateway.listen;

import dev.capstan.gateway.options.ExitException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The link of a server's console, as the server prints it.
 *
 * @param api where the console's objects are, over a WebSocket
 * @param token what opens it
 */
public record ConsoleLink(String api, String token) {
    private static final Pattern LINK = Pattern.compile("http(s?)(://[^#?]*/console)/?(?:#(?:token=(.*))?)?");

    /** The link in {@code text}; null if that is the URL of something else. */
    public static @Nullable ConsoleLink in(String text) {
        Matcher link = LINK.matcher(text);
        if (!link.matches()) {
            return null;
        }
        String token = link.group(3);
        if (token == null || token.isEmpty()) {
            throw new ExitException(
                    ExitException.USAGE,
                    "This link of a console has no token: write all of it, as the server prints it, in quotes:" + " '"
                            + text.replaceFirst("/?(#.*)?$", "") + "/#token=...'");
        }
        return new ConsoleLink("ws" + link.group(1) + link.group(2) + "/rpc", token);
    }
}
