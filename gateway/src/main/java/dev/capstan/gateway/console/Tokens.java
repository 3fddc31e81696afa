package dev.capstan.gateway.console;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayDeque;
import java.util.Base64;
import java.util.Deque;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Who may come in. An invitation can be used once; for it there is a token that can be used for as long as the program runs, and which never was in a link, in a terminal or in
 * the history of a browser. Tokens have 144 bits that nobody can guess, and how long a comparison takes tells nothing of them.
 *
 * <p>Belongs to the loop of the console.
 */
final class Tokens {
    /** Invitations that were not used, and sessions that can come back; for one more the oldest is forgotten. */
    static final int MOST = 64;

    private static final int BYTES = 18;

    private final RandomGenerator random;
    private final Deque<byte[]> invitations = new ArrayDeque<>();
    private final Deque<byte[]> sessions = new ArrayDeque<>();
    private final Deque<byte[]> standing = new ArrayDeque<>();

    Tokens(RandomGenerator random) {
        this.random = random;
    }

    /** Lets in whoever shows {@code token}, as often as they like. */
    void allow(String token) {
        standing.add(token.getBytes(StandardCharsets.UTF_8));
    }

    /** A token that can be used once. */
    String invite() {
        return add(invitations);
    }

    /** The token to come back with of who has shown {@code token}; null if that is not known, or was used. */
    @Nullable
    String admit(String token) {
        byte[] shown = token.getBytes(StandardCharsets.UTF_8);
        if (find(sessions, shown) != null) {
            return token;
        }
        if (find(standing, shown) != null) {
            return add(sessions);
        }
        byte[] invitation = find(invitations, shown);
        if (invitation == null) {
            return null;
        }
        invitations.remove(invitation);
        return add(sessions);
    }

    private String add(Deque<byte[]> to) {
        byte[] bytes = new byte[BYTES];
        random.nextBytes(bytes);
        String token = Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
        if (to.size() == MOST) {
            to.removeFirst();
        }
        to.addLast(token.getBytes(StandardCharsets.UTF_8));
        return token;
    }

    /** Looks at all of them, whichever it is. */
    private static byte @Nullable [] find(Deque<byte[]> all, byte[] shown) {
        byte[] found = null;
        for (byte[] each : all) {
            if (MessageDigest.isEqual(each, shown)) {
                found = each;
            }
        }
        return found;
    }
}
