package dev.capstan.capnweb.resume;

import java.util.Locale;
import java.util.Optional;

/** Why a server does not go on with a session. Names are the protocol's words in capitals. */
public enum Refusal {
    /** The token was valid for a time that is over. */
    EXPIRED,
    /** The token was not made with a key of this server, or was changed. */
    FORGED,
    /** The token was given to somebody else. */
    FOREIGN,
    /** The token was used before, and the one that came after it has arrived. */
    REUSED,
    /** There is no such session any more: it has ended, its grace period is over, or the server was started anew. */
    UNKNOWN,
    /** The two sides do not agree on what has arrived, or what was lost is not kept any more. */
    LOST,
    /** What was said makes no sense. */
    PROTOCOL,
    /** The server takes no more sessions. */
    FULL;

    String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** A peer may have words that are newer than this code. */
    static Optional<Refusal> of(String word) {
        for (Refusal each : values()) {
            if (each.word().equals(word)) {
                return Optional.of(each);
            }
        }
        return Optional.empty();
    }
}
