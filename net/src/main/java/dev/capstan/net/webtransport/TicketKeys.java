package dev.capstan.net.webtransport;

import io.netty.handler.codec.quic.QuicSslContext;
import io.netty.handler.codec.quic.SslSessionTicketKey;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** The keys of a server's session tickets: one that makes them, and the one before, which still opens them. */
final class TicketKeys {
    private final RandomGenerator random;
    private SslSessionTicketKey newest;
    private @Nullable SslSessionTicketKey before;

    TicketKeys(RandomGenerator random) {
        this.random = random;
        this.newest = draw();
    }

    private SslSessionTicketKey draw() {
        byte[] name = new byte[SslSessionTicketKey.NAME_SIZE];
        byte[] hmac = new byte[SslSessionTicketKey.HMAC_KEY_SIZE];
        byte[] aes = new byte[SslSessionTicketKey.AES_KEY_SIZE];
        random.nextBytes(name);
        random.nextBytes(hmac);
        random.nextBytes(aes);
        return new SslSessionTicketKey(name, hmac, aes);
    }

    /** From now on another makes tickets; to be told to each context that is in use. */
    void rotate() {
        before = newest;
        newest = draw();
    }

    void putInto(QuicSslContext context) {
        SslSessionTicketKey old = before;
        if (old == null) {
            context.sessionContext().setTicketKeys(newest);
        } else {
            context.sessionContext().setTicketKeys(newest, old);
        }
    }
}
