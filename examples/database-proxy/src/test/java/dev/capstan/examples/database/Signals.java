package dev.capstan.examples.database;

import java.util.concurrent.CountDownLatch;

/** A function for SQL that tells that a query is being executed. Public, as the database wants it. */
public final class Signals {
    static final CountDownLatch BEGUN = new CountDownLatch(1);

    private Signals() {}

    /** True for every row. */
    public static boolean tell(long row) {
        BEGUN.countDown();
        return row >= 0;
    }
}
