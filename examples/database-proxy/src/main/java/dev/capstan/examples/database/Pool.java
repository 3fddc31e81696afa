package dev.capstan.examples.database;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** As many connections as it was opened with, for one borrower each; who finds none waits for the next, the first to come first. May be used from any thread, also virtual ones. */
final class Pool implements AutoCloseable {
    private final BlockingQueue<Connection> free;
    private final Gauge waiting = new Gauge();
    private final Gauge out = new Gauge();
    private final AtomicInteger lent = new AtomicInteger();

    private Pool(int size) {
        this.free = new ArrayBlockingQueue<>(size, true);
    }

    static Pool open(String url, int size) throws SQLException {
        Pool pool = new Pool(size);
        try {
            for (int i = 0; i < size; i++) {
                pool.free.add(DriverManager.getConnection(url));
            }
            return pool;
        } catch (SQLException e) {
            try (pool) {
                throw e;
            }
        }
    }

    /** A connection, which goes back to the pool when the loan is closed. */
    record Loan(Pool pool, Connection connection) implements AutoCloseable {
        @Override
        public void close() {
            pool.free.add(connection);
            pool.out.add(-1);
        }
    }

    /** Lends a connection, waiting for one. */
    Loan take() throws InterruptedException {
        @Nullable Connection found = free.poll();
        if (found == null) {
            waiting.add(1);
            try {
                found = free.take();
            } finally {
                waiting.add(-1);
            }
        }
        lent.incrementAndGet();
        out.add(1);
        return new Loan(this, found);
    }

    /** Connections that somebody has. */
    Gauge out() {
        return out;
    }

    /** Borrowers that wait. */
    Gauge waiting() {
        return waiting;
    }

    /** How often a connection was lent. */
    int lent() {
        return lent.get();
    }

    /** Closes the connections that nobody has; close it when all have come back. */
    @Override
    public void close() throws SQLException {
        for (Connection each = free.poll(); each != null; each = free.poll()) {
            each.close();
        }
    }
}
