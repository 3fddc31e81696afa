package dev.capstan.net;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

final class SpinTest {
    private final Spin spin = new Spin(50);

    /** How many of so many waits are spent looking, each in vain. */
    private int triesInVain(int waits) {
        int tries = 0;
        for (int i = 0; i < waits; i++) {
            if (spin.nanos() > 0) {
                tries++;
                spin.inVain();
            }
        }
        return tries;
    }

    @Test
    void a_loop_that_never_waits_in_vain_always_looks() {
        for (int i = 0; i < 1_000; i++) {
            assertEquals(50, spin.nanos());
            spin.rewarded();
        }
    }

    @Test
    void waits_in_vain_are_slept_through_but_for_one_now_and_then() {
        assertEquals(10, triesInVain(10 * (1 + Spin.PAUSE)));
    }

    @Test
    void a_loop_that_was_rewarded_for_long_gives_up_after_a_few_moments_in_vain() {
        for (int i = 0; i < 1_000; i++) {
            spin.nanos();
            spin.rewarded();
        }
        assertEquals(8, triesInVain(8 + Spin.PAUSE));
        assertEquals(1, triesInVain(1 + Spin.PAUSE));
    }

    @Test
    void one_that_is_not_to_look_never_does() {
        assertEquals(0, new Spin(0).nanos());
    }
}
