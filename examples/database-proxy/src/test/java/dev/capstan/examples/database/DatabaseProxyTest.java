package dev.capstan.examples.database;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.capstan.examples.proto.database.DatabaseRpc;
import dev.capstan.examples.proto.database.Question;
import dev.capstan.examples.proto.database.Row;
import dev.capstan.grpc.GrpcFailure;
import dev.capstan.grpc.Messages;
import dev.capstan.grpc.client.CallSettings;
import dev.capstan.grpc.client.GrpcClient;
import dev.capstan.net.NetLoop;
import dev.capstan.net.Transport;
import dev.capstan.net.http.HttpServer;
import io.grpc.Status;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;

class DatabaseProxyTest {
    private static final String ENDLESS = "SELECT X, REPEAT('x', 4096) FROM SYSTEM_RANGE(1, 100000000)";

    private final NetLoop net = NetLoop.open("database", Transport.AUTO);
    private final List<GrpcClient> clients = new ArrayList<>();
    private Pool pool;
    private DatabaseProxy proxy;
    private HttpServer server;
    private DatabaseRpc.Blocking database;

    @BeforeEach
    void serve(TestInfo test) throws Exception {
        pool = Pool.open(DatabaseServer.url(test.getTestMethod().orElseThrow().getName()), 2);
        proxy = new DatabaseProxy(net.loop(), pool);
        server = DatabaseServer.listen(net, 0, proxy, Set.of("ada", "bob"));
        database = client(DatabaseClient.showing(net, "ada"));
    }

    private DatabaseRpc.Blocking client(CallSettings settings) {
        GrpcClient client = DatabaseClient.connect(net, server.address());
        clients.add(client);
        return DatabaseRpc.blocking(client, settings);
    }

    @AfterEach
    void close() throws Exception {
        clients.forEach(GrpcClient::close);
        await(pool.out(), 0);
        pool.close();
        net.close();
    }

    private static Question ask(String sql, String... parameters) {
        return Question.newBuilder()
                .setSql(sql)
                .addAllParameters(List.of(parameters))
                .build();
    }

    private static List<List<String>> all(DatabaseRpc.Blocking database, Question question) {
        List<List<String>> found = new ArrayList<>();
        try (Messages<Row> rows = database.query(question)) {
            for (Row each : rows) {
                found.add(each.getCellsList().stream()
                        .map(cell -> cell.hasText() ? cell.getText() : "NULL")
                        .toList());
            }
        }
        return found;
    }

    private static void await(Gauge gauge, int wanted) {
        assertTimeoutPreemptively(
                Duration.ofMinutes(1), () -> gauge.await(wanted), () -> "it is " + gauge.get() + ", not " + wanted);
    }

    private static Status.Code refused(DatabaseRpc.Blocking database, String sql) {
        return assertThrows(GrpcFailure.class, () -> all(database, ask(sql))).code();
    }

    @Test
    void rows_come_as_the_database_has_them() {
        assertEquals(
                List.of(List.of("2", "NULL"), List.of("3", "NULL")),
                all(database, ask("SELECT X, NULL FROM SYSTEM_RANGE(1, 3) WHERE X > CAST(? AS INT)", "1")));
    }

    @Test
    void a_query_that_is_wrong_is_told_so() {
        assertEquals(Status.Code.INVALID_ARGUMENT, refused(database, "SELEKT 1"));
    }

    @Test
    void a_call_without_a_token_that_is_known_reaches_no_connection() {
        assertEquals(Status.Code.UNAUTHENTICATED, refused(client(CallSettings.DEFAULT), "SELECT 1"));
        assertEquals(Status.Code.UNAUTHENTICATED, refused(client(DatabaseClient.showing(net, "eve")), "SELECT 1"));
        assertEquals(0, pool.lent());
    }

    @Test
    void each_call_of_one_client_has_credentials_of_its_own() {
        GrpcClient one = DatabaseClient.connect(net, server.address());
        clients.add(one);
        for (String name : List.of("ada", "bob")) {
            var known = DatabaseRpc.blocking(one, DatabaseClient.showing(net, name));
            assertEquals(List.of(List.of("1")), all(known, ask("SELECT 1")));
        }
        var stranger = DatabaseRpc.blocking(one, DatabaseClient.showing(net, "eve"));
        assertEquals(Status.Code.UNAUTHENTICATED, refused(stranger, "SELECT 1"));
        assertEquals(2, pool.lent());
    }

    @Test
    void who_finds_no_connection_waits_until_one_comes_back() throws Exception {
        var first = database.query(ask(ENDLESS));
        assertNotNull(first.read());
        try (var second = database.query(ask(ENDLESS))) {
            assertNotNull(second.read());
            assertEquals(2, pool.out().get());
            var third = CompletableFuture.supplyAsync(() -> all(database, ask("SELECT 3")));
            await(pool.waiting(), 1);
            assertEquals(2, pool.lent());
            first.close();
            assertEquals(List.of(List.of("3")), third.get(60, TimeUnit.SECONDS));
            assertEquals(3, pool.lent());
            assertNotNull(second.read());
        }
    }

    @Test
    void a_caller_that_gives_up_waiting_takes_no_connection() throws Exception {
        try (var first = database.query(ask(ENDLESS));
                var second = database.query(ask(ENDLESS))) {
            assertNotNull(first.read());
            assertNotNull(second.read());
            var third = database.query(ask("SELECT 3"));
            await(pool.waiting(), 1);
            third.close();
            await(pool.waiting(), 0);
        }
        await(pool.out(), 0);
        assertEquals(2, pool.lent());
    }

    @Test
    void a_reader_that_stops_holds_the_query_back() {
        // A connection of its own: what the other leaves unread is not in its way.
        var other = client(DatabaseClient.showing(net, "bob"));
        try (var rows = database.query(ask(ENDLESS))) {
            assertNotNull(rows.read());
            for (int i = 0; i < 50; i++) {
                all(other, ask("SELECT SUM(X) FROM SYSTEM_RANGE(1, 100000)"));
            }
            // 4 KiB each: what windows and queues on the way take, and no more.
            long read = proxy.rows();
            assertTrue(read < 4000, () -> "rows that nobody wants: " + read);
            for (int i = 0; i < 4000; i++) {
                assertNotNull(rows.read());
            }
            assertTrue(proxy.rows() > read, "it goes on when the reader does");
        }
    }

    @Test
    void a_call_that_is_cancelled_cancels_its_statement() throws Exception {
        all(database, ask("SELECT 1"));
        try (var loan = pool.take();
                var statement = loan.connection().createStatement()) {
            statement.execute("CREATE ALIAS TELL FOR \"" + Signals.class.getName() + ".tell\"");
        }
        // Without the cancel it has no end that anybody lives to see.
        String endless =
                "SELECT COUNT(*) FROM SYSTEM_RANGE(1, 100000000) A, SYSTEM_RANGE(1, 100000000) B WHERE TELL(A.X)";
        var call = database.query(ask(endless));
        assertTrue(Signals.BEGUN.await(60, TimeUnit.SECONDS), "the query has not begun");
        assertEquals(1, pool.out().get());
        call.close();
        await(proxy.cancelled(), 1);
        await(pool.out(), 0);
        // The connection that it had is as good as before.
        try (var first = database.query(ask(ENDLESS));
                var second = database.query(ask(ENDLESS))) {
            assertNotNull(first.read());
            assertNotNull(second.read());
        }
    }
}
