package dev.capstan.capnweb.resume;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.capstan.testkit.Parity;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What a token says, and to whom. */
class TokenTest {
    private final TokenKeys keys = TokenKeys.random(new Random(1));
    private final Random random = new Random(2);

    private Token token(String principal) {
        Token.Id session = new Token.Id(random.nextLong(), random.nextLong());
        return new Token(session, random.nextLong() >>> 1, random.nextLong(), Token.ownerOf(session, principal));
    }

    @Test
    @Parity({"PY-270", "PY-271", "PY-291"})
    void a_token_says_to_those_who_have_the_key_what_it_was_made_of() {
        for (int i = 0; i < 200; i++) {
            Token token = token("alice");
            String text = token.signed(keys);
            assertEquals(Optional.of(token), Token.verified(text, keys));
            assertEquals(Optional.empty(), Token.verified(text, TokenKeys.random(random)));
            assertTrue(text.matches("[A-Za-z0-9_-]+"), "it can stand in an address and in JSON");
        }
    }

    @Test
    @Parity({"PY-281", "PY-283"})
    void a_token_is_bound_to_whom_it_was_given_and_does_not_tell_who_that_is() {
        Token alice = token("alice");
        Token read = Token.verified(alice.signed(keys), keys).orElseThrow();
        assertTrue(read.isOf("alice"));
        for (String other : List.of("bob", "", "alice ", "Alice")) {
            assertFalse(read.isOf(other), other);
        }
        byte[] bytes = Base64.getUrlDecoder().decode(alice.signed(keys));
        assertFalse(new String(bytes, StandardCharsets.ISO_8859_1).contains("alice"));
        // Two sessions of one user cannot be told to be of the same.
        assertNotEquals(alice.owner(), token("alice").owner());
    }

    @Test
    @Parity("PY-274")
    void what_is_no_token_is_none() {
        for (String wrong : List.of(
                "", "{invalid json", "{\"missing\": \"fields\"}", "A", "=", "A".repeat(109), "A".repeat(108) + "=")) {
            assertEquals(Optional.empty(), Token.verified(wrong, keys), wrong);
        }
    }
}
