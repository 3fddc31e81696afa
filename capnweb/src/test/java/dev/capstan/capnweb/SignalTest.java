package dev.capstan.capnweb;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.capstan.async.Address;
import dev.capstan.async.CanceledException;
import dev.capstan.async.Completer;
import dev.capstan.async.Loop;
import dev.capstan.async.Promise;
import dev.capstan.capnweb.bind.Binder;
import dev.capstan.capnweb.bind.Cancelable;
import dev.capstan.capnweb.bind.Remote;
import dev.capstan.net.Limits.Http;
import dev.capstan.net.NetLoop;
import dev.capstan.net.Transport;
import dev.capstan.net.http.HttpServer;
import dev.capstan.testkit.ForeignPeer;
import java.lang.invoke.MethodHandles;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** {@code withSignal} of {@code clients/ts} on Node: a signal that is aborted stops a method of ours that is marked for it, in both styles, and no other. */
@ForeignPeer
class SignalTest {
    @Remote
    interface Async {
        @Cancelable
        Promise<String> offer();

        Promise<String> order();

        String go();

        List<String> told();
    }

    @Remote(blocking = true)
    interface Blocking {
        @Cancelable
        String offer();

        String order();

        String go();

        List<String> told();
    }

    /** What both styles do; on the loop or with its permit. */
    private static final class Desk {
        private final Loop loop;
        private final List<String> told = new ArrayList<>();
        private final Completer<String> go;

        Desk(Loop loop) {
            this.loop = loop;
            this.go = new Completer<>(loop);
        }

        String go() {
            go.complete("done");
            return "gone";
        }
    }

    private record AsyncDesk(Desk desk) implements Async {
        @Override
        public Promise<String> offer() {
            desk.told.add("offered");
            Completer<String> never = new Completer<>(desk.loop);
            never.onCancel(() -> desk.told.add("cancelled"));
            return never.promise();
        }

        @Override
        public Promise<String> order() {
            desk.told.add("ordered");
            return desk.go.promise().convert(done -> {
                desk.told.add(done);
                return done;
            });
        }

        @Override
        public String go() {
            return desk.go();
        }

        @Override
        public List<String> told() {
            return desk.told;
        }
    }

    private record BlockingDesk(Desk desk) implements Blocking {
        @Override
        public String offer() {
            desk.told.add("offered");
            try {
                return new Completer<String>(desk.loop).promise().await();
            } catch (CanceledException e) {
                desk.told.add("cancelled");
                throw e;
            }
        }

        @Override
        public String order() {
            desk.told.add("ordered");
            desk.told.add(desk.go.promise().await());
            return "ordered";
        }

        @Override
        public String go() {
            return desk.go();
        }

        @Override
        public List<String> told() {
            return List.copyOf(desk.told);
        }
    }

    private static List<String> expected() {
        return Stream.of("async", "blocking")
                .flatMap(style -> Stream.of(
                                "\"AbortError\"",
                                "\"a marked method stops\",\"offered,cancelled\"",
                                "\"AbortError\"",
                                "\"another goes on\",\"offered,cancelled,ordered\"",
                                "\"and ends\",\"offered,cancelled,ordered,done\"",
                                "\"gone\"",
                                "\"tables\",{\"imports\":1,\"exports\":1}")
                        .map(line -> "[\"" + style + "\"," + line + "]"))
                .toList();
    }

    @Test
    void an_aborted_signal_stops_methods_that_are_marked_for_it_and_no_others() throws Exception {
        NodePeer.installTypeScript();
        Binder binder = Binder.of(MethodHandles.lookup());
        try (NetLoop net = NetLoop.open("web", Transport.AUTO)) {
            Loop loop = net.loop();
            WebServer async =
                    new WebServer(loop, visitor -> Promise.of(binder.serve(loop, new AsyncDesk(new Desk(loop)))));
            WebServer blocking =
                    new WebServer(loop, visitor -> Promise.of(binder.serve(loop, new BlockingDesk(new Desk(loop)))));
            HttpServer http = loop.fetch(() -> HttpServer.listen(
                            loop,
                            net.network(),
                            new Address.Tcp("127.0.0.1", 0),
                            async.routes("/async").and(blocking.routes("/blocking")),
                            Http.DEFAULT))
                    .await();
            assertEquals(
                    String.join("\n", expected()),
                    NodePeer.saidByTypeScript("signal.mjs", ((Address.Tcp) http.address()).port()));
            while (loop.fetch(() -> Promise.of(async.open() + blocking.open())).await() > 0) {
                loop.timer().after(Duration.ofMillis(5)).await();
            }
            loop.post(http::close);
        }
    }
}
