package dev.capstan.net.webtransport;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** What a token proves, and what it does not. */
final class AddressTokensTest {
    private static final InetSocketAddress HERE = address("192.0.2.1", 5000);

    private long now = -5_000_000_000L;
    private boolean needed = true;
    private final AddressTokens tokens =
            new AddressTokens(AddressTokens.key(null), () -> now, Duration.ofSeconds(10), () -> needed);

    private static InetSocketAddress address(String host, int port) {
        return new InetSocketAddress(InetAddress.ofLiteral(host), port);
    }

    private static ByteBuf id(int length) {
        ByteBuf id = Unpooled.buffer();
        for (int i = 0; i < length; i++) {
            id.writeByte(i);
        }
        return id;
    }

    private ByteBuf token(ByteBuf id) {
        ByteBuf token = Unpooled.buffer(tokens.maxTokenLength(), tokens.maxTokenLength());
        assertTrue(tokens.writeToken(token, id, HERE));
        return token;
    }

    @Test
    void a_token_leads_back_to_the_connection_id_for_whoever_was_given_it() {
        for (int length = 0; length <= 20; length++) {
            ByteBuf id = id(length);
            ByteBuf token = token(id);
            assertEquals(length, id.readableBytes());
            int at = tokens.validateToken(token.slice(), HERE);
            assertTrue(at >= 0);
            assertEquals(id, token.slice(at, token.readableBytes() - at));
            assertEquals(id, Unpooled.wrappedBuffer(tokens.first()));
            assertTrue(tokens.isProven());
        }
    }

    @Test
    void it_is_worth_nothing_at_another_address_or_port() {
        ByteBuf token = token(id(8));
        assertEquals(-1, tokens.validateToken(token.slice(), address("192.0.2.2", 5000)));
        assertEquals(-1, tokens.validateToken(token.slice(), address("192.0.2.1", 5001)));
        assertEquals(-1, tokens.validateToken(token.slice(), address("2001:db8::1", 5000)));
    }

    @Test
    void it_is_worth_nothing_after_its_time() {
        ByteBuf token = token(id(8));
        now += 10_000_000_000L;
        assertTrue(tokens.validateToken(token.slice(), HERE) >= 0);
        now++;
        assertEquals(-1, tokens.validateToken(token.slice(), HERE));
    }

    @Test
    void no_bit_of_it_can_be_changed() {
        ByteBuf token = token(id(8));
        for (int i = 0; i < 8 * token.readableBytes(); i++) {
            ByteBuf forged = token.copy();
            forged.setByte(i / 8, forged.getByte(i / 8) ^ 1 << i % 8);
            assertEquals(-1, tokens.validateToken(forged, HERE), "bit " + i);
        }
    }

    @Test
    void another_length_than_a_token_can_have_is_refused() {
        ByteBuf token = token(id(20));
        for (int length = 0; length < token.readableBytes(); length++) {
            assertEquals(-1, tokens.validateToken(token.slice(0, length), HERE));
        }
        assertEquals(-1, tokens.validateToken(id(1000), HERE));
    }

    @Test
    void that_of_another_server_is_refused() {
        AddressTokens other =
                new AddressTokens(AddressTokens.key(null), () -> now, Duration.ofSeconds(10), () -> needed);
        assertEquals(-1, other.validateToken(token(id(8)), HERE));
    }

    @Test
    void none_is_asked_for_while_there_is_room() {
        needed = false;
        ByteBuf out = Unpooled.buffer();
        assertFalse(tokens.writeToken(out, id(8), HERE));
        assertEquals(0, out.readableBytes());
        assertEquals(id(8), Unpooled.wrappedBuffer(tokens.first()));
        assertFalse(tokens.isProven());
    }
}
