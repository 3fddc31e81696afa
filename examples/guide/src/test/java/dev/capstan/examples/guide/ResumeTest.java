package dev.capstan.examples.guide;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.capstan.async.Address;
import dev.capstan.async.Promise;
import dev.capstan.capnweb.WebClient;
import dev.capstan.capnweb.WebPeer;
import dev.capstan.capnweb.WebServer;
import dev.capstan.capnweb.bind.Binder;
import dev.capstan.capnweb.resume.Reconnection;
import dev.capstan.capnweb.resume.ResumableServer;
import dev.capstan.capnweb.resume.ResumeLimits;
import dev.capstan.capnweb.resume.TokenKeys;
import dev.capstan.net.Limits;
import dev.capstan.net.NetLoop;
import dev.capstan.net.Transport;
import dev.capstan.net.http.Headers;
import dev.capstan.net.http.HttpClient;
import dev.capstan.net.http.HttpServer;
import java.io.IOException;
import java.io.InputStream;
import java.lang.invoke.MethodHandles;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Runs what docs/guide.md shows of resumption: connections are cut, and the session goes on. */
class ResumeTest {
    private final Binder binder = Binder.of(MethodHandles.lookup());

    // snippet server
    private WebServer resumable(NetLoop net, SecureRandom random) {
        var lasting = new ResumableServer(net.loop(), TokenKeys.random(random), random, ResumeLimits.DEFAULT);
        return new WebServer(net.loop(), visitor -> Promise.of(binder.serve(net.loop(), new OurLibrary())))
                .resumable(lasting, visitor -> visitor.cookie("login").orElse(""));
    }
    // end snippet

    @Test
    void a_session_outlives_its_connections() throws IOException {
        SecureRandom random = new SecureRandom();
        try (NetLoop net = NetLoop.open("lasting", Transport.AUTO)) {
            HttpServer server = net.loop()
                    .fetch(() -> HttpServer.listen(
                            net.loop(),
                            net.network(),
                            new Address.Tcp("127.0.0.1", 0),
                            resumable(net, random).routes("/api"),
                            Limits.Http.DEFAULT))
                    .await();
            try (Tunnel tunnel = new Tunnel(((Address.Tcp) server.address()).port())) {
                URI address = URI.create("ws://127.0.0.1:" + tunnel.port() + "/api");
                var http = new HttpClient(net.loop(), net.network(), random, Limits.Http.DEFAULT);
                WebClient client = new WebClient(net.loop(), http);
                // snippet client
                try (WebPeer peer = client.connectResumable(address, Headers.of(), null, Reconnection.of(random));
                        Member member = binder.stub(Library.class, net.loop(), peer.main())
                                .signIn("card-7")) {
                    member.borrow("Emma");
                    tunnel.cut();
                    member.borrow("Dracula"); // over another connection, on the same object
                    assertEquals(2, count(member.history()));
                }
                // end snippet
                assertEquals(2, tunnel.connections());
            }
        }
    }

    private static int count(Iterator<?> all) {
        int count = 0;
        while (all.hasNext()) {
            all.next();
            count++;
        }
        return count;
    }

    /** Hands connections on, and can lose them. */
    private static final class Tunnel implements AutoCloseable {
        private final ServerSocket entrance = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
        private final List<Socket> open = new ArrayList<>();
        private final int exit;
        private int connections;

        Tunnel(int exit) throws IOException {
            this.exit = exit;
            Thread.ofVirtual().start(this::accept);
        }

        int port() {
            return entrance.getLocalPort();
        }

        synchronized int connections() {
            return connections;
        }

        private void accept() {
            try {
                while (true) {
                    Socket in = entrance.accept();
                    Socket out = new Socket(InetAddress.getLoopbackAddress(), exit);
                    synchronized (this) {
                        connections++;
                        open.add(in);
                        open.add(out);
                    }
                    Thread.ofVirtual().start(() -> copy(in, out));
                    Thread.ofVirtual().start(() -> copy(out, in));
                }
            } catch (IOException e) {
                // The entrance was closed.
                return;
            }
        }

        private static void copy(Socket from, Socket to) {
            byte[] buffer = new byte[8192];
            try (InputStream in = from.getInputStream()) {
                for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                    to.getOutputStream().write(buffer, 0, n);
                }
                to.close();
            } catch (IOException e) {
                // It was cut.
                return;
            }
        }

        synchronized void cut() throws IOException {
            for (Socket each : open) {
                each.close();
            }
            open.clear();
        }

        @Override
        public void close() throws IOException {
            entrance.close();
            cut();
        }
    }
}
