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

/** Programs that {@code clients/ts} writes, on Node. */
@ForeignPeer
class TypeScriptProgramsTest {
    static final List<String> OVER_A_SOCKET = List.of(
            "[\"dependent calls\",[{\"id\":12,\"odd\":[1,9,25]},3]]",
            "[\"code\",[\"call\",[\"capture\",0],\"square\",3]]",
            "[\"choice\",\"more\"]",
            "[\"state\",[45,[1,10]]]",
            "[\"once\",[2,2,3]]",
            "[\"stubs are captured\",[6,400,{\"got\":60}]]",
            "[\"fails\",{\"failed\":\"TypeError\",\"message\":\"program[1][1][1]: '+' needs two numbers, two bigints or two texts, not a number and a text\"}]",
            "[\"pipelined\",3]",
            "[\"out of place\",{\"failed\":\"Error\",\"message\":\"this value exists only inside of the branch or loop where it was made: let that return it\"}]",
            "[\"a function\",{\"failed\":\"TypeError\",\"message\":\"a function is no value of a program: capture it with use()\"}]",
            "[\"tables\",{\"imports\":1,\"exports\":1}]");

    private static final String IN_A_BATCH = "[\"batch\",{\"id\":12,\"odd\":[1,9,25]}]";

    @Test
    void programs_written_in_typescript_run_here() throws Exception {
        NodePeer.installTypeScript();
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
                    String.join("\n", OVER_A_SOCKET) + "\n" + IN_A_BATCH,
                    NodePeer.saidByTypeScript("il.mjs", ((Address.Tcp) http.address()).port()));
            while (net.loop().fetch(() -> Promise.of(server.open())).await() > 0) {
                net.loop().timer().after(Duration.ofMillis(5)).await();
            }
            net.loop().post(http::close);
        }
    }
}
