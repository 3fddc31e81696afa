package dev.capstan.examples.batch;

import dev.capstan.async.Address;
import dev.capstan.async.Promise;
import dev.capstan.cap.Failure;
import dev.capstan.capnweb.WebServer;
import dev.capstan.capnweb.bind.Binder;
import dev.capstan.capnweb.bind.Pending;
import dev.capstan.net.Limits;
import dev.capstan.net.NetLoop;
import dev.capstan.net.Transport;
import dev.capstan.net.http.HttpServer;
import java.lang.invoke.MethodHandles;
import java.util.List;

/** A plain object, and a server that lets everybody call it. */
// snippet server
public final class ApiServer implements Api {
    @Override
    public Pending<User> authenticate(String token) {
        if (!token.equals("cookie-123")) {
            throw Failure.failed("log in first");
        }
        return Pending.of(new User("u_1", "Ada"));
    }

    @Override
    public Pending<Profile> profile(Pending<String> userId) {
        String id = userId.await(); // The method that is called gets the value itself: this never waits.
        return Pending.of(new Profile("the first programmer, as " + id));
    }

    @Override
    public Pending<List<String>> notifications(Pending<String> userId) {
        return Pending.of(List.of("welcome", "you have mail"));
    }

    static HttpServer listen(NetLoop net, int port) {
        Binder binder = Binder.of(MethodHandles.lookup());
        return net.loop()
                .fetch(() -> {
                    var web =
                            new WebServer(net.loop(), visitor -> Promise.of(binder.serve(net.loop(), new ApiServer())));
                    var at = new Address.Tcp("127.0.0.1", port);
                    return HttpServer.listen(net.loop(), net.network(), at, web.routes("/"), Limits.Http.DEFAULT);
                })
                .await();
    }

    public static void main(String[] args) throws InterruptedException {
        try (var net = NetLoop.open("api", Transport.AUTO)) {
            System.out.println("READY " + listen(net, Integer.parseInt(args[0])).address());
            Thread.currentThread().join();
        }
    }
}
// end snippet
