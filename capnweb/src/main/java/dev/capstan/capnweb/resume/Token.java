package dev.capstan.capnweb.resume;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Base64;
import java.util.Optional;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * What a token says. As text it is base64url of these fields, in this order and of fixed size, and an HMAC-SHA256 over them. The key is found by trying: there are few.
 *
 * @param session drawn by chance
 * @param generation how many tokens this session has had before; a later one replaces the earlier
 * @param expiresNanos on the clock of the loop that keeps the session: a token is worth nothing elsewhere
 * @param owner {@link #ownerOf} whom it was given to
 */
record Token(Id session, long generation, long expiresNanos, ByteBuffer owner) {
    private static final String ALGORITHM = "HmacSHA256";
    private static final byte VERSION = 1;
    private static final int OWNER_BYTES = 16;
    private static final int MAC_BYTES = 32;
    private static final int FIELD_BYTES = 1 + 4 * Long.BYTES + OWNER_BYTES;
    private static final int TEXT_CHARACTERS = (FIELD_BYTES + MAC_BYTES) * 8 / 6 + 1;

    /** Names a session. Being known does no harm. */
    record Id(long high, long low) {}

    /** The token as text, signed with the first of {@code keys}. */
    String signed(TokenKeys keys) {
        ByteBuffer fields = fields();
        byte[] mac = mac(keys.newestFirst().getFirst(), fields.array());
        byte[] all = Arrays.copyOf(fields.array(), FIELD_BYTES + MAC_BYTES);
        System.arraycopy(mac, 0, all, FIELD_BYTES, MAC_BYTES);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(all);
    }

    private ByteBuffer fields() {
        return ByteBuffer.allocate(FIELD_BYTES)
                .put(VERSION)
                .putLong(session.high())
                .putLong(session.low())
                .putLong(generation)
                .putLong(expiresNanos)
                .put(owner.duplicate());
    }

    /** What {@code text} says; empty if none of {@code keys} has signed it. */
    static Optional<Token> verified(String text, TokenKeys keys) {
        if (text.length() > TEXT_CHARACTERS) {
            return Optional.empty();
        }
        byte[] all;
        try {
            all = Base64.getUrlDecoder().decode(text);
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
        if (all.length != FIELD_BYTES + MAC_BYTES || all[0] != VERSION) {
            return Optional.empty();
        }
        byte[] fields = Arrays.copyOf(all, FIELD_BYTES);
        byte[] mac = Arrays.copyOfRange(all, FIELD_BYTES, all.length);
        boolean signed = false;
        for (byte[] key : keys.newestFirst()) {
            signed |= MessageDigest.isEqual(mac, mac(key, fields));
        }
        return signed ? Optional.of(read(ByteBuffer.wrap(fields))) : Optional.empty();
    }

    private static Token read(ByteBuffer fields) {
        fields.get();
        Id session = new Id(fields.getLong(), fields.getLong());
        long generation = fields.getLong();
        long expires = fields.getLong();
        byte[] owner = new byte[OWNER_BYTES];
        fields.get(owner);
        return new Token(session, generation, expires, ByteBuffer.wrap(owner));
    }

    /** A name without its bearer's identity, which a token does not tell; another one for each session. */
    static ByteBuffer ownerOf(Id session, String principal) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            digest.update(ByteBuffer.allocate(2 * Long.BYTES)
                    .putLong(session.high())
                    .putLong(session.low())
                    .array());
            byte[] whole = digest.digest(principal.getBytes(StandardCharsets.UTF_8));
            return ByteBuffer.wrap(Arrays.copyOf(whole, OWNER_BYTES));
        } catch (GeneralSecurityException e) {
            throw new AssertionError("every Java runtime has SHA-256", e);
        }
    }

    boolean isOf(String principal) {
        return MessageDigest.isEqual(owner.array(), ownerOf(session, principal).array());
    }

    private static byte[] mac(byte[] key, byte[] fields) {
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(new SecretKeySpec(key, ALGORITHM));
            return mac.doFinal(fields);
        } catch (GeneralSecurityException e) {
            throw new AssertionError("every Java runtime has " + ALGORITHM, e);
        }
    }
}
