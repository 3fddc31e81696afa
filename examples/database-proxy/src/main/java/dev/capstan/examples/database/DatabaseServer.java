package dev.capstan.examples.database;

import dev.capstan.async.Address;
import dev.capstan.examples.proto.database.DatabaseRpc;
import dev.capstan.grpc.server.GrpcServer;
import dev.capstan.net.Limits;
import dev.capstan.net.NetLoop;
import dev.capstan.net.Transport;
import dev.capstan.net.http.HttpServer;
import java.sql.SQLException;
import java.util.Set;

/** Serves a database in memory, through four connections, to everybody who has the token. */
public final class DatabaseServer {
    private DatabaseServer() {}

    /** Options of a database in memory that lives as long as the process, and reads rows when they are wanted instead of all at once. */
    static String url(String name) {
        return "jdbc:h2:mem:" + name + ";DB_CLOSE_DELAY=-1;LAZY_QUERY_EXECUTION=TRUE";
    }

    static HttpServer listen(NetLoop net, int port, DatabaseProxy proxy, Set<String> tokens) {
        return net.loop()
                .fetch(() -> {
                    var grpc = GrpcServer.on(net.loop())
                            .service(DatabaseRpc.bind(proxy))
                            .intercept(new Tokens(tokens))
                            .build();
                    var at = new Address.Tcp("127.0.0.1", port);
                    return HttpServer.listen(net.loop(), net.network(), at, grpc.routes(), Limits.Http.DEFAULT);
                })
                .await();
    }

    public static void main(String[] args) throws InterruptedException, SQLException {
        try (var net = NetLoop.open("database", Transport.AUTO);
                var pool = Pool.open(url("demo"), 4)) {
            fill(pool);
            var server = listen(net, Integer.parseInt(args[0]), new DatabaseProxy(net.loop(), pool), Set.of(args[1]));
            System.out.println("READY " + server.address());
            Thread.currentThread().join();
        }
    }

    private static void fill(Pool pool) throws InterruptedException, SQLException {
        try (var loan = pool.take();
                var statement = loan.connection().createStatement()) {
            statement.execute("CREATE TABLE planets(name VARCHAR, moons INT)");
            statement.execute("INSERT INTO planets VALUES ('Earth', 1), ('Mars', 2), ('Neptune', 16)");
        }
    }
}
