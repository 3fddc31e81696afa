package dev.capstan.grpc.peers;

import dev.capstan.grpc.Limits;
import dev.capstan.grpc.client.GrpcClient;
import dev.capstan.grpc.client.WebChannel;
import dev.capstan.net.Limits.Http;
import dev.capstan.net.NetLoop;
import dev.capstan.net.http.HttpClient;
import java.net.URI;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Optional;

/** Our client of gRPC-Web, over HTTP/1.1. */
class ConnectWebServerTest extends PeerServerContract {
    ConnectWebServerTest() {
        super(Peer.CONNECT_WEB_SERVER);
    }

    @Override
    GrpcClient client(NetLoop on, int port) {
        HttpClient http = new HttpClient(on.loop(), on.network(), new SecureRandom(), Http.DEFAULT)
                .keepAlive(Duration.ofSeconds(2));
        URI base = URI.create("http://127.0.0.1:" + port);
        return GrpcClient.over(on.loop(), new WebChannel(on.loop(), http, base, false, Limits.DEFAULT));
    }

    @Override
    boolean isDuplex() {
        return false;
    }

    @Override
    Optional<String> encodingOfAnswers() {
        return Optional.of("br");
    }

    /** No test here: this client sends no deadline that it does not watch itself. */
    @Override
    void a_server_that_is_the_first_to_see_a_deadline_pass_says_so() {}
}
