package dev.capstan.examples.database;

import java.sql.SQLException;
import java.sql.Statement;

/**
 * The time in which a statement may be cancelled. Its end, {@link #close}, waits for a cancel that is under way, so that none hits whoever has the connection next.
 *
 * <p>A database forgets a cancel that comes before the statement is executed. So it is repeated until the end.
 */
final class Execution implements AutoCloseable {
    private static final long AGAIN_MILLIS = 50;

    private final Statement statement;
    private boolean ended;

    Execution(Statement statement) {
        this.statement = statement;
    }

    /** Cancels the statement, and waits for its end. */
    synchronized void cancel() throws SQLException, InterruptedException {
        while (!ended) {
            statement.cancel();
            wait(AGAIN_MILLIS);
        }
    }

    @Override
    public synchronized void close() {
        ended = true;
        notifyAll();
    }
}
