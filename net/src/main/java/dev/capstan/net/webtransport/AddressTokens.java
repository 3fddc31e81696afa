package dev.capstan.net.webtransport;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.quic.QuicTokenHandler;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import javax.crypto.KeyGenerator;
import javax.crypto.Mac;
import javax.crypto.SecretKey;
import org.jspecify.annotations.Nullable;

/**
 * Tokens by which a client proves that it receives what is sent to its address (RFC 9000 section 8.1.2): the server answers a first packet without one
 * with a Retry packet that has one, keeps nothing, and the client comes again with it. Without that, anybody who writes packets in the names of
 * others takes a place of the server with each.
 *
 * <p>A token is the time, a MAC, and the connection id that the first packet had, which the handshake needs again. The MAC is over the time, the id, and
 * the client's address and port, so that a token is worth nothing elsewhere, nor later. Belongs to the loop's thread.
 */
final class AddressTokens implements QuicTokenHandler {
    private static final String ALGORITHM = "HmacSHA256";
    private static final int TIME_BYTES = 8;
    private static final int MAC_BYTES = 32;
    private static final int HEAD_BYTES = TIME_BYTES + MAC_BYTES;
    /** RFC 9000 section 17.2. */
    private static final int MAX_ID_BYTES = 20;

    private final Mac mac;
    private final LongSupplier nanoTime;
    private final long validNanos;
    private final BooleanSupplier isNeeded;

    private byte[] first = {};
    private boolean isProven;

    /**
     * @param validFor time for a client to come again
     * @param isNeeded asked for each first packet without a token: whether it is to be answered with one
     */
    AddressTokens(SecretKey key, LongSupplier nanoTime, Duration validFor, BooleanSupplier isNeeded) {
        this.nanoTime = nanoTime;
        this.validNanos = validFor.toNanos();
        this.isNeeded = isNeeded;
        try {
            mac = Mac.getInstance(ALGORITHM);
            mac.init(key);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java runtime has " + ALGORITHM, e);
        }
    }

    /** A new key, from the runtime's own randomness if none is given. May run on any thread. */
    static SecretKey key(@Nullable SecureRandom random) {
        try {
            KeyGenerator generator = KeyGenerator.getInstance(ALGORITHM);
            if (random != null) {
                generator.init(random);
            }
            return generator.generateKey();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java runtime has " + ALGORITHM, e);
        }
    }

    @Override
    public boolean writeToken(ByteBuf out, ByteBuf connectionId, InetSocketAddress address) {
        byte[] id = new byte[connectionId.readableBytes()];
        connectionId.getBytes(connectionId.readerIndex(), id);
        if (!isNeeded.getAsBoolean()) {
            first = id;
            isProven = false;
            return false;
        }
        long now = nanoTime.getAsLong();
        out.writeLong(now).writeBytes(mac(now, id, address)).writeBytes(id);
        return true;
    }

    /** Where in the token the first connection id begins; -1 if it is none of ours for this address and time. */
    @Override
    public int validateToken(ByteBuf token, InetSocketAddress address) {
        int idBytes = token.readableBytes() - HEAD_BYTES;
        if (idBytes < 0 || idBytes > MAX_ID_BYTES) {
            return -1;
        }
        int start = token.readerIndex();
        long made = token.getLong(start);
        byte[] shown = new byte[MAC_BYTES];
        token.getBytes(start + TIME_BYTES, shown);
        byte[] id = new byte[idBytes];
        token.getBytes(start + HEAD_BYTES, id);
        boolean isOurs = MessageDigest.isEqual(mac(made, id, address), shown);
        if (!isOurs || nanoTime.getAsLong() - made > validNanos) {
            return -1;
        }
        first = id;
        isProven = true;
        return HEAD_BYTES;
    }

    /** What the client's very first packet was sent to, before any Retry; of the client that was let through last, whose connection is made next. */
    byte[] first() {
        return first;
    }

    /** Whether that client has come again with a token. */
    boolean isProven() {
        return isProven;
    }

    private byte[] mac(long time, byte[] id, InetSocketAddress address) {
        // The address has 4 or 16 bytes, which the id after it could imitate if its length were not said.
        mac.update(ByteBuffer.allocate(TIME_BYTES + 1 + 2)
                .putLong(time)
                .put((byte) id.length)
                .putShort((short) address.getPort())
                .flip());
        mac.update(id);
        return mac.doFinal(address.getAddress().getAddress());
    }

    @Override
    public int maxTokenLength() {
        return HEAD_BYTES + MAX_ID_BYTES;
    }
}
