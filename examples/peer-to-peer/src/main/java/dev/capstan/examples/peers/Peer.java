package dev.capstan.examples.peers;

import dev.capstan.async.Address;
import dev.capstan.async.Promise;
import dev.capstan.capnweb.Compat;
import dev.capstan.capnweb.Options;
import dev.capstan.capnweb.WebClient;
import dev.capstan.capnweb.WebPeer;
import dev.capstan.capnweb.bind.Binder;
import dev.capstan.net.Limits;
import dev.capstan.net.NetLoop;
import dev.capstan.net.Transport;
import dev.capstan.net.http.Headers;
import dev.capstan.net.http.HttpClient;
import dev.capstan.net.http.HttpRoutes;
import dev.capstan.net.http.HttpServer;
import java.lang.invoke.MethodHandles;
import java.net.URI;
import java.security.SecureRandom;
import java.util.function.Consumer;

/**
 * One of the two. Either of them listens, for one must; after that they are the same: both have a main object, both call the other's, and both pass functions that the other calls
 * back.
 */
final class Peer implements AutoCloseable {
    private final Binder binder = Binder.of(MethodHandles.lookup());
    private final NetLoop net;
    private final Notes notes;

    Peer(String name) {
        this.net = NetLoop.open(name, Transport.AUTO);
        this.notes = new Notes(name);
    }

    // snippet listen
    /** Waits for others, each of which is told to {@code met} on the loop's thread. */
    int listen(int port, Consumer<WebPeer> met) {
        HttpRoutes routes = HttpRoutes.none()
                .webSocket(
                        "/",
                        (request, socket) -> met.accept(WebPeer.over(
                                net.loop(),
                                socket,
                                binder.serve(net.loop(), notes),
                                Options.DEFAULT.withCompat(Compat.CAPSTAN))));
        HttpServer server = net.loop()
                .fetch(() -> HttpServer.listen(
                        net.loop(), net.network(), new Address.Tcp("127.0.0.1", port), routes, Limits.Http.DEFAULT))
                .await();
        return ((Address.Tcp) server.address()).port();
    }

    /** Goes to one that listens. */
    WebPeer connect(URI to) {
        var http = new HttpClient(net.loop(), net.network(), new SecureRandom(), Limits.Http.DEFAULT);
        return new WebClient(net.loop(), http).connect(to, Headers.of(), binder.serve(net.loop(), notes));
    }

    /** The notebook of the other one. */
    Notebook of(WebPeer other) {
        return binder.stub(Notebook.class, net.loop(), other.main());
    }
    // end snippet

    /** Writes into our own notebook. */
    void write(String line) {
        net.loop()
                .fetch(() -> {
                    notes.write(line);
                    return Promise.done();
                })
                .await();
    }

    /** How many follow ours. */
    int readers() {
        return net.loop().fetch(() -> Promise.of(notes.readers())).await();
    }

    NetLoop net() {
        return net;
    }

    @Override
    public void close() {
        net.close();
    }
}
