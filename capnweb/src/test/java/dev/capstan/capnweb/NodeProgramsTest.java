package dev.capstan.capnweb;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.capstan.async.Address;
import dev.capstan.async.Promise;
import dev.capstan.capnweb.il.Programs;
import dev.capstan.net.Limits.Http;
import dev.capstan.net.NetLoop;
import dev.capstan.net.Transport;
import dev.capstan.net.http.HttpServer;
import dev.capstan.testkit.ForeignPeer;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The npm package capnweb as it is sends programs: over a WebSocket, and in a batch. */
@ForeignPeer
class NodeProgramsTest {
    private static final List<String> EXPECTED = List.of(
            "[\"socket: dependent calls\",{\"id\":12,\"squares\":[1,4,9]}]",
            "[\"socket: numbers\",[3.5,\"NaN\",\"12345678901234567890\",true]]",
            "[\"socket: callback\",[10,20,30]]",
            "[\"socket: a stub of its own comes home\",7]",
            "[\"socket: wrong\",{\"failed\":\"TypeError\",\"message\":\"program[1]: unknown operation 'nope'\"}]",
            "[\"socket: too much\",{\"failed\":\"Error\",\"message\":\"program: the loops of the program run for more rounds; at most 20000 are allowed here (Budget.rounds)\"}]",
            "[\"socket: pipelined\",9]",
            "[\"socket: tables\",{\"imports\":1,\"exports\":1}]",
            "[\"batch: dependent calls\",{\"id\":12,\"squares\":[1,4,9]}]");

    @Test
    void node_sends_programs() throws Exception {
        NodePeer.install();
        try (NetLoop net = NetLoop.open("web", Transport.AUTO)) {
            WebServer server = new WebServer(
                    net.loop(),
                    visitor -> Promise.of(Programs.answeredBy(
                            net.loop(), new GoldenApi(net.loop()).main().cap())));
            HttpServer http = net.loop()
                    .fetch(() -> HttpServer.listen(
                            net.loop(),
                            net.network(),
                            new Address.Tcp("127.0.0.1", 0),
                            server.routes("/"),
                            Http.DEFAULT))
                    .await();
            assertEquals(
                    String.join("\n", EXPECTED), NodePeer.said("programs.mjs", ((Address.Tcp) http.address()).port()));
            while (net.loop().fetch(() -> Promise.of(server.open())).await() > 0) {
                net.loop().timer().after(Duration.ofMillis(5)).await();
            }
            net.loop().post(http::close);
        }
    }
}
