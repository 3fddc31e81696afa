package dev.capstan.examples.database;

import dev.capstan.async.Address;
import dev.capstan.async.Promise;
import dev.capstan.examples.proto.database.Cell;
import dev.capstan.examples.proto.database.DatabaseRpc;
import dev.capstan.examples.proto.database.Question;
import dev.capstan.examples.proto.database.Row;
import dev.capstan.grpc.client.CallSettings;
import dev.capstan.grpc.client.GrpcClient;
import dev.capstan.grpc.client.Token;
import dev.capstan.grpc.client.TokenCredentials;
import dev.capstan.net.NetLoop;
import dev.capstan.net.Transport;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;

/** Prints the rows of a query. */
public final class DatabaseClient {
    private DatabaseClient() {}

    static GrpcClient connect(NetLoop net, Address server) {
        return GrpcClient.on(net).to(server).plaintext().build();
    }

    // snippet client
    /** Settings of calls that show {@code token}. This machine alone sees it; anywhere else, use TLS. */
    static CallSettings showing(NetLoop net, String token) {
        return CallSettings.DEFAULT.with(TokenCredentials.of(
                        net.loop(), () -> Promise.of(new Token("Bearer " + token, Duration.ofHours(1))))
                .evenOnPlaintext());
    }

    public static void main(String[] args) {
        try (var net = NetLoop.open("client", Transport.AUTO);
                var client = connect(net, Address.parse(args[0]))) {
            var database = DatabaseRpc.blocking(client, showing(net, args[1]));
            var parameters = List.of(args).subList(3, args.length);
            var question = Question.newBuilder().setSql(args[2]).addAllParameters(parameters);
            try (var rows = database.query(question.build())) {
                for (Row each : rows) {
                    System.out.println(
                            each.getCellsList().stream().map(Cell::getText).collect(Collectors.joining("\t")));
                }
            }
        }
    }
    // end snippet
}
