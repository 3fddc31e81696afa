package dev.capstan.capnp.rpc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.EnumSet;
import java.util.Set;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;

/** The runner on a toy: a counter with two switches, and tests of which one looks away. */
@NullMarked
class FaultRunnerTest {
    private enum Fault {
        COUNTS_TWICE,
        NEVER_COUNTS
    }

    private static final class Counter {
        private final Set<Fault> faults;
        private int count;

        Counter(Set<Fault> faults) {
            this.faults = faults;
        }

        void count() {
            if (!faults.contains(Fault.NEVER_COUNTS)) {
                count += faults.contains(Fault.COUNTS_TWICE) ? 2 : 1;
            }
        }
    }

    /** Static and not @Nested, so that only the runner runs it. */
    static class Toy {
        private final Counter counter = new Counter(FaultRunner.active(Fault.class));

        @Test
        void counts_by_one() {
            counter.count();
            assertEquals(1, counter.count);
        }

        @Test
        void counts_at_all() {
            counter.count();
            assertTrue(counter.count > 0);
        }

        @Test
        void fails_anyway() {
            assertEquals(2, counter.count);
        }

        @Test
        void is_aborted() {
            assumeTrue(counter.count > 0, "never in this toy");
        }
    }

    private static String toy(String method) {
        return Toy.class.getName() + "#" + method;
    }

    @Test
    void a_fault_that_the_test_catches_is_reported_with_what_the_test_said() {
        assertTrue(FaultRunner.assertCaught(Fault.COUNTS_TWICE, toy("counts_by_one"))
                .contains("expected: <1> but was: <2>"));
        assertTrue(FaultRunner.assertCaught(Fault.NEVER_COUNTS, toy("counts_by_one"))
                .contains("expected: <1> but was: <0>"));
    }

    @Test
    void a_fault_that_the_test_overlooks_is_an_error() {
        var overlooked = assertThrows(
                AssertionError.class, () -> FaultRunner.assertCaught(Fault.COUNTS_TWICE, toy("counts_at_all")));
        assertTrue(
                String.valueOf(overlooked.getMessage()).contains("passes with the fault COUNTS_TWICE"),
                overlooked.getMessage());
    }

    @Test
    void a_test_that_fails_without_a_fault_proves_nothing() {
        var broken = assertThrows(
                AssertionError.class, () -> FaultRunner.assertCaught(Fault.COUNTS_TWICE, toy("fails_anyway")));
        assertTrue(String.valueOf(broken.getMessage()).contains("fails without a fault"), broken.getMessage());
    }

    @Test
    void a_test_that_does_not_run_proves_nothing() {
        for (String absent : new String[] {"is_aborted", "no_such_method"}) {
            assertThrows(AssertionError.class, () -> FaultRunner.assertCaught(Fault.COUNTS_TWICE, toy(absent)), absent);
        }
    }

    @Test
    void no_fault_is_active_outside() {
        assertEquals(EnumSet.noneOf(Fault.class), FaultRunner.active(Fault.class));
    }
}
