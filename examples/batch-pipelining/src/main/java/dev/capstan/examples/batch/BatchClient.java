package dev.capstan.examples.batch;

import dev.capstan.async.Promise;
import dev.capstan.capnweb.WebClient;
import dev.capstan.capnweb.bind.Binder;
import dev.capstan.net.Limits;
import dev.capstan.net.NetLoop;
import dev.capstan.net.Transport;
import dev.capstan.net.http.HttpClient;
import java.lang.invoke.MethodHandles;
import java.net.URI;
import java.security.SecureRandom;
import java.util.List;

/** Calls {@link Api} three times, each call with what the first will return, in one request. */
public final class BatchClient {
    private BatchClient() {}

    // snippet client
    static List<Object> run(NetLoop net, URI server) {
        var http = new HttpClient(net.loop(), net.network(), new SecureRandom(), Limits.Http.DEFAULT);
        try (var peer = new WebClient(net.loop(), http).batch(server)) {
            Api api = Binder.of(MethodHandles.lookup()).stub(Api.class, net.loop(), peer.main());
            var user = api.authenticate("cookie-123");
            var profile = api.profile(user.get("id", String.class));
            var notifications = api.notifications(user.get("id", String.class));
            // Nothing has been sent yet; now all of it is.
            return Promise.<Object>all(List.of(user.promise(), profile.promise(), notifications.promise()))
                    .await();
        }
    }
    // end snippet

    public static void main(String[] args) {
        try (var net = NetLoop.open("client", Transport.AUTO)) {
            run(net, URI.create(args[0])).forEach(System.out::println);
        }
    }
}
