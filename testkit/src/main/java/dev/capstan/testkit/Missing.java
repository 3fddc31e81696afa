package dev.capstan.testkit;

import org.jspecify.annotations.Nullable;
import org.opentest4j.TestAbortedException;

/**
 * What could not be had for all tests of a class. An assumption that fails before all tests leaves the class out of the reports: kept here instead, it skips each of them.
 *
 * @param why null if everything is there
 */
public record Missing(@Nullable TestAbortedException why) {
    /** Everything is there. */
    public static Missing nothing() {
        return new Missing(null);
    }

    /** Starts something. */
    @FunctionalInterface
    public interface Start {
        /** May find by an assumption that something is missing. */
        void run() throws Exception;
    }

    /** Runs {@code start}. */
    public static Missing of(Start start) throws Exception {
        try {
            start.run();
            return nothing();
        } catch (TestAbortedException e) {
            return new Missing(e);
        }
    }

    /** Skips the test that calls this, before it does anything else, if something is missing. */
    public void skips() {
        if (why != null) {
            throw why;
        }
    }
}
