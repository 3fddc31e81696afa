package org.example.greeter;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.capstan.grpc.client.GrpcClient;
import dev.capstan.net.NetLoop;
import dev.capstan.net.Transport;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class GreeterTest {
    // snippet client
    @Test
    void a_name_is_greeted_once_or_often() {
        try (var net = NetLoop.open("test", Transport.AUTO);
                var client = GrpcClient.on(net)
                        .to(GreeterServer.listen(net, 0).address())
                        .plaintext()
                        .build()) {
            GreeterRpc.Blocking greeter = GreeterRpc.blocking(client);
            Name ann = Name.newBuilder().setText("Ann").build();
            assertEquals("Hello, Ann", greeter.greet(ann).getText());
            List<String> often = new ArrayList<>();
            try (var greetings = greeter.greetOften(ann)) {
                greetings.forEach(each -> often.add(each.getText()));
            }
            assertEquals(List.of("Hello 1, Ann", "Hello 2, Ann", "Hello 3, Ann"), often);
        }
    }
    // end snippet
}
