package dev.capstan.gateway.console;

import dev.capstan.capnweb.bind.Remote;

/** What everybody may call who connects. All else is reached from what it gives. */
@Remote
interface Entrance {
    /**
     * The console, for who has a token: one that the program has printed, which is refused from then on, or one that {@link ConsoleApi#sessionToken} has given.
     */
    ConsoleApi authenticate(String token);
}
