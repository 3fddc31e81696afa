package dev.capstan.examples.hello;

import dev.capstan.async.Address;
import dev.capstan.capnp.rpc.Vat;
import dev.capstan.net.NetLoop;
import dev.capstan.net.Transport;

/** Asks for a greeting. */
// snippet client
public final class HelloClient {
    public static void main(String[] args) {
        try (var net = NetLoop.open("hello", Transport.AUTO);
                var vat = Vat.on(net.loop()).build();
                var peer = vat.connect(net.network(), Address.parse(args[0])).await();
                var hello = peer.bootstrap(Hello.TYPE);
                var answer = hello.greet(params -> params.setName("world"))) {
            System.out.println(answer.await().getText());
        }
    }
}
// end snippet
