package dev.capstan.capnp.rpc;

import dev.capstan.async.BytePipe;
import dev.capstan.async.Loop;
import dev.capstan.async.SimLoop;
import java.util.List;

/** Two vats and a pipe between them, on one simulated loop. */
class PipeContractTest extends VatContract {
    final SimLoop sim = new SimLoop();

    @Override
    protected Loop loop() {
        return sim.loop();
    }

    @Override
    List<Peer> connect() {
        BytePipe pipe = new BytePipe(sim.loop());
        Peer far = serverVat().connect(pipe.right());
        return List.of(Vat.on(sim.loop()).build().connect(pipe.left()), far);
    }
}
