package dev.capstan.examples.hello;

import dev.capstan.async.Address;
import dev.capstan.async.Promise;
import dev.capstan.capnp.CallContext;
import dev.capstan.capnp.rpc.Vat;
import dev.capstan.net.NetLoop;
import dev.capstan.net.Transport;

/** Greets whoever calls. */
// snippet server
public final class HelloServer implements Hello.Server {
    @Override
    public Promise<Void> greet(CallContext<Hello.GreetParams.Reader, Hello.GreetResults.Builder> call) {
        call.results().setText("Hello, " + call.params().getName() + "!");
        return Promise.done();
    }

    public static void main(String[] args) throws InterruptedException {
        try (var net = NetLoop.open("hello", Transport.AUTO);
                var vat = Vat.on(net.loop()).serving(new HelloServer()).build();
                var listener = vat.listen(net.network(), Address.parse(args[0])).await()) {
            System.out.println("READY " + listener.address());
            Thread.currentThread().join();
        }
    }
}
// end snippet
