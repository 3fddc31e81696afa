package dev.capstan.examples.database;

import dev.capstan.async.Loop;
import dev.capstan.async.Promise;
import dev.capstan.examples.proto.database.Cell;
import dev.capstan.examples.proto.database.DatabaseRpc;
import dev.capstan.examples.proto.database.Question;
import dev.capstan.examples.proto.database.Row;
import dev.capstan.grpc.Messages;
import dev.capstan.grpc.server.ServerContext;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;

/** Asks the database for each call, on the call's own virtual thread. A row is read when the client has room for it. */
// snippet proxy
final class DatabaseProxy implements DatabaseRpc.Blocking {
    /** How SQL calls a statement that was cancelled. */
    private static final String CANCELLED = "57014";

    private final Loop loop;
    private final Pool pool;
    private final AtomicLong rows = new AtomicLong();
    private final Gauge cancelled = new Gauge();

    DatabaseProxy(Loop loop, Pool pool) {
        this.loop = loop;
        this.pool = pool;
    }

    @Override
    public Messages<Row> query(Question question) {
        ServerContext call = ServerContext.current();
        return Messages.writing(out -> {
            try (var loan = pool.take();
                    var statement = loan.connection().prepareStatement(question.getSql());
                    var execution = new Execution(statement)) {
                // Elsewhere, since the database may take its time, and the loop must not wait.
                call.onCancel(() -> loop.offload(() -> {
                    execution.cancel();
                    return Promise.nothing();
                }));
                write(question, statement, out);
            } catch (SQLException e) {
                throw told(e);
            }
        });
    }

    private void write(Question question, PreparedStatement statement, Messages.Out<? super Row> out)
            throws SQLException {
        for (int i = 0; i < question.getParametersCount(); i++) {
            statement.setString(i + 1, question.getParameters(i));
        }
        try (ResultSet found = statement.executeQuery()) {
            int columns = found.getMetaData().getColumnCount();
            while (found.next()) {
                rows.incrementAndGet();
                out.write(row(found, columns));
            }
        }
    }
    // end snippet

    private static Row row(ResultSet found, int columns) throws SQLException {
        Row.Builder row = Row.newBuilder();
        for (int i = 1; i <= columns; i++) {
            String text = found.getString(i);
            row.addCells(
                    text == null
                            ? Cell.getDefaultInstance()
                            : Cell.newBuilder().setText(text).build());
        }
        return row.build();
    }

    private StatusRuntimeException told(SQLException e) {
        String state = Objects.requireNonNullElse(e.getSQLState(), "");
        if (state.equals(CANCELLED)) {
            cancelled.add(1);
            return Status.CANCELLED
                    .withDescription("the query was cancelled")
                    .withCause(e)
                    .asRuntimeException();
        }
        // Classes of SQL's standard: what is wrong with parameters, with values, and with the query itself.
        boolean theirs = state.startsWith("07") || state.startsWith("22") || state.startsWith("42");
        return (theirs ? Status.INVALID_ARGUMENT : Status.INTERNAL)
                .withDescription(theirs ? e.getMessage() : "the database has failed")
                .withCause(e)
                .asRuntimeException();
    }

    /** Rows that were read from the database. */
    long rows() {
        return rows.get();
    }

    /** Statements that the database has ended because they were cancelled. */
    Gauge cancelled() {
        return cancelled;
    }
}
