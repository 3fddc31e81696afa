package dev.capstan.gateway.console;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;

class TokensTest {
    private final Tokens tokens = new Tokens(new Random(1));

    @Test
    void an_invitation_is_refused_after_it_was_used() {
        String invitation = tokens.invite();
        assertNotNull(tokens.admit(invitation));
        assertNull(tokens.admit(invitation));
    }

    @Test
    void who_was_let_in_comes_back_with_a_token_that_was_in_no_link() {
        String invitation = tokens.invite();
        String session = Objects.requireNonNull(tokens.admit(invitation));
        assertNotEquals(invitation, session);
        assertEquals(session, tokens.admit(session));
        assertEquals(session, tokens.admit(session));
    }

    @Test
    void a_token_that_stands_lets_in_again_and_again() {
        tokens.allow("chosen");
        assertNotNull(tokens.admit("chosen"));
        assertNotEquals("chosen", tokens.admit("chosen"));
        assertNull(tokens.admit("choosen"));
    }

    @Test
    void each_invitation_leads_to_a_session_of_its_own() {
        String first = tokens.admit(tokens.invite());
        assertNotEquals(first, tokens.admit(tokens.invite()));
    }

    @Test
    void what_was_never_given_is_refused() {
        String invitation = tokens.invite();
        assertNull(tokens.admit(""));
        assertNull(tokens.admit(invitation.substring(1)));
        assertNull(tokens.admit(invitation + "A"));
        assertNotNull(tokens.admit(invitation));
    }

    @Test
    void the_oldest_invitation_is_forgotten_for_one_too_many() {
        String oldest = tokens.invite();
        String second = tokens.invite();
        for (int i = 1; i < Tokens.MOST; i++) {
            tokens.invite();
        }
        assertNull(tokens.admit(oldest));
        assertNotNull(tokens.admit(second));
    }
}
