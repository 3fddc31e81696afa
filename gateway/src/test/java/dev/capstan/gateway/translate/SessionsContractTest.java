package dev.capstan.gateway.translate;

import dev.capstan.async.BytePipe;
import dev.capstan.async.Promise;
import dev.capstan.async.SimLoop;
import dev.capstan.cap.Answer;
import dev.capstan.cap.Cap;
import dev.capstan.cap.Context;
import dev.capstan.cap.Hints;
import dev.capstan.cap.LocalCap;
import dev.capstan.cap.Method;
import dev.capstan.cap.Path;
import dev.capstan.cap.Payload;
import dev.capstan.cap.Target;
import dev.capstan.capnp.rpc.Peer;
import dev.capstan.capnp.rpc.Vat;
import dev.capstan.capnweb.Options;
import dev.capstan.capnweb.WebFormat;
import dev.capstan.capnweb.WebPayload;
import dev.capstan.capnweb.WebPeer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Queue;

/**
 * The capability contract over the whole way in both directions: a Cap'n Proto session, a gateway, a Cap'n Web session, another gateway, another Cap'n Proto session, and the object.
 */
class SessionsContractTest extends BridgeContract<SimLoop> {
    final SimLoop sim = driver;
    private final Queue<Target> waiting = new ArrayDeque<>();
    private final Queue<Cap> crossed = new ArrayDeque<>();
    private final Peer farServer;
    private final Peer farClient;
    private final WebPeer.Pair web;
    private final Peer nearServer;
    private final Peer nearClient;

    SessionsContractTest() {
        super(new SimLoop(), SimLoop::loop);
        BytePipe farPipe = new BytePipe(sim.loop());
        BytePipe nearPipe = new BytePipe(sim.loop());
        farServer = Vat.on(sim.loop())
                .servingEach(asker -> new LocalCap(sim.loop(), Objects.requireNonNull(waiting.poll())))
                .build()
                .connect(farPipe.right());
        farClient = Vat.on(sim.loop()).build().connect(farPipe.left());
        web = WebPeer.pair(sim.loop(), new LocalCap(sim.loop(), new Door()), null, Options.DEFAULT.withMessagesShown());
        nearServer = Vat.on(sim.loop())
                .servingEach(asker -> Objects.requireNonNull(crossed.poll()))
                .build()
                .connect(nearPipe.right());
        nearClient = Vat.on(sim.loop()).build().connect(nearPipe.left());
    }

    @Override
    protected void turns() {
        sim.poll();
    }

    /** What the web session's other end calls first: gives another object each time. */
    private final class Door implements Target {
        @Override
        public Promise<Void> handle(Context context) {
            WebPayload.of(context.results(0)).set(border(distant.toWeb(OBJECT, farClient.bootstrap())));
            return Promise.done();
        }
    }

    /** What an object of the second gateway is to the session of Cap'n Web. Takes ownership. */
    Cap border(Cap object) {
        return object;
    }

    @Override
    protected Cap reach(Target target) {
        waiting.add(target);
        Method next = new Method.Member(Path.Names.of("next"), false);
        try (Cap main = web.right().main();
                Answer answer =
                        main.request(next, WebFormat.INSTANCE, 0, Hints.NONE).send();
                Payload results = sim.await(answer.results())) {
            crossed.add(near.toCapnp(OBJECT, results.cap(Path.Names.NONE)));
        }
        Cap cap = nearClient.bootstrap();
        sim.poll();
        return cap;
    }

    @Override
    protected int patience() {
        return 100;
    }

    /** As over any Cap'n Web session: a promise that is rejected would fail the whole result with it. */
    @Override
    protected boolean tellsBroken() {
        return false;
    }

    @Override
    protected List<String> leftovers() {
        List<String> left = new ArrayList<>(super.leftovers());
        for (Peer peer : List.of(farServer, farClient, nearServer, nearClient)) {
            if (!peer.tables().isEmpty()) {
                left.add(peer.tables().toString());
            }
        }
        for (WebPeer peer : List.of(web.left(), web.right())) {
            WebPeer.Tables tables = peer.tables();
            if (tables.calls() > 0 || tables.imports() > 1 || tables.exports() > 1) {
                left.add(tables.toString());
            }
        }
        return left;
    }

    @Override
    protected void close() {
        nearClient.close();
        web.right().close();
        farClient.close();
        turns();
    }
}
