package dev.capstan.examples.guide;

import dev.capstan.async.Address;
import dev.capstan.async.Promise;
import dev.capstan.capnweb.WebServer;
import dev.capstan.capnweb.bind.Binder;
import dev.capstan.net.Limits;
import dev.capstan.net.NetLoop;
import dev.capstan.net.Transport;
import dev.capstan.net.http.HttpServer;
import java.lang.invoke.MethodHandles;

/** Serves the library: {@code LibraryServer 127.0.0.1:8080}. */
public final class LibraryServer {
    private LibraryServer() {}

    static HttpServer serve(NetLoop net, Address at) {
        var binder = Binder.of(MethodHandles.lookup());
        var web = new WebServer(net.loop(), visitor -> Promise.of(binder.serve(net.loop(), new OurLibrary())));
        // A server belongs to its loop: fetch() runs this on the loop's thread.
        return net.loop()
                .fetch(() -> HttpServer.listen(net.loop(), net.network(), at, web.routes("/api"), Limits.Http.DEFAULT))
                .await();
    }

    public static void main(String[] args) throws InterruptedException {
        try (var net = NetLoop.open("library", Transport.AUTO)) {
            System.out.println("READY " + serve(net, Address.parse(args[0])).address());
            Thread.currentThread().join();
        }
    }
}
