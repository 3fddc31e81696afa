package dev.capstan.testkit;

import dev.capstan.async.Loop;
import dev.capstan.async.SimLoop;
import dev.capstan.cap.Cap;
import dev.capstan.cap.LocalCap;
import dev.capstan.cap.QueuedCap;
import dev.capstan.cap.Target;

/** References that become known in the next turn. */
class QueuedContractTest extends CapContract {
    private final SimLoop sim = new SimLoop();

    @Override
    protected Loop loop() {
        return sim.loop();
    }

    @Override
    protected Cap reach(Target target) {
        return QueuedCap.of(sim.loop(), sim.loop().pause().map(x -> new LocalCap(sim.loop(), target)));
    }
}
