package dev.capstan.bench.web;

import dev.capstan.async.Address;
import dev.capstan.async.Promise;
import dev.capstan.bench.BenchServer;
import dev.capstan.bench.Nets;
import dev.capstan.capnp.rpc.Vat;
import dev.capstan.capnweb.WebServer;
import dev.capstan.gateway.port.OnePort;
import dev.capstan.net.NetLoop;
import java.util.concurrent.CountDownLatch;

/** Serves the contract of {@code bench.capnp} to both wires at one port: {@code --port N}; prints {@code READY port} and ends on SIGTERM. */
public final class PortServer {
    private PortServer() {}

    /** Serves until the process is told to end. */
    public static void main(String[] args) throws Exception {
        int port = 0;
        for (int i = 0; i + 1 < args.length; i += 2) {
            if (!args[i].equals("--port")) {
                throw new IllegalArgumentException("unknown option " + args[i] + ": use --port");
            }
            port = Integer.parseInt(args[i + 1]);
        }
        Address address = new Address.Tcp("127.0.0.1", port);
        CountDownLatch stop = new CountDownLatch(1);
        Runtime.getRuntime().addShutdownHook(Thread.ofPlatform().unstarted(stop::countDown));
        try (NetLoop net = Nets.open("port-server");
                Vat vat = Vat.on(net.loop()).serving(new BenchServer()).build()) {
            WebServer web =
                    new WebServer(net.loop(), visitor -> Promise.of(new ContractApi(net.loop()).cap(net.loop())));
            OnePort listening = OnePort.on(net)
                    .capnp(vat)
                    .http(web.routes("/"))
                    .listen(address)
                    .await();
            System.out.println("READY " + ((Address.Tcp) listening.address()).port());
            System.out.flush();
            stop.await();
        }
    }
}
