package org.example.greeter;

import dev.capstan.async.Address;
import dev.capstan.grpc.client.GrpcClient;
import dev.capstan.net.NetLoop;
import dev.capstan.net.Transport;

/** A program that has somebody greeted: {@code 127.0.0.1:4000 Ann}. */
public final class GreeterClient {
    public static void main(String[] args) {
        try (var net = NetLoop.open("client", Transport.AUTO);
                var client = GrpcClient.on(net).to(Address.parse(args[0])).plaintext().build()) {
            Name name = Name.newBuilder().setText(args[1]).build();
            System.out.println(GreeterRpc.blocking(client).greet(name).getText());
        }
    }
}
