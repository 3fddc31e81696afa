package dev.capstan.gateway.listen;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.capstan.async.Address;
import dev.capstan.async.Promise;
import dev.capstan.capnweb.Access;
import dev.capstan.capnweb.Stub;
import dev.capstan.capnweb.WebClient;
import dev.capstan.capnweb.WebPeer;
import dev.capstan.capnweb.WebTarget;
import dev.capstan.gateway.options.WireUrl;
import dev.capstan.net.Limits;
import dev.capstan.net.NetLoop;
import dev.capstan.net.Transport;
import dev.capstan.net.http.HttpClient;
import dev.capstan.net.webtransport.ServerTrust;
import java.io.PrintWriter;
import java.net.URI;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code --debug} shows. */
class SiteTest {
    @TempDir
    private Path folder;

    /** Lines as they come. */
    private static final class Told extends PrintWriter {
        private final BlockingQueue<String> lines = new LinkedBlockingQueue<>();

        Told() {
            super(java.io.OutputStream.nullOutputStream());
        }

        @Override
        public void println(String line) {
            lines.add(line);
        }

        /** The next line that holds this. */
        String line(String part) throws InterruptedException {
            while (true) {
                String line = lines.poll(30, TimeUnit.SECONDS);
                assertTrue(line != null, () -> "no line with " + part);
                if (line.contains(part)) {
                    return line;
                }
            }
        }
    }

    @Test
    void messages_over_webtransport_are_shown_though_nobody_between_can_read_them() throws Exception {
        Told told = new Told();
        SecureRandom random = new SecureRandom();
        try (NetLoop net = NetLoop.open("debug", Transport.AUTO)) {
            Site site = Site.shown(net, null, told);
            WebTarget target = WebTarget.empty()
                    .method("greet", (List<@Nullable Object> arguments) -> "hello " + arguments.getFirst());
            Listening.Who who = new ListenOption().who(folder, net.loop(), Instant::now, random);
            Listening at = net.loop()
                    .fetch(() -> Listening.at(
                            site,
                            WireUrl.parse("wt://127.0.0.1:0/rpc"),
                            who,
                            Access.SAME_HOST,
                            () -> Promise.of(target.on(net.loop()))))
                    .await();
            HttpClient http = new HttpClient(net.loop(), net.network(), random, Limits.Http.DEFAULT);
            WebClient client = new WebClient(net.loop(), http)
                    .overWebTransport(net, ServerTrust.hashes(Instant::now, at.hashes()), Limits.WebTransport.DEFAULT);
            String authority = "127.0.0.1:" + ((Address.Tcp) at.address()).port();
            try (WebPeer peer = client.connect(URI.create("https://" + authority + "/rpc"));
                    Stub main = Stub.of(net.loop(), peer.main());
                    Stub greeting = main.call("greet", "you")) {
                assertEquals("hello you", greeting.value().await());
            }
            assertTrue(told.line("-> capnweb push 1").contains("greet (\"you\")"));
            assertTrue(told.line("<- capnweb resolve 1").contains("\"hello you\""));
            told.line("-> connection end");
        }
    }
}
