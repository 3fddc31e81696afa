package dev.capstan.capnweb.resume;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * The secrets with which a server signs its tokens: the first signs, all are accepted. To rotate, put a new one first with {@link #rotated} and keep the old ones for as long as their
 * tokens are to be good. A value; {@link #toString} tells nothing of it.
 */
public final class TokenKeys {
    /** As long as what the signature has. */
    private static final int KEY_BYTES = 32;

    private static final int MOST_KEYS = 8;

    private final List<byte[]> newestFirst;

    private TokenKeys(List<byte[]> newestFirst) {
        this.newestFirst = newestFirst;
    }

    /**
     * One key.
     *
     * @param secret at least 32 bytes that nobody can guess; copied
     */
    public static TokenKeys of(byte[] secret) {
        if (secret.length < KEY_BYTES) {
            throw new IllegalArgumentException("a key has at least " + KEY_BYTES + " bytes, not " + secret.length);
        }
        return new TokenKeys(List.of(secret.clone()));
    }

    /** One key that is drawn from {@code random}, a {@link java.security.SecureRandom} outside of tests. Sessions live in the process, so their keys need live no longer. */
    public static TokenKeys random(RandomGenerator random) {
        byte[] secret = new byte[KEY_BYTES];
        random.nextBytes(secret);
        return of(secret);
    }

    /** {@code newest} signs from now on; of these the newest {@code keep} are still accepted, 7 at most. */
    public TokenKeys rotated(TokenKeys newest, int keep) {
        if (keep < 0 || keep >= MOST_KEYS) {
            throw new IllegalArgumentException("0 to " + (MOST_KEYS - 1) + " old keys can be kept, not " + keep);
        }
        List<byte[]> all = new ArrayList<>(List.of(newest.newestFirst.getFirst()));
        all.addAll(newestFirst.subList(0, Math.min(keep, newestFirst.size())));
        return new TokenKeys(List.copyOf(all));
    }

    /** The first signs. Not to be changed. */
    List<byte[]> newestFirst() {
        return newestFirst;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof TokenKeys keys && Arrays.deepEquals(newestFirst.toArray(), keys.newestFirst.toArray());
    }

    @Override
    public int hashCode() {
        return Arrays.deepHashCode(newestFirst.toArray());
    }

    @Override
    public String toString() {
        return newestFirst.size() + " keys";
    }
}
