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
    private final int size;
    private final AtomicInteger waiting = new AtomicInteger();
    private final AtomicInteger lent = new AtomicInteger();

    private Pool(int size) {
        this.size = size;
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
        }
    }

    /** Lends a connection, waiting for one. */
    Loan take() throws InterruptedException {
        @Nullable Connection found = free.poll();
        if (found == null) {
            waiting.incrementAndGet();
            try {
                found = free.take();
            } finally {
                waiting.decrementAndGet();
            }
        }
        lent.incrementAndGet();
        return new Loan(this, found);
    }

    /** Connections that nobody has. */
    int free() {
        return free.size();
    }

    /** Borrowers that wait. */
    int waiting() {
        return waiting.get();
    }

    /** How often a connection was lent. */
    int lent() {
        return lent.get();
    }

    int size() {
        return size;
    }

    /** Closes the connections that nobody has; close it when all have come back. */
    @Override
    public void close() throws SQLException {
        for (Connection each = free.poll(); each != null; each = free.poll()) {
            each.close();
        }
    }
}
