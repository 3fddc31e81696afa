package dev.capstan.gateway.translate;

import dev.capstan.async.Address;
import dev.capstan.async.Network;
import dev.capstan.async.Promise;
import dev.capstan.cap.Answer;
import dev.capstan.cap.Cap;
import dev.capstan.cap.Context;
import dev.capstan.cap.Hints;
import dev.capstan.cap.LocalCap;
import dev.capstan.cap.Membrane;
import dev.capstan.cap.Method;
import dev.capstan.cap.Path;
import dev.capstan.cap.Payload;
import dev.capstan.cap.Target;
import dev.capstan.capnp.rpc.Peer;
import dev.capstan.capnp.rpc.Vat;
import dev.capstan.capnweb.Access;
import dev.capstan.capnweb.Options;
import dev.capstan.capnweb.WebClient;
import dev.capstan.capnweb.WebFormat;
import dev.capstan.capnweb.WebPayload;
import dev.capstan.capnweb.WebPeer;
import dev.capstan.capnweb.WebServer;
import dev.capstan.net.NetLoop;
import dev.capstan.net.Transport;
import dev.capstan.net.http.HttpClient;
import dev.capstan.net.http.HttpServer;
import dev.capstan.testkit.LongRun;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Queue;
import java.util.Random;

/**
 * As {@link MembraneContractTest} over sockets of this machine: Cap'n Proto over TCP, a gateway, Cap'n Web over a WebSocket, another gateway with a membrane for the session, Cap'n Proto over TCP,
 * and the object.
 */
@LongRun
final class SocketsContractTest extends BridgeContract<NetLoop> {
    private final NetLoop net = driver;
    private final Queue<Target> waiting = new ArrayDeque<>();
    private final Queue<Cap> crossed = new ArrayDeque<>();
    private final List<Peer> peers = new ArrayList<>();
    private final Membrane membrane;
    private final WebServer server;
    private final WebPeer web;
    private final Peer farClient;
    private final Peer nearClient;

    SocketsContractTest() {
        super(NetLoop.onThisThread(Transport.AUTO), NetLoop::loop);
        membrane =
                new Membrane(net.loop(), Membrane.Policy.ALL, new Membrane.Limits(100_000, 100_000, 1 << 30, 100_000));
        farClient = connected(Vat.on(net.loop())
                .servingEach(asker -> new LocalCap(net.loop(), Objects.requireNonNull(waiting.poll())))
                .build());
        server = new WebServer(
                net.loop(),
                visitor -> Promise.of(new LocalCap(net.loop(), new Door())),
                Options.DEFAULT.withMessagesShown(),
                Access.SAME_HOST);
        HttpServer http = await(HttpServer.listen(
                net.loop(),
                net.network(),
                new Address.Tcp("127.0.0.1", 0),
                server.routes("/"),
                dev.capstan.net.Limits.Http.DEFAULT));
        web = await(new WebClient(
                        net.loop(),
                        new HttpClient(net.loop(), net.network(), new Random(1), dev.capstan.net.Limits.Http.DEFAULT),
                        Options.DEFAULT.withMessagesShown())
                .open(URI.create("ws://" + http.address() + "/")));
        http.close();
        nearClient = connected(Vat.on(net.loop())
                .servingEach(asker -> Objects.requireNonNull(crossed.poll()))
                .build());
    }

    private <T> T await(Promise<T> promise) {
        return net.loop().await(promise);
    }

    /** A client of {@code vat}, whose peer is accepted. */
    private Peer connected(Vat vat) {
        int before = peers.size();
        Network.Listener listener =
                await(net.network().listen(new Address.Tcp("127.0.0.1", 0), stream -> peers.add(vat.connect(stream))));
        Peer client = await(Vat.on(net.loop()).build().connect(net.network(), listener.address()));
        while (peers.size() == before) {
            turns();
        }
        listener.close();
        peers.add(client);
        return client;
    }

    /** What the web session's other end calls first: gives another object each time. */
    private final class Door implements Target {
        @Override
        public Promise<Void> handle(Context context) {
            WebPayload.of(context.results(0)).set(membrane.outward(distant.toWeb(OBJECT, farClient.bootstrap())));
            return Promise.done();
        }
    }

    @Override
    protected Cap reach(Target target) {
        waiting.add(target);
        Method next = new Method.Member(Path.Names.of("next"), false);
        try (Cap main = web.main();
                Answer answer =
                        main.request(next, WebFormat.INSTANCE, 0, Hints.NONE).send();
                Payload results = await(answer.results())) {
            crossed.add(near.toCapnp(OBJECT, results.cap(Path.Names.NONE)));
        }
        Cap cap = nearClient.bootstrap();
        while (!crossed.isEmpty() || !waiting.isEmpty()) {
            turns();
        }
        return cap;
    }

    @Override
    protected void turns() {
        for (int i = 0; i < 20; i++) {
            net.loop().poll();
        }
        await(net.loop().timer().after(Duration.ofMillis(1)));
    }

    @Override
    protected int patience() {
        return 20_000;
    }

    @Override
    protected boolean tellsBroken() {
        return false;
    }

    @Override
    protected List<String> leftovers() {
        List<String> left = new ArrayList<>(super.leftovers());
        if (membrane.size() + membrane.calls() > 0) {
            left.add(membrane.size() + " capabilities and " + membrane.calls() + " calls have passed the membrane");
        }
        for (Peer peer : peers) {
            if (!peer.tables().isEmpty()) {
                left.add(peer.tables().toString());
            }
        }
        List<WebPeer.Tables> sessions = new ArrayList<>(server.tables());
        sessions.add(web.tables());
        for (WebPeer.Tables tables : sessions) {
            if (tables.calls() > 0 || tables.imports() > 1 || tables.exports() > 1) {
                left.add(tables.toString());
            }
        }
        return left;
    }

    @Override
    protected void close() {
        web.close();
        server.close();
        peers.forEach(Peer::close);
        turns();
        net.close();
    }
}
