package dev.capstan.examples.chat;

import dev.capstan.async.Address;
import dev.capstan.async.Promise;
import dev.capstan.capnweb.WebServer;
import dev.capstan.capnweb.bind.Binder;
import dev.capstan.capnweb.resume.ResumableServer;
import dev.capstan.capnweb.resume.ResumeLimits;
import dev.capstan.capnweb.resume.TokenKeys;
import dev.capstan.net.Limits;
import dev.capstan.net.NetLoop;
import dev.capstan.net.Transport;
import dev.capstan.net.http.HttpRoutes;
import dev.capstan.net.http.HttpServer;
import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.List;

/** Serves the chat at {@code /chat}, and beside it the page. */
public final class ChatServer implements AutoCloseable {
    private static final List<String> ROOMS = List.of("lobby", "kitchen", "library");

    private final NetLoop net;
    private final WebServer web;
    private final HttpServer http;

    private ChatServer(NetLoop net, WebServer web, HttpServer http) {
        this.net = net;
        this.web = web;
        this.http = http;
    }

    /** What everybody enters who comes, for a server of its own making; its objects are used on one loop's thread alone. */
    public static Lobby lobby(Clock clock) {
        return new Hall(clock, ROOMS);
    }

    // snippet server
    /** Everybody who comes gets the same lobby, and from it what is theirs. */
    static ChatServer listen(NetLoop net, int port, HttpRoutes pages) {
        Binder binder = Binder.of(MethodHandles.lookup());
        Hall hall = new Hall(Clock.systemUTC(), ROOMS);
        return net.loop()
                .fetch(() -> {
                    var web = new WebServer(net.loop(), visitor -> Promise.of(binder.serve(net.loop(), hall)))
                            .resumable(lasting(net), visitor -> "");
                    var at = new Address.Tcp("127.0.0.1", port);
                    return HttpServer.listen(
                                    net.loop(), net.network(), at, pages.and(web.routes("/chat")), Limits.Http.DEFAULT)
                            .map(http -> new ChatServer(net, web, http));
                })
                .await();
    }
    // end snippet

    /** Keeps sessions while they have no connection. Tokens are signed with a key of this process: after a restart there is nothing to come back to anyway. */
    private static ResumableServer lasting(NetLoop net) {
        SecureRandom random = new SecureRandom();
        return new ResumableServer(net.loop(), TokenKeys.random(random), random, ResumeLimits.DEFAULT);
    }

    int port() {
        return ((Address.Tcp) http.address()).port();
    }

    /** How many are here. */
    int sessions() {
        return net.loop().fetch(() -> Promise.of(web.open())).await();
    }

    @Override
    public void close() {
        net.loop()
                .fetch(() -> {
                    web.close();
                    http.close();
                    return Promise.done();
                })
                .await();
    }

    public static void main(String[] args) throws IOException, InterruptedException {
        try (var net = NetLoop.open("chat", Transport.AUTO);
                var server = listen(net, Integer.parseInt(args[0]), Pages.of(Path.of(args[1])))) {
            System.out.println("READY http://127.0.0.1:" + server.port() + "/");
            Thread.currentThread().join();
        }
    }
}
