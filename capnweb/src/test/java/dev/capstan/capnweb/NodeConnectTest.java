package dev.capstan.capnweb;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.capstan.async.Backoff;
import dev.capstan.async.Completer;
import dev.capstan.async.Promise;
import dev.capstan.capnweb.connect.ClientSettings;
import dev.capstan.capnweb.connect.ConnectionState;
import dev.capstan.capnweb.connect.Health;
import dev.capstan.capnweb.connect.ReconnectingClient;
import dev.capstan.net.Limits.Http;
import dev.capstan.net.NetLoop;
import dev.capstan.net.Transport;
import dev.capstan.net.http.HttpClient;
import dev.capstan.testkit.ForeignPeer;
import java.net.URI;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;

/** A TypeScript server on Node, which knows nothing of probes, answers them; when it is gone that is seen. */
@ForeignPeer
class NodeConnectTest {
    @Test
    void node_answers_probes_and_keeps_nothing_of_them() throws Exception {
        NodePeer.install();
        try (NetLoop net = NetLoop.open("web", Transport.AUTO)) {
            WebClient web =
                    new WebClient(net.loop(), new HttpClient(net.loop(), net.network(), new Random(1), Http.DEFAULT));
            Completer<Boolean> threeAnswers = new Completer<>(net.loop());
            Completer<ConnectionState> gone = new Completer<>(net.loop());
            CompletionStage<Boolean> answered = threeAnswers.promise().toCompletionStage();
            CompletionStage<ConnectionState> lost = gone.promise().toCompletionStage();
            Health.Probe reading = Health.Probe.reading("$alive");
            int[] count = {0};
            Health health = new Health(
                    peer -> reading.ask(peer).then(ignored -> {
                        if (++count[0] == 3) {
                            threeAnswers.complete(true);
                        }
                        return Promise.done();
                    }),
                    Duration.ofMillis(5),
                    Duration.ofSeconds(30));
            ReconnectingClient client;
            try (NodePeer node = NodePeer.server()) {
                URI address = URI.create("ws://127.0.0.1:" + node.port() + "/");
                client = new ReconnectingClient(
                        net.loop(),
                        () -> web.open(address),
                        ClientSettings.DEFAULT
                                .withHealth(health)
                                .withBackoff(Backoff.DEFAULT.withDelays(Duration.ofMinutes(5), Duration.ofMinutes(5))),
                        new Random(1));
                try (Stub main = client.main();
                        Stub square = main.call("square", 12L)) {
                    assertEquals(144L, square.value().await());
                }
                assertTrue(answered.toCompletableFuture().get());
                assertEquals(new ConnectionState.Ready(), client.state());
                client.listen(state -> {
                    if (state instanceof ConnectionState.Waiting) {
                        gone.complete(state);
                    }
                });
            }
            assertTrue(lost.toCompletableFuture().get() instanceof ConnectionState.Waiting);
            client.close();
            net.loop().fetch(Promise::done).await();
        }
    }
}
