package dev.capstan.capnp.rpc;

import java.util.EnumSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

/**
 * Calls made on one reference arrive in the order in which they were made, whatever happens to the reference: random vats, random programs, random
 * delivery, all from one seed. {@code -Dcapstan.seed=N} replays one.
 */
class EOrderTest {
    private static final int SEEDS = Boolean.getBoolean("capstan.quick") ? 500 : 3_000;

    private static void run(Set<EOrderWorld.Trouble> troubles) {
        Long only = Long.getLong("capstan.seed");
        for (long seed = only == null ? 0 : only; seed < (only == null ? SEEDS : only + 1); seed++) {
            try {
                new EOrderWorld(seed, troubles).run();
            } catch (Throwable e) {
                throw new AssertionError("seed " + seed, e);
            }
        }
    }

    @Test
    void calls_on_one_reference_arrive_in_the_order_in_which_they_were_made() {
        run(EnumSet.noneOf(EOrderWorld.Trouble.class));
    }

    @Test
    void calls_that_fail_and_promises_that_come_to_nothing_do_not_disturb_the_order() {
        run(EnumSet.of(EOrderWorld.Trouble.FAILURES));
    }

    @Test
    void calls_that_are_given_up_do_not_disturb_the_order_of_the_others() {
        run(EnumSet.of(EOrderWorld.Trouble.CANCELS));
    }

    @Test
    void what_arrives_although_connections_are_lost_arrives_in_order() {
        run(EnumSet.of(EOrderWorld.Trouble.CUTS));
    }

    @Test
    void all_troubles_together_leave_nothing_behind() {
        run(EnumSet.allOf(EOrderWorld.Trouble.class));
    }
}
