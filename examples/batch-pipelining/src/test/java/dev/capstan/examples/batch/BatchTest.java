package dev.capstan.examples.batch;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.capstan.async.Address;
import dev.capstan.async.Promise;
import dev.capstan.net.NetLoop;
import dev.capstan.net.Transport;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class BatchTest {
    @Test
    void three_dependent_calls_take_one_request() throws Exception {
        try (var net = NetLoop.open("batch", Transport.AUTO);
                var between = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            var server = ApiServer.listen(net, 0);
            int port = ((Address.Tcp) server.address()).port();
            var heard = new ByteArrayOutputStream();
            Thread relay = Thread.ofVirtual().start(() -> relay(between, port, heard));
            List<Object> results = BatchClient.run(net, URI.create("http://127.0.0.1:" + between.getLocalPort() + "/"));
            assertEquals(
                    List.of(
                            new Api.User("u_1", "Ada"),
                            new Api.Profile("the first programmer, as u_1"),
                            List.of("welcome", "you have mail")),
                    results);
            net.loop()
                    .fetch(() -> {
                        server.close();
                        return Promise.done();
                    })
                    .await();
            relay.join();
            String said = heard.toString(StandardCharsets.UTF_8);
            assertEquals(1, said.split("POST / HTTP", -1).length - 1, said);
            assertEquals(3, said.split("\\[\"push\"", -1).length - 1, said);
        }
    }

    /** Hands on one connection, and keeps what the client says. */
    private static void relay(ServerSocket between, int port, ByteArrayOutputStream heard) {
        try (Socket client = between.accept();
                Socket server = new Socket(InetAddress.getLoopbackAddress(), port)) {
            Thread back = Thread.ofVirtual().start(() -> copy(server, client, new ByteArrayOutputStream()));
            copy(client, server, heard);
            back.join();
        } catch (IOException | InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private static void copy(Socket from, Socket to, ByteArrayOutputStream heard) {
        try {
            InputStream in = from.getInputStream();
            byte[] buffer = new byte[8192];
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                heard.write(buffer, 0, n);
                to.getOutputStream().write(buffer, 0, n);
            }
            to.shutdownOutput();
        } catch (IOException e) {
            heard.writeBytes(("[broken: " + e + "]").getBytes(StandardCharsets.UTF_8));
        }
    }
}
