package dev.capstan.capnp.rpc;

import dev.capstan.async.BytePipe;
import java.util.List;

/** A vat between the two passes everything on. */
class TwoHopContractTest extends PipeContractTest {
    @Override
    List<Peer> connect() {
        BytePipe near = new BytePipe(sim.loop());
        BytePipe distant = new BytePipe(sim.loop());
        Peer last = serverVat().connect(distant.right());
        Vat.Builder middle = Vat.on(sim.loop());
        Peer onward = Vat.on(sim.loop()).build().connect(distant.left());
        Peer inward = middle.servingEach(asker -> onward.bootstrap()).build().connect(near.right());
        Peer first = Vat.on(sim.loop()).build().connect(near.left());
        return List.of(first, inward, onward, last);
    }
}
